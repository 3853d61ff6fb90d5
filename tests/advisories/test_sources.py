"""Sources: adding, their secrets, how they are doing, and when they are asked again."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from tests import factories
from tests.advisories.conftest import Hub, fresh
from tests.advisories.stix_objects import indicator, report
from warp_hub import clock, config, db
from warp_hub.advisories import commands, intake, passwords, source_lines, sources
from warp_hub.advisories.intake import AlreadyPulling, PullFailed
from warp_hub.advisories.models import Source, SourceKind, SourceRun
from warp_hub.advisories.source_details import SourceRefused
from warp_hub.advisories.sources import SourceUnknown
from warp_hub.background.models import jobs
from warp_hub.tlp import Marking

pytestmark = pytest.mark.usefixtures("database")
BUNDLE, TAXII = SourceKind.BUNDLE, SourceKind.TAXII21


def _add(url: str = "https://taxii.example/", kind: SourceKind = TAXII, **given: object) -> Source:
    warps = given.pop("warps", None) or [factories.warp().slug]
    name = str(given.pop("name", "National"))
    marking = str(given.pop("marking", "TLP:GREEN"))
    return sources.add(name, url, kind, warps, marking, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"url": "http://taxii.example/"}, "must begin with https"),
        ({"url": "ftp://taxii.example/"}, "must be a web address"),
        ({"url": "https://kim:secret@taxii.example/"}, "Leave user and password out"),
        ({"url": "https://[broken/"}, "cannot be read"),
        ({"marking": "AMBER"}, "not one of the labels"),
        ({"marking": ""}, "not one of the labels"),
        ({"warps": ["nowhere"]}, "no WARP nowhere"),
        ({"name": "///"}, "letters or digits"),
        ({"name": "x" * 81}, "at most 80"),
    ],
)
def test_a_source_is_refused_in_one_sentence(given: dict[str, object], sentence: str) -> None:
    with pytest.raises(SourceRefused, match=sentence):
        _add(**given)  # type: ignore[arg-type]


def test_a_name_is_taken_once() -> None:
    _add(name="National  Centre")
    with pytest.raises(SourceRefused, match="already"):
        _add(name="national centre")


def test_a_source_is_found_by_name_short_name_and_id() -> None:
    made = _add(name="National Centre")
    assert sources.find("National Centre") is sources.find("national-centre") is sources.find(made.id)
    with pytest.raises(SourceUnknown):
        sources.find("other")


def test_the_first_warp_keeps_the_source_and_only_its_warps_see_it() -> None:
    first, second, stranger = factories.warp(), factories.warp("Westmarch"), factories.warp("Far")
    made = _add(warps=[first.slug, second.slug, first.slug])
    assert list(sources.of_warps([second.id])) == [made]
    assert list(sources.of_warps([stranger.id])) == []


def test_a_password_is_sealed_and_web_may_read_neither_it_nor_the_address() -> None:
    made = _add(username="kim", password="hunter2")
    db.session.commit()
    sealed = db.session.scalar(select(Source.password_sealed))
    assert sealed
    assert b"hunter2" not in sealed
    assert passwords.reveal(sealed) == "hunter2"
    with db.acting("web"):
        assert sources.find(made.id).name == "National"
        for column in ("password_sealed", "username", "url", "cursor"):
            with pytest.raises(Exception, match="permission denied"):
                db.session.execute(text(f"SELECT {column} FROM source"))
            db.session.rollback()


def test_a_changed_secret_key_is_said_plainly(hub: Hub, hub_settings: config.Settings) -> None:
    made = _add(username="kim", password="hunter2")
    db.session.commit()
    try:
        config.use(config.load_settings(secret_key="quite another secret 9876543210 abcdef"))
        with pytest.raises(PullFailed, match="set it again"):
            intake.pull_source(made.id)
    finally:
        config.use(hub_settings)
    fresh()
    assert "secret key was changed" in sources.find(made.id).health


def test_a_failed_run_says_why_and_the_next_good_one_clears_it(hub: Hub) -> None:
    feed = hub.feed()
    with pytest.raises(PullFailed, match="no file at this path"):
        hub.pull(feed)
    source = feed.now
    assert source.failures == 1
    assert "no file at this path" in source.health
    assert source.next_try_at > clock.now() + timedelta(minutes=9)
    hub.pull(feed, indicator())
    source = feed.now
    assert (source.failures, source.health) == (0, "")
    runs = sources.runs_of(source.id)
    assert [(run.ok, run.stored) for run in runs] == [(True, 1), (False, 0)]


def test_the_pause_grows_after_five_failures_in_a_row_and_has_an_end() -> None:
    source = _add()
    pauses = []
    for _ in range(30):
        sources.went_wrong(source, "It did not answer.", permanent=False, retry_after=None)
        pauses.append((source.next_try_at - clock.now()).total_seconds() / 60)
    assert [round(pause) for pause in pauses[:8]] == [10, 10, 10, 10, 10, 20, 40, 80]
    assert max(pauses) <= 24 * 60


def test_a_source_that_asks_for_patience_gets_it_and_one_that_refuses_is_asked_less_often() -> None:
    busy, closed = _add(), _add(name="Closed")
    sources.went_wrong(busy, "It is busy.", permanent=False, retry_after=900)
    sources.went_wrong(closed, "It said no.", permanent=True, retry_after=None)
    assert busy.next_try_at - clock.now() > timedelta(minutes=14)
    assert closed.next_try_at - clock.now() > timedelta(minutes=59)


def test_each_due_source_gets_one_task_and_a_paused_one_none(hub: Hub) -> None:
    due, paused, later = hub.feed(), hub.feed(), hub.feed()
    sources.pause(sources.find(paused.source.id))
    sources.find(later.source.id).next_try_at = clock.now() + timedelta(minutes=5)
    db.session.commit()
    assert intake.pull_due() == 1
    db.session.commit()
    assert intake.pull_due() == 0
    db.session.commit()
    deferred = select(jobs.c.args).where(jobs.c.task_name == intake.TASK)
    assert list(db.session.scalars(deferred)) == [{"source_id": str(due.source.id)}]


def test_two_pulls_of_one_source_never_run_together(hub: Hub) -> None:
    feed = hub.feed().offers(*(indicator() for _ in range(1200)))
    refused: list[str] = []

    def meanwhile(_outcome: object) -> None:
        with db.acting("web"), db.acting("work"):
            pass
        try:
            with intake.alone(feed.source):
                pass
        except AlreadyPulling as error:
            refused.append(str(error))

    intake.pull_source(feed.source.id, meanwhile)
    assert refused
    assert "is being pulled already" in refused[0]
    hub.pull(feed)


def test_what_was_put_aside_is_tried_again_when_a_coordinator_asks(hub: Hub) -> None:
    feed, first = hub.feed(), report(name="First")
    hub.pull(feed, first)
    hub.pull(feed, {**first, "name": "Second"}, {"type": "indicator", "id": "nonsense"})
    for row in hub.aside(feed):
        row.try_again = True
        db.session.merge(row)
    db.session.commit()
    feed.offers(first)
    outcome = hub.pull(feed)
    assert (outcome.quarantined, outcome.duplicate) == (2, 1)
    assert sorted(row.count for row in hub.aside(feed)) == [2, 2]
    assert not any(row.try_again for row in hub.aside(feed))


def test_the_same_bad_thing_is_kept_once_and_counted(hub: Hub) -> None:
    feed = hub.feed().offers({"type": "indicator", "id": "nonsense"})
    for _ in range(3):
        assert hub.pull(feed).quarantined == 1
    assert [row.count for row in hub.aside(feed)] == [3]


def test_commands_speak_in_lines(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    warp = factories.warp()
    monkeypatch.setenv("FEED_PASSWORD", "hunter2")
    file = hub.folder / "feed.json"
    args = ("bundle", [warp.slug], "tlp:green", "kim")
    with pytest.raises(SourceRefused, match="NOT_SET"):
        commands.add("Feed", str(file), *args, "NOT_SET", False, False)
    assert commands.add("Feed", str(file), *args, "FEED_PASSWORD", False, False) == (
        f"added feed: serves {warp.slug}, TLP:GREEN where a label is missing, waits for coordinators"
    )
    db.session.commit()
    assert list(source_lines.listing()) == [f"feed: bundle, {warp.slug}, TLP:GREEN, not pulled yet"]
    ((line, ok),) = commands.pull("feed")
    assert not ok
    assert "no file at this path" in line
    feed = hub.feed()
    feed.offers(indicator(), indicator())
    lines = list(commands.pull(None))
    assert [ok for _, ok in lines] == [False, True, True]
    assert lines[-1] == ("fetched 2 stored 2 updated 0 duplicate 0 quarantined 0", True)
    looks = list(source_lines.looks())
    assert [is_well for _, is_well in looks] == [False, True]
    assert "no file at this path" in looks[0][0]
    assert commands.edit("feed", rename="Feed two", interval_minutes=30, publish=True, no_password=True) == (
        "feed: changed name, interval_minutes, trusted, password"
    )
    assert commands.pause("feed") == "feed is paused"
    assert commands.pause("feed") == "feed is paused already"
    assert commands.resume("feed") == "feed is pulled again"
    assert commands.resume("feed") == "feed is not paused"
    assert "1 bundle with 2 objects" in commands.try_out(feed.source.name)
    assert db.session.scalar(select(SourceRun.stored).where(SourceRun.source_id == feed.source.id)) == 2


def test_the_default_label_is_the_sources_own(hub: Hub) -> None:
    feed, obj = hub.feed(marking=Marking.AMBER_STRICT), indicator()
    hub.pull(feed, obj)
    assert hub.item(feed, obj).marking is Marking.AMBER_STRICT
