"""The coordinator's pages: one warning after the other, several at once, the same as another, how soon and why."""

import json
from typing import Any

import pytest
from sqlalchemy import update

from tests import factories
from tests.advisories.conftest import Hub
from tests.advisories.stix_objects import LATE, Stix, made, newer, report
from tests.portal import PortalClient, browser, portal, signed_in
from warp_hub import db
from warp_hub.advisories.models import Source, SourceKind
from warp_hub.sharing.models import Decision, Severity

__all__ = ["browser", "portal", "signed_in"]

ORIGIN = {"Origin": "http://localhost"}


def _numbered(name: str, number: str = "ICSA-26-001", **given: Any) -> Stix:
    return report(name=name, external_references=[{"source_name": "ICS-CERT", "external_id": number}], **given)


def _told(desk: PortalClient, **answers: Any) -> dict[str, Any]:
    token = desk.get_page("/sign-out").select_one('input[name="csrf_token"]')
    return {**answers, "csrf_token": token["value"]}


def _send(desk: PortalClient, path: str, **answers: Any) -> str:
    response = desk.post(path, data=_told(desk, **answers), headers=ORIGIN, follow_redirects=True)
    assert response.status_code == 200, (path, response.status_code)
    return " ".join(response.get_data(as_text=True).split())


@pytest.fixture
def desk(hub: Hub, signed_in: Any) -> tuple[PortalClient, Any]:
    """Lend the browser of a coordinator, and their WARP."""
    warp = factories.warp()
    return signed_in(factories.coordinator(warp)), warp


def test_several_are_decided_at_once_after_being_asked_again(hub: Hub, desk: Any) -> None:
    client, warp = desk
    one, two = hub.feed(warp), hub.feed(warp)
    first, second, alone = _numbered("First"), _numbered("Second"), _numbered("Alone", "OTHER-1")
    hub.pull(one, first, alone)
    hub.pull(two, second)
    chosen = {
        name: f"{hub.item(feed, obj).id}:{warp.id}"
        for feed, obj, name in ((one, first, "1"), (two, second, "2"), (one, alone, "3"))
    }
    page = client.get_page("/desk/warnings").get_text(" ", strip=True)
    assert "Perhaps the same Second" in page
    asked = _send(client, "/desk/warnings", choice="pass_on", item=[chosen["1"], chosen["3"]])
    assert "Pass on 2 warnings to members?" in asked
    assert {row.choice for row in hub.rows(Decision)} == {None}
    assert "2 warnings decided." in _send(
        client, "/desk/warnings", choice="pass_on", confirmed="yes", item=[chosen["1"], chosen["3"]]
    )
    assert "Same as:" in _send(client, "/desk/warnings", choice="same_as", item=[chosen["2"]])
    assert "One warning" not in _send(client, "/desk/warnings", choice="same_as", confirmed="yes", item=[chosen["2"]])
    assert hub.item(two, second).same_as_id == hub.item(one, first).id
    assert hub.item(two, second).passed_by == [warp.id]
    listed = client.get_page("/advisories").get_text(" ", strip=True)
    assert "Also reported by one more source" in listed
    assert "Second" not in listed
    shown = client.get_page(f"/advisories/{hub.item(one, first).id}").get_text(" ", strip=True)
    assert "Also reported by" in shown
    assert "Second" in shown


def test_the_other_is_chosen_by_hand_and_the_two_are_parted_again(hub: Hub, desk: Any) -> None:
    client, warp = desk
    feed = hub.feed(warp)
    known, other = report(name="Gateway flaw"), report(name="Flaw of the gateway")
    hub.pull(feed, known, other)
    leader, follower = hub.item(feed, known), hub.item(feed, other)
    page = f"/desk/warnings/{follower.id}"
    assert client.get_page(page).find("a", attrs={"data-shortcut": "same_as"})
    assert client.get_page(f"{page}/same?words=gateway").find("form", action=f"{page}/same", method="post")
    _send(client, f"{page}/same", warp=warp.id, other=leader.id)
    assert hub.item(feed, other).same_as_id == leader.id
    assert "It is not the same as the other" in client.get_page(page).get_text(" ", strip=True)
    _send(client, f"{page}/apart", warp=warp.id)
    assert hub.item(feed, other).same_as_id is None
    assert {row.choice for row in hub.rows(Decision)} == {None}
    for nowhere in (follower.id, warp.id):
        assert (
            client.post(f"{page}/same", data=_told(client, warp=warp.id, other=nowhere), headers=ORIGIN).status_code
            == 404
        )


def test_one_goes_from_each_warning_to_the_next(hub: Hub, desk: Any) -> None:
    client, warp = desk
    feed = hub.feed(warp)
    warnings = [report(name=f"Warning {number}") for number in range(3)]
    for warning in warnings:
        hub.pull(feed, warning)
    newest, middle, oldest = (hub.item(feed, warning).id for warning in reversed(warnings))
    page = client.get_page(f"/desk/warnings/{middle}")
    assert page.find(attrs={"data-shortcut": "previous"})["href"] == f"/desk/warnings/{newest}"
    assert page.find(attrs={"data-shortcut": "next"})["href"] == f"/desk/warnings/{oldest}"
    answer = client.post(
        f"/desk/warnings/{middle}/decision",
        headers=ORIGIN,
        data=_told(client, choice="keep", warp=warp.id, then=oldest),
    )
    assert answer.location == f"/desk/warnings/{oldest}"
    assert (
        client.get_page(f"/desk/warnings/{newest}").find(attrs={"data-shortcut": "next"})["href"].endswith(str(oldest))
    )


def test_how_soon_to_act_is_said_with_a_reason_and_outlives_what_the_source_says(hub: Hub, desk: Any) -> None:
    client, warp = desk
    feed, warning = hub.feed(warp), report(name="Flaw", labels=["low"])
    hub.pull(feed, warning)
    page = f"/desk/warnings/{hub.item(feed, warning).id}"
    assert "Say why" in _send(client, f"{page}/severity", severity="This week")
    assert "because a coordinator says so: Two of us run it" in _send(
        client, f"{page}/severity", severity="This week", reason="Two of us run it"
    )
    hub.pull(feed, newer(warning, LATE, labels=["medium"]))
    assert hub.item(feed, warning).severity is Severity.THIS_WEEK
    hub.pull(feed, newer(warning, "2026-06-01T00:00:00Z", labels=["critical"]))
    assert hub.item(feed, warning).severity is Severity.ACT_TODAY
    assert "because its source says so" in client.get_page(page).get_text(" ", strip=True)


def test_what_attackers_use_is_to_be_acted_on_today_whichever_comes_first(hub: Hub, desk: Any) -> None:
    client, warp = desk
    feed, other, kev = hub.feed(warp), hub.feed(warp), hub.feed(warp)
    db.session.execute(update(Source).where(Source.id == kev.source.id).values(kind=SourceKind.KEV))
    db.session.commit()
    early, late = report(name="CVE-2026-1111 again", labels=["low"]), report(name="CVE-2026-1111, once more")
    claim = made("vulnerability", name="CVE-2026-1111", x_warp_hub_exploited_since="2026-01-31")
    hub.pull(feed, early)
    hub.pull(other, claim)  # no source but a list of such weaknesses is believed
    assert hub.item(feed, early).severity is Severity.FOR_INFORMATION
    entry = {
        "cveID": "CVE-2026-1111",
        "vendorProject": "A",
        "product": "B",
        "vulnerabilityName": "C",
        "dateAdded": "2026-01-31",
    }
    entry |= {"shortDescription": "D", "requiredAction": "E", "dueDate": "2026-02-28"}
    kev.file.write_text(json.dumps({"title": "KEV", "catalogVersion": "1", "count": 1, "vulnerabilities": [entry]}))
    hub.pull(kev)
    hub.pull(feed, late, newer(early))
    assert {hub.item(feed, one).severity for one in (early, late)} == {Severity.ACT_TODAY}
    shown = client.get_page(f"/desk/warnings/{hub.item(feed, late).id}").get_text(" ", strip=True)
    assert "because attackers are using this now" in shown


def test_the_list_shows_what_is_for_me_and_by_word_and_nonsense_narrows_nothing(hub: Hub, signed_in: Any) -> None:
    warp = factories.warp()
    feed = hub.feed(warp, trusted=True)
    hub.pull(feed, report(name="Ivanti gateway", labels=["high"]), report(name="Another matter"))
    client = signed_in(factories.member(warp))

    def listed(asked: str) -> str:
        return str(client.get_page(f"/advisories{asked}").select_one("main").get_text(" ", strip=True))

    assert "Ivanti gateway" in listed("?product=ivanti")
    assert "Another matter" not in listed("?product=ivanti")
    assert "Another matter" not in listed("?severity=This+week")
    assert "There are no warnings to show." in listed("?show=mine")
    for nonsense in ("?source=x&severity=x&show=x&before=x", "?product=%00%22"):
        assert "Withdrawn and changed" in listed(nonsense)
