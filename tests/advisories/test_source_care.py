"""Looking after sources: what they sign in with, early notice, silence, emptiness, and what they no longer have."""

import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests import factories
from tests.advisories.conftest import Hub, fresh
from tests.advisories.stix_objects import indicator, report
from tests.faults.killing import killed_at, steps_of
from tests.feeds.conftest import Certificates, certificates
from tests.feeds.servers import HonestTaxii, serving
from warp_hub import audit, clock, db
from warp_hub.advisories import commands, comparing, health, intake, passwords, quarantine, source_reading, sources
from warp_hub.advisories.intake import PullFailed
from warp_hub.advisories.models import Gone, Quarantined, Source, SourceKind, SourceRun
from warp_hub.advisories.source_changes import Changes, Login, change
from warp_hub.advisories.source_details import SourceRefused, read_authority, read_certificate
from warp_hub.background.models import jobs
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.sharing.models import Item
from warp_hub.sharing.visibility import house_read

__all__ = ["certificates"]
pytestmark = pytest.mark.usefixtures("database")
LIMITS = replace(intake.STANDARD_LIMITS, sleep=lambda _: None)


def _network(url: str, **given: Any) -> Source:
    warps = [(given.pop("warp", None) or factories.warp()).slug]
    made = sources.add("Network", url, SourceKind.TAXII21, warps, "TLP:GREEN", allow_private=True, **given)
    db.session.commit()
    fresh()
    return made


def _now(source: Source) -> Source:
    fresh()
    return sources.find(source.id)


def _pull(source: Source) -> Any:
    fresh()
    return intake.pull_source(source.id, limits=LIMITS)


def test_what_the_hub_signs_in_with_goes_nowhere_else_by_a_new_address() -> None:
    source = _network("https://cert.example/taxii2/", username="key-1234", password="hunter2")
    source = _now(source)
    change(source, Changes(url="https://cert.example/other/"))
    with pytest.raises(SourceRefused, match="leads to another place") as refused:
        change(source, Changes(url="https://elsewhere.example/taxii2/"))
    assert refused.value.field == "username"
    assert change(source, Changes(url="https://elsewhere.example/", login=Login("other", "word"))) == [
        "address",
        "password",
    ]
    assert passwords.reveal(source.password_sealed or b"") == "word"
    assert change(source, Changes(login=Login())) == ["password"]
    assert (source.username, source.password_sealed, source.has_password) == (None, None, False)


def test_a_change_is_recorded_without_any_secret() -> None:
    first, second = factories.warp(), factories.warp("Westmarch")
    source = _now(_network("https://cert.example/taxii2/", warp=first, username="kim", password="hunter2"))
    wanted = Changes("Centre", login=Login("kim", "correct-horse"), marking="TLP:RED", trusted=True, early_days=5)
    change(source, replace(wanted, interval_minutes=60, warps=[second.slug, first.slug]))
    db.session.commit()
    (told,) = db.session.scalars(select(audit.Audit.detail).where(audit.Audit.action == "changed a source"))
    assert told["warps"] == [second.slug, first.slug]
    assert (told["marking"], told["password"], told["early_days"]) == ("TLP:RED", "replaced", 5)
    assert "correct-horse" not in str(told)
    assert "kim" not in str(told)
    assert [warp.slug for warp in source_reading.served(_now(source))] == [second.slug, first.slug]


@pytest.mark.parametrize(
    ("cut", "sentence"),
    [
        (lambda cert, _key: cert, "no key"),
        (lambda _cert, key: key, "no certificate"),
        (lambda cert, _key: cert + _another_key(), "does not belong"),
        (lambda cert, _key: cert + _another_key(b"locked"), "locked with a passphrase"),
        (lambda cert, key: (cert + key) * 50, "not a certificate"),
    ],
)
def test_a_certificate_is_refused_in_one_sentence(cut: Any, sentence: str, certificates: Certificates) -> None:
    cert, key = _pair(certificates)
    with pytest.raises(SourceRefused, match=sentence):
        read_certificate(cut(cert, key))
    assert read_certificate(cert + key).until > datetime.now(UTC)
    with pytest.raises(SourceRefused, match="authority"):
        read_authority(cert + key)


def _pair(of: Certificates) -> tuple[str, str]:
    return Path(of.authority).read_text(), Path(of.authority.replace("cert.pem", "key.pem")).read_text()


def _another_key(passphrase: bytes = b"") -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

    lock = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)
    return generate_private_key(SECP256R1()).private_bytes(*form).decode()


@pytest.fixture
def demanding(certificates: Certificates) -> Iterator[ssl.SSLContext]:
    """Lend a server that lets nobody in without a certificate."""
    certificates.server.load_verify_locations(certificates.authority)
    certificates.server.verify_mode = ssl.CERT_REQUIRED
    yield certificates.server
    certificates.server.verify_mode = ssl.CERT_NONE


def test_a_certificate_is_kept_sealed_and_shown_to_the_source_alone(
    demanding: ssl.SSLContext, certificates: Certificates
) -> None:
    cert, key = _pair(certificates)
    with serving(HonestTaxii([indicator()]), demanding) as server:
        url = server.url("/taxii2/").replace("127.0.0.1", "localhost")
        source = _network(url, certificate=cert + key, authority=cert)
        sealed = db.session.scalar(select(Source.certificate_sealed))
        assert sealed
        assert b"PRIVATE KEY" not in sealed
        assert _pull(source).stored == 1
        change(_now(source), Changes(certificate=""))
        db.session.commit()
        with pytest.raises(PullFailed):
            _pull(source)
    assert _now(source).certificate_until is None


def test_what_comes_from_a_source_is_early_for_its_days_and_then_for_everybody(hub: Hub) -> None:
    warp = factories.warp()
    coordinator = factories.coordinator(warp)
    feed, warning = hub.feed(warp, trusted=True), report()
    change(sources.find(feed.source.id), Changes(early_days=3))
    db.session.commit()
    hub.pull(feed, warning)
    item = hub.item(feed, warning)
    assert item.embargo_until
    assert timedelta(days=2, hours=23) < item.embargo_until - clock.now() <= timedelta(days=3)
    assert (item.early, item.published_at is not None) == ([coordinator.id], True)
    change(sources.find(feed.source.id), Changes(early_days=0))
    db.session.commit()
    later = report()
    hub.pull(feed, warning, later)
    assert hub.item(feed, later).embargo_until is None
    assert hub.item(feed, warning).embargo_until == item.embargo_until


def test_a_source_that_falls_silent_is_noticed_by_its_own_measure(hub: Hub) -> None:
    feed, began = hub.feed(), clock.now() - timedelta(days=40)
    for day in range(0, 12, 2):
        with clock.at(began + timedelta(days=day)):
            hub.pull(feed, indicator())
    for days, silent in ((12, False), (15, False), (17, True)):
        with clock.at(began + timedelta(days=days)):
            assert _silent(feed.now) == (silent, silent), days
    sources.pause(feed.now)
    with clock.at(began + timedelta(days=30)):
        assert _silent(sources.find(feed.source.id)) == (False, False)


def _silent(source: Source) -> tuple[bool, bool]:
    attention = select(Source.id).where(Source.id == source.id, health.needs_attention(clock.now()))
    return health.is_silent(source, clock.now()), db.session.scalar(attention) is not None


def test_a_source_that_brings_nothing_says_why(hub: Hub) -> None:
    feed = hub.feed().offers()
    hub.pull(feed)
    assert (health.health_of(feed.now), feed.now.empty) == (health.Health.EMPTY, health.NOTHING_THERE)
    hub.pull(feed, {"type": "indicator", "id": "nonsense"})
    assert feed.now.empty == health.ALL_REFUSED
    good = indicator()
    hub.pull(feed, good)
    assert health.health_of(feed.now) is health.Health.WELL
    hub.pull(feed, good)
    assert health.health_of(feed.now) is health.Health.WELL


def test_the_lag_of_a_source_is_that_of_its_newest(hub: Hub) -> None:
    feed, old = hub.feed(), clock.now() - timedelta(minutes=7)
    hub.pull(feed, indicator(), indicator(modified=f"{old:%Y-%m-%dT%H:%M:%S.000Z}"))
    hub.pull(feed, indicator())
    assert feed.now.newest_at == old.replace(microsecond=0)
    assert feed.now.newest_came_at
    assert feed.now.newest_came_at - old < timedelta(minutes=30)


def test_a_clock_that_runs_ahead_is_remarked_on(hub: Hub) -> None:
    honest = HonestTaxii()
    honest.rows = [("9999-12-31T23:59:59.000000Z", indicator())]
    with serving(honest) as server:
        source = _network(server.url("/taxii2/"))
        _pull(source)
    assert health.health_of(_now(source)) is health.Health.REMARKABLE
    assert "future" in _now(source).remark


def test_what_a_source_no_longer_has_is_marked_and_never_removed(hub: Hub) -> None:
    warp = factories.warp()
    viewer = viewer_of(factories.coordinator(warp).id, Proof.FULL)
    objects = [report(name="Stays"), report(name="Goes"), indicator()]
    honest = HonestTaxii(objects)
    with serving(honest) as server:
        source = _network(server.url("/taxii2/"), warp=warp)
        _pull(source)
        assert comparing.compare(source.id).line() == "compared 3 no longer there 0"
        honest.rows = [row for row in honest.rows if row[1].get("name") != "Goes"]
        assert comparing.compare(source.id) == comparing.Compared(3, 1)
        fresh()
        ((item, _since),) = source_reading.gone_warnings(sources.find(source.id), viewer)
        assert (item.title, item.withdrawn_at) == ("Goes", None)
        assert [one.name for one in source_reading.departed(item.id, viewer)] == ["Network"]
        rows, honest.rows = honest.rows, []
        with pytest.raises(PullFailed, match="empty, so nothing was marked"):
            comparing.compare(source.id)
        honest.rows = rows
        honest.add([objects[1]])
        assert commands.compare("Network") == "compared 3 no longer there 0"
    assert len(hub.rows(Item)) == 3
    assert hub.rows(Gone) == []


def test_each_source_that_can_tell_is_compared_once_a_month(hub: Hub) -> None:
    feed, fresh_one, quiet = (hub.feed().offers(indicator()) for _ in range(3))
    with clock.at(clock.now() - timedelta(days=31)):
        hub.pull(feed)
        hub.pull(quiet)
    hub.pull(fresh_one)
    sources.pause(quiet.now)
    db.session.commit()
    assert comparing.compare_due() == 1
    db.session.commit()
    deferred = select(jobs.c.args).where(jobs.c.task_name == comparing.TASK)
    assert list(db.session.scalars(deferred)) == [{"source_id": str(feed.source.id)}]
    comparing.compare(feed.source.id)
    fresh()
    assert comparing.compare_due() == 0
    with clock.at(clock.now() + timedelta(days=31)):
        assert comparing.compare_due() == 2


def test_what_was_refused_is_fetched_again_by_its_id_and_stays_where_the_source_has_nothing_better(hub: Hub) -> None:
    mended, lost = indicator(), indicator()
    broken = [{**obj, "modified": "soon"} for obj in (mended, lost)]
    honest = HonestTaxii(broken)
    with serving(honest) as server:
        source = _network(server.url("/taxii2/"))
        assert _pull(source).quarantined == 2
        honest.rows = [(honest.rows[0][0], mended)]
        _ask_again(source)
        outcome = _pull(source)
    assert (outcome.stored, outcome.quarantined) == (1, 1)
    (left,) = hub.rows(Quarantined)
    assert (left.stix_id, left.try_again, left.fetch_again) == (lost["id"], False, False)
    assert "does not have" in _now(source).remark


def _ask_again(source: Source) -> None:
    rows = house_read(select(Quarantined).where(Quarantined.source_id == source.id), "test")
    for row in db.session.scalars(rows):
        quarantine.fetch_again(row, sources.find(source.id), by=None)
    db.session.commit()


def test_a_pull_killed_while_it_tries_again_loses_nothing(tmp_path: Path) -> None:
    good, bad = indicator(), {"type": "indicator", "id": "nonsense"}

    def asked() -> Source:
        db.session.rollback()
        honest = hub.feed().offers(bad, good)
        hub.pull(honest)
        honest.offers()
        for row in hub.aside(honest):
            db.session.merge(row).try_again = True
        again = Quarantined(raw=_bytes(report()), **_fields(honest.source))
        db.session.add(again)
        db.session.commit()
        return honest.source

    hub = Hub(tmp_path)
    untouched = asked()
    steps = steps_of(lambda: _pull(untouched))
    for step in sorted({round(1 + place * (steps - 1) / 7) for place in range(8)}):
        source = asked()
        assert killed_at(step, lambda source=source: _pull(source)), step
        fresh()
        items = db.session.scalars(house_read(select(Item).where(Item.originator == source.id), "test")).all()
        aside = db.session.scalars(house_read(select(Quarantined).where(Quarantined.source_id == source.id), "test"))
        assert len(items) + len([row for row in aside if b"report" in row.raw]) >= 2, step
        _pull(source)
        fresh()
        items = db.session.scalars(house_read(select(Item).where(Item.originator == source.id), "test")).all()
        aside = db.session.scalars(house_read(select(Quarantined).where(Quarantined.source_id == source.id), "test"))
        assert (len(items), [row.raw for row in aside]) == (2, [b'{"type": "indicator", "id": "nonsense"}']), step


def _fields(source: Source) -> dict[str, Any]:
    now = clock.now()
    keeper = source_reading.served(source)[0].id
    seen = {"first_seen_at": now, "last_seen_at": now, "digest": now.isoformat().encode()}
    return {"source_id": source.id, "keeper": keeper, "reason": "It was not liked.", "try_again": True, **seen}


def _bytes(obj: dict[str, Any]) -> bytes:
    import json

    return json.dumps(obj).encode()


def test_old_runs_are_forgotten_and_those_with_news_kept_longer(hub: Hub) -> None:
    feed = hub.feed().offers(indicator())
    hub.pull(feed)
    hub.pull(feed)
    with clock.at(clock.now() + timedelta(days=31)):
        assert sources.forget_old_runs() == 1
    assert db.session.scalar(select(SourceRun.stored)) == 1
