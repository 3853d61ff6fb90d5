"""Coordinators add and change sources: tested before they are saved, secrets written and never read back."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from feeds import addresses
from tests import factories
from tests.advisories.stix_objects import indicator
from tests.feeds.conftest import Certificates, certificates
from tests.feeds.servers import HonestTaxii, serving
from warp_hub import audit, db
from warp_hub.advisories import intake, passwords, source_reading, sources
from warp_hub.advisories.models import Source, SourceKind

__all__ = ["certificates"]
NEW = "/desk/sources/new"
FILLED = {"name": "National Centre", "kind": "taxii21", "url": "https://localhost/taxii2/", "warps": ["midshire"]}
SECRETS = {"username": "key-1234", "password": "hunter2"}


def _words(page: Any) -> str:
    return page.get_text(" ", strip=True)


def test_a_source_is_tested_where_it_is_written_and_only_its_secrets_are_lost(desk: Any, signed_in: Any) -> None:
    priya = signed_in(desk.priya)
    page = priya.post_form(NEW, "Test this source", **FILLED, **SECRETS)
    assert page.title.text.startswith("Error:")
    assert "localhost leads inside a network: we do not send requests there." in _words(page.select_one("#url-error"))
    assert "127.0.0.1" not in str(page)
    assert page.select_one("#url")["value"] == FILLED["url"]
    assert page.select_one("#username")["value"] == SECRETS["username"]
    assert "hunter2" not in str(page)
    assert db.session.scalar(select(Source).where(Source.name == FILLED["name"])) is None
    page = priya.post_form(NEW, "Save", **{**FILLED, "url": "http://cert.example/", "name": "", "early_days": "400"})
    told = [link.text for link in page.select(".govuk-error-summary a")]
    assert told == [
        "Enter a name",
        "Enter an address that begins with https://",
        "Enter a number of days from 0 to 90",
    ]


def test_a_test_that_goes_well_says_what_is_there_and_saves_nothing(
    desk: Any, signed_in: Any, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "objection", lambda *_: None)
    authority = Path(certificates.authority).read_text()
    with serving(HonestTaxii([indicator()]), certificates.server) as server:
        url = server.url("/taxii2/").replace("127.0.0.1", "localhost")
        page = signed_in(desk.priya).post_form(
            NEW, "Test this source", **{**FILLED, "url": url, "authority": authority}
        )
    assert "The test went well. TAXII 2.1 answers; 1 to read: Warnings." in _words(page)
    assert db.session.scalar(select(Source).where(Source.name == FILLED["name"])) is None


def test_a_misp_feed_is_added_like_any_other(desk: Any, signed_in: Any) -> None:
    given = {**FILLED, "kind": "misp", "url": "https://harbour.example/feed/"}
    assert "The source is added." in _words(signed_in(desk.priya).post_form(NEW, "Save", **given, passing_on="ask"))
    assert sources.find(FILLED["name"]).kind is SourceKind.MISP


def test_a_name_that_another_warp_gave_a_source_is_free_and_one_of_ones_own_is_not(desk: Any, signed_in: Any) -> None:
    theirs = sources.add(FILLED["name"], "https://their.example/", SourceKind.TAXII21, ["westmarch"], "TLP:GREEN")
    db.session.commit()
    priya = signed_in(desk.priya)
    page = priya.post_form(NEW, "Save", **FILLED, passing_on="ask")
    assert "The source is added." in _words(page)
    ours = db.session.scalar(select(Source).where(Source.name == FILLED["name"], Source.id != theirs.id))
    assert (theirs.slug, ours.slug) == ("national-centre", "national-centre-2")
    for taken in (FILLED["name"], "national CENTRE!"):
        page = priya.post_form(NEW, "Save", **{**FILLED, "name": taken}, passing_on="ask")
        assert "There is a source called" in _words(page.select_one("#name-error"))
    change = f"/desk/sources/{ours.id}/change"
    assert "Saved." in _words(priya.post_form(change, "Save", interval_minutes="30"))
    db.session.expire_all()
    assert sources.find("national-centre-2").interval_minutes == 30
    with pytest.raises(sources.SourceUnknown, match="say one of national-centre, national-centre-2"):
        sources.find("National Centre")


def test_nobody_waits_long_for_a_test() -> None:
    short = intake.SHORT_LIMITS
    assert (short.run, short.tries) == (10, 1)
    assert max(short.connect, short.read, short.page) < short.run


def test_a_source_is_added_for_ones_own_warps_alone(desk: Any, signed_in: Any) -> None:
    priya = signed_in(desk.priya)
    page = priya.post_form(NEW, "Save", **{**FILLED, "warps": ["westmarch"]})
    assert page.title.text.startswith("Error:")
    page = priya.post_form(NEW, "Save", **FILLED, **SECRETS, passing_on="itself", early_days="3")
    assert "The source is added." in _words(page)
    assert "It was not asked yet." in _words(page)
    assert "hunter2" not in str(page)
    assert "key-1234" not in str(page)
    made = sources.find("National Centre")
    assert (made.trusted, made.early_days, made.interval_minutes, made.allow_private) == (True, 3, 60, False)
    assert passwords.reveal(made.password_sealed or b"") == "hunter2"
    assert [warp.slug for warp in source_reading.served(made)] == ["midshire"]
    assert "National Centre" not in _words(signed_in(desk.ffion).get_page("/desk/sources"))


@pytest.fixture
def kept(desk: Any) -> Source:
    """Lend a source that Midshire keeps and Westmarch is served by as well."""
    warps = ["midshire", "westmarch"]
    made = sources.add(
        "Shared", "https://cert.example/taxii2/?key=9", SourceKind.TAXII21, warps, "TLP:GREEN", **SECRETS
    )
    db.session.commit()
    return made


def test_what_is_kept_of_a_source_is_never_shown_and_goes_to_no_other_host(
    desk: Any, signed_in: Any, kept: Source
) -> None:
    priya, change = signed_in(desk.priya), f"/desk/sources/{kept.id}/change"
    page = priya.get_page(change)
    assert "It leads to https://cert.example." in _words(page)
    assert not any(secret in str(page) for secret in (*SECRETS.values(), "key=9", "/taxii2/"))
    page = priya.post_form(change, "Save", url="https://elsewhere.example/")
    assert "enter the user name and password again" in _words(page.select_one("#username-error"))
    page = priya.post_form(change, "Test this source")
    assert "Enter the address to test it" in _words(page.select_one("#url-error"))
    page = priya.post_form(change, "Save", name="Renamed", marking="TLP:RED", interval_minutes="30")
    assert "Saved." in _words(page)
    db.session.expire_all()
    now = sources.find(kept.id)
    assert (now.name, now.marking, now.interval_minutes) == ("Renamed", "TLP:RED", 30)
    assert (now.url, now.username) == ("https://cert.example/taxii2/?key=9", "key-1234")
    assert passwords.reveal(now.password_sealed or b"") == "hunter2"
    (told,) = db.session.scalars(select(audit.Audit).where(audit.Audit.action == "changed a source"))
    assert (told.actor, told.detail["marking"]) == (desk.priya.id, "TLP:RED")
    priya.post_form(change, "Save", remove_login="y")
    db.session.expire_all()
    assert (sources.find(kept.id).password_sealed, sources.find(kept.id).username) == (None, None)


def test_only_who_runs_the_first_warp_of_a_source_may_change_it(desk: Any, signed_in: Any, kept: Source) -> None:
    ffion = signed_in(desk.ffion)
    assert "Change this source" not in _words(ffion.get_page(f"/desk/sources/{kept.id}"))
    ffion.get_page(f"/desk/sources/{kept.id}/change", status=404)
    signed_in(desk.priya).post_form(f"/desk/sources/{kept.id}/change", "Save", warps=["westmarch"])
    assert [warp.slug for warp in source_reading.served(kept)] == ["midshire", "westmarch"]
    stranger = factories.coordinator(factories.warp("Northmere"))
    db.session.commit()
    signed_in(stranger).get_page(f"/desk/sources/{kept.id}/change", status=404)


def test_a_source_inside_the_hubs_own_network_is_moved_by_the_operator_alone(desk: Any, signed_in: Any) -> None:
    priya, source = signed_in(desk.priya), desk.feed.source
    change = f"/desk/sources/{source.id}/change"
    page = priya.get_page(change)
    assert "Only the operator of the hub can give this source another address." in _words(page)
    assert page.find(id="url") is None
    token = page.find("input", {"name": "csrf_token"})["value"]
    sent = {"csrf_token": token, "url": "https://169.254.169.254/", "name": source.name, "warps": "midshire"}
    sent |= {"marking": "TLP:GREEN", "passing_on": "ask", "interval_minutes": "10"}
    assert priya.post(change, data=sent, headers={"Origin": "http://localhost"}).status_code == 303
    db.session.expire_all()
    assert sources.find(source.id).url == str(desk.feed.file)
