# ruff: noqa: N802 - the classes are known by their numbers
"""The classes of LEAKS.md, each with what really happened elsewhere, tried on what exists here.

Not here, since their outlets do not exist yet:

| class | comes with |
| --- | --- |
| L1 Search skips the rule | search |
| L3 Feedback and scores | answers ("does this affect you?") and sightings |
| L4 Files by id | attachments |
| L13 Exports | exports, the quarterly report |
| L14 Streams, TAXII, sync | the hub's own TAXII server |
| L19 Local admin to super-admin | pages of people (their verbs: tests/memberships) |
| L23 Server-side requests | nothing of the web opens an address; feeds do: tests/feeds |
| L25 Anonymity undone | incident reports |
"""

import email
import re
from collections.abc import Iterator
from copy import deepcopy
from email.policy import default
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.leaks.throwaway import hub
from warp_hub import audit, db
from warp_hub.db import session
from warp_hub.memberships import people
from warp_hub.memberships.models import Person, Warp
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.proof import applicants, matrix, planted, posting, profiles, refusing, traces
from warp_hub.proof.plans import plan_of
from warp_hub.proof.planted import Garden
from warp_hub.proof.searching import Mark
from warp_hub.proof.walking import Answer, Walker
from warp_hub.sharing import publishing
from warp_hub.sharing.models import Item, ItemVersion
from warp_hub.sharing.publishing import NoRecipients
from warp_hub.sharing.visibility import house_read, select_visible
from warp_hub.stix.markings import TLP2_IDS, read_markings
from warp_hub.tlp import Outlet, strictest

pytestmark = pytest.mark.long

ROWS = (
    "CLEAR public",
    "GREEN published",
    "AMBER published",
    "AMBER to Elsewhere",
    "AMBER passed on by one of two",
    "RED published",
    "RED waiting",
    "GREEN waiting",
    "AMBER note of Here",
    "AMBER support",
    "RED support",
)


class Hub:
    """A hub with people and items, and hands to do things in it."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.garden: Garden = matrix.planting(ROWS)
        self.walker = Walker(app, self.garden.cast)

    def fresh(self, row: str) -> UUID:
        """Plant one more item of a row and return its id."""
        other = deepcopy(self.garden)
        other.ids.pop(row, None)
        with db.acting("work"):
            planted.plant_row(other, row, plan_of(row))
            session.commit()
            db.leave()
        self.garden.register = other.register
        return other.ids[row]

    def ask(self, viewer: str, url: str) -> Answer:
        return self.walker.ask(viewer, url)

    def pages_of(self, viewer: str, beginnings: list[str], within: tuple[str, ...] = ("/",)) -> list[Answer]:
        """Return these pages and all they lead to; nobody's place changes meanwhile."""
        with self.walker.looking_up_once():
            return list(self.walker.follow(viewer, beginnings, within))

    def send(self, viewer: str, url: str, **data: str) -> Answer:
        token = refusing._token(self.walker, viewer)
        return self.walker.ask(viewer, url, "POST", data={**data, "csrf_token": token})

    def found(self, answer: Answer | str) -> set[Mark]:
        return set(self.garden.register.found_in(answer if isinstance(answer, str) else answer.body))

    def as_worker(self, what: Any) -> Any:
        """Do something as the worker and commit it."""
        with db.acting("work"), self.app.app_context():
            done = what()
            session.commit()
            db.leave()
        return done

    def item(self, item_id: UUID) -> Item:
        found: Item = session.scalars(house_read(select(Item).where(Item.id == item_id), "leak test")).one()
        return found


@pytest.fixture(scope="module")
def lent(hub_settings: object) -> Iterator[Hub]:
    with hub() as app:
        yield Hub(app)


@pytest.fixture
def here(lent: Hub) -> Hub:
    """Return the hub; what a test plants and changes is its own."""
    return lent


def _page(item_id: UUID) -> str:
    return f"/advisories/{item_id}"


def _desk(item_id: UUID, verb: str = "") -> str:
    return f"/desk/warnings/{item_id}{verb}"


def test_L02_a_warning_leads_to_nothing_its_reader_may_not_see(here: Hub) -> None:
    """MISP CVE-2020-14969: correlations were shown for attributes that the viewer could not see."""
    page = here.found(here.ask("O", _page(here.garden.ids["GREEN published"])))
    assert {mark.row for mark in page} == {"GREEN published"}


def test_L05_no_side_form_opens_what_its_page_does_not(here: Hub) -> None:
    """MISP CVE-2020-15412: anybody could write to the reporter of an event they could not see."""
    waiting = here.garden.ids["GREEN waiting"]
    for verb in ("/decision", "/note", "/label", "/severity", "/early-notice", "/withdraw"):
        for viewer in "MOET":
            refused = here.send(viewer, _desk(waiting, verb), choice="pass_on", english="x", reason="x")
            absent = here.send(viewer, _desk(uuid4(), verb), choice="pass_on", english="x", reason="x")
            assert refused.status == 404
            assert refusing.alike(refused, absent)


def test_L06_what_is_said_about_a_warning_goes_with_it(here: Hub) -> None:
    """MISP CVE-2020-8894: a discussion's thread kept an access list of its own."""
    warning = here.fresh("GREEN published")
    here.send("C", _desk(warning, "/note"), english="zq7 our own words about it")
    assert b"our own words" in here.ask("M", _page(warning)).body
    here.send("C", _desk(warning, "/label"), marking="TLP:RED")
    assert here.ask("M", _page(warning)).status == 404
    assert b"our own words" in here.ask("C", _page(warning)).body


def test_L07_history_is_its_readers_and_the_audit_holds_no_words(here: Hub) -> None:
    """MISP CVE-2023-50918 (audit logs without access check); OpenCTI #6785 (a RED name in History)."""
    warning = here.fresh("GREEN published")
    here.send("C", _desk(warning, "/label"), marking="TLP:AMBER")
    here.send("C", _desk(warning, "/withdraw"), reason="zq7 a mistake")
    with db.acting("web"):
        for viewer in "OM":
            reading = viewer_of(here.garden.cast.people[viewer], Proof.FULL)
            db.enter(reading.settings())
            versions = select_visible(ItemVersion, reading, Outlet.PAGE).where(ItemVersion.item_id == warning)
            assert session.scalars(versions).all() == []
            db.leave()
    details = here.as_worker(lambda: [str(row) for row in session.scalars(select(audit.Audit.detail))])
    assert {mark.field for mark in here.found("\n".join(details))} <= {"id of an application"}


def test_L07_what_a_database_says_of_an_error_is_not_logged(here: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """MISP CVE-2017-16946: what was secret stood in a log. PostgreSQL quotes the row that it refuses."""

    def refuse(*_given: Any) -> None:
        session.execute(select(func.pg_input_error_info("x", "uuid")))
        session.add(Warp(slug="here", name="zq7 the words of a note"))
        session.flush()

    monkeypatch.setattr("warp_hub.advisories.queue.write_note", refuse)
    with traces.listening() as listener:
        answer = here.send("C", _desk(here.garden.ids["GREEN waiting"], "/note"), english="zq7 words of a note")
    text = "\n".join(listener.lines)
    assert answer.status == 500
    assert "views_desk.py" in text
    assert "zq7" not in text
    assert "(slug)=(here)" not in text


def test_L08_no_address_reaches_nobody(here: Hub) -> None:
    """MISP CVE-2021-27904: an empty sharing group meant "all organisations"."""

    def publish_to_nobody() -> None:
        with pytest.raises(NoRecipients):
            publishing.publish([here.item(here.garden.ids["RED waiting"])], to=[])

    item_id = here.fresh("RED waiting")

    def forget_its_people() -> None:
        here.item(item_id).recipients = []

    here.as_worker(forget_its_people)
    for viewer in "MCPET":
        assert here.ask(viewer, _page(item_id)).status == 404


def test_L08_whoever_returns_is_somebody_new(here: Hub) -> None:
    """MISP CVE-2021-31780: the id of a deleted sharing group was given to another one."""

    def leave_and_return() -> tuple[UUID, UUID]:
        gone = people.add_person("goes@cast.example", "Somebody")
        people.leave(gone)
        back = people.add_person("goes@cast.example", "Somebody")
        return gone.id, back.id

    gone, back = here.as_worker(leave_and_return)
    assert gone != back
    with db.acting("work"):
        assert viewer_of(gone, Proof.FULL).red == frozenset()
        db.leave()


# Whose addresses coordinators meet on their desk: those who are or were of a member of their WARP, or run it.
AT_THE_DESK = {"C": "LUAIDR1MSXBCWKY0", "E": "BOEP"}


def _may_be_met(viewer: str, answer: Answer) -> str:
    """Say whose addresses are shown to whom: S shows theirs to their own WARP, in its list; nobody else shows any."""
    if answer.endpoint == profiles.LIST:
        return profiles.SHOWN if viewer in profiles.SEEN_BY else ""
    return AT_THE_DESK.get(viewer, "") if answer.url.startswith("/desk") else ""


def test_L09_nobody_meets_the_names_of_others(here: Hub) -> None:
    """MISP #1668 and others: names of members and organisations came out by autocompletion, filters and indexes."""
    cast = {person: letter for letter, person in here.garden.cast.people.items()}
    with db.acting("work"):
        everybody = session.execute(select(Person.id, Person.email))
        known = {cast.get(row.id, str(row.id)): row.email for row in everybody}
        db.leave()
    met: set[tuple[str, str]] = set()
    for viewer in "NLRMXOCE":
        others = {letter: address for letter, address in known.items() if letter != viewer}
        beginnings = ["/", "/advisories", "/account", "/desk", "/warps/here", _page(here.garden.ids["GREEN published"])]
        for answer in here.pages_of(viewer, beginnings):
            shown = {letter for letter, address in others.items() if address.encode() in answer.body}
            assert shown <= set(_may_be_met(viewer, answer)), f"{viewer} at {answer.url}"
            met |= {(viewer, letter) for letter in shown}
    assert {("M", "S"), ("X", "S"), ("C", "R"), ("E", "P")} <= met


def test_L10_a_filter_names_only_the_sources_of_what_one_may_read(here: Hub) -> None:
    """MISP CVE-2019-19379: tag lists and their counts were of everything, whoever asked."""
    shown = here.found(here.ask("O", "/advisories"))
    assert {mark.row for mark in shown if mark.field == "originator_name"} == {
        "CLEAR public",
        "GREEN published",
        "AMBER to Elsewhere",
    }


def test_L11_the_secrets_of_a_source_are_written_and_never_shown(here: Hub) -> None:
    """MISP CVE-2022-42724 and others: settings, feed headers and keys could be read back."""
    home = f"/desk/sources/{here.garden.sources['source']}"
    pages = ["/desk", "/desk/sources", "/desk/sources/new", home, f"{home}/change"]
    for viewer in "CWET":
        for answer in here.pages_of(viewer, pages, ("/desk",)):
            fields = {mark.field for mark in here.found(answer) if mark.row.startswith("a source")}
            secrets = {"url", "username", "password", "certificate", "authority", "cursor"}
            assert fields.isdisjoint(secrets), f"{viewer} at {answer.url}"


def test_L12_a_letter_shows_nothing_above_green_to_whoever_carries_it(here: Hub, tmp_path: Path) -> None:
    """OpenCTI #11942 (mail past the markings); MISP 2db3c349f (the server's address in Message-ID)."""
    for sent in posting.send_all(here.app, here.garden, tmp_path, "MCP"):
        message = email.message_from_bytes(sent.raw, policy=default)
        applying = {"an application to Here"} if sent.kind == applicants.CAME and sent.viewer == "C" else set()
        applying |= {applicants.ANNOUNCED} if sent.kind == applicants.NOTICE and sent.viewer in "MC" else set()
        assert {mark.row for mark in here.found(sent.envelope)} <= {"CLEAR public", "GREEN published", *applying}
        assert re.fullmatch(r"<[0-9a-f-]{36}@localhost>", message["Message-ID"])
        assert message["Bcc"] is None
        assert len(message["To"].addresses) == 1
        assert b"<img" not in sent.raw


def test_L15_what_is_not_shown_is_not_counted(here: Hub) -> None:
    """OpenCTI #3319 and #6867: totals and badges told of what the reader could not see."""
    here.fresh("RED waiting")
    queue = here.ask("C", "/desk/warnings")
    count = len(set(re.findall(rb'name="item" value="([^"]+)"', queue.body)))
    assert 0 < count <= 25
    assert "RED waiting" not in {mark.row for mark in here.found(queue)}
    assert f"Warnings to decide ({count})".encode() in here.ask("C", "/desk").body
    reports = len(here.garden.reports) - 1  # the other one lies on Elsewhere's desk
    assert f"{count + reports} waiting for your decision".encode() in here.ask("C", "/").body


def test_L16_a_form_confirms_nothing_that_is_hidden(here: Hub) -> None:
    """OpenCTI documents "Restricted entity already exists"."""
    hidden, nothing = here.garden.ids["GREEN waiting"], uuid4()
    warp = str(here.garden.cast.elsewhere)
    for url in ("/desk/warnings", _desk(hidden, "/decision")):
        answers = [
            here.send("E", url.replace(str(hidden), str(asked)), choice="keep", warp=warp, item=f"{asked}:{warp}")
            for asked in (hidden, nothing)
        ]
        assert answers[0].status == 404
        assert refusing.alike(*answers)


def test_L17_of_several_markings_the_strictest_wins() -> None:
    """OpenCTI #1149 and #3133: an object with two markings was shown to whoever held one of them."""
    for one, first in TLP2_IDS.items():
        for other, second in TLP2_IDS.items():
            marked = {"type": "report", "id": f"report--{uuid4()}", "name": "x", "object_marking_refs": [first, second]}
            assert read_markings(marked).marking is strictest([one, other])


def test_L18_what_is_changed_is_what_was_asked_for(here: Hub) -> None:
    """MISP CVE-2026-56424: the item in the address was checked, the one in the body was changed."""
    mine = here.fresh("AMBER passed on by one of two")
    foreign = here.garden.ids["GREEN waiting"]
    before = refusing.picture_of_items()
    cast, sources = here.garden.cast, here.garden.sources
    tries = [
        ("E", _desk(mine, "/decision"), {"choice": "pass_on", "warp": str(cast.here)}),
        ("E", "/desk/warnings", {"choice": "pass_on", "item": f"{mine}:{cast.here}"}),
        ("E", "/desk/warnings", {"choice": "pass_on", "item": f"{foreign}:{cast.elsewhere}"}),
        ("E", f"/desk/sources/{sources['another source']}/checking/{here.garden.aside['source']}/discard", {}),
        ("E", f"/desk/sources/{sources['source']}/checking/{here.garden.aside['source']}/discard", {}),
        ("E", f"/desk/sources/{sources['source']}/pause", {}),
        ("E", f"/desk/sources/{sources['source']}/change", {}),
    ]
    for viewer, url, data in tries:
        assert here.send(viewer, url, **data).status == 404, url
    assert refusing.picture_of_items() == before


def test_L18_a_note_is_written_for_ones_own_warp_alone(here: Hub) -> None:
    """As above: the WARP named in the body is not believed."""
    shared = here.fresh("AMBER passed on by one of two")
    here.send("E", _desk(shared, "/note"), english="from elsewhere", warp=str(here.garden.cast.here))
    assert b"from elsewhere" not in here.ask("M", _page(shared)).body


def test_L20_no_other_way_in_skips_the_password(here: Hub) -> None:
    """MISP CVE-2022-29534: signing in by JSON skipped the password; CVE-2020-8890: so did PUT."""
    known = {"email": "viewer-0@cast.example", "password": ""}
    for method, headers in (("POST", {"Content-Type": "application/json"}), ("PUT", {}), ("POST", {})):
        answer = here.walker.ask("N", "/sign-in", method, data=known if not headers else None, headers=headers)
        assert answer.status in (400, 405, 415, 422)
        assert "warp_hub=" not in answer.head
    assert here.ask("N", "/account").status == 302


def test_L22_looking_changes_nothing(here: Hub) -> None:
    """MISP CVE-2024-25675: opening an address started an export."""
    before = refusing.picture_of_items()
    for viewer in "NMCE":
        for answer in here.pages_of(viewer, ["/", "/desk", "/advisories", "/digests/settings"]):
            assert answer.status < 500
        for item_id in here.garden.ids.values():
            for url in (_page(item_id), _desk(item_id), _desk(item_id, "/withdraw"), _desk(item_id, "/decision")):
                here.ask(viewer, url)
    assert refusing.picture_of_items() == before


def test_L24_a_browser_keeps_no_page_and_no_cookie_with_words_above_green(here: Hub) -> None:
    """MISP 5e1206362: pages stayed in the browser's cache after signing out."""
    for row in ("GREEN waiting", "AMBER waiting", "RED waiting for its coordinators"):
        waiting = here.fresh(row)
        assert "no-store" in here.ask("C", _desk(waiting)).head
        done = here.send("C", _desk(waiting, "/decision"), choice="keep", warp=str(here.garden.cast.here))
        assert done.status == 303
        kept = {mark.row for mark in here.found(done.head) if mark.field != "id"}
        assert kept <= {"GREEN waiting"}, f"the cookie holds the words of {kept}"


def test_L26_what_becomes_stricter_is_gone_everywhere_at_once(here: Hub, tmp_path: Path) -> None:
    """OpenCTI #6991: what was marked anew stayed in streams and queues; elsewhere a loss of sight was announced."""
    warning = here.fresh("GREEN published")
    assert here.ask("O", _page(warning)).status == 200
    absent = here.ask("O", _page(uuid4()))
    here.send("C", _desk(warning, "/label"), marking="TLP:AMBER")
    assert refusing.alike(here.ask("O", _page(warning)), absent)
    for answer in here.walker.follow("O", ["/", "/advisories"], ("/advisories",)):
        assert str(warning) not in answer.body.decode()
    letters = deepcopy(here.garden)
    letters.ids = {"GREEN published": warning}
    assert [
        sent for sent in posting.send_all(here.app, letters, tmp_path, "O") if str(warning).encode() in sent.raw
    ] == []


def test_a_red_warning_is_logged_whoever_reads_it_and_wherever(here: Hub) -> None:
    """RED is for the named on a page, each view recorded: on the desk as on its page."""
    red = here.fresh("RED to a coordinator")
    views = select(func.count()).select_from(audit.Audit).where(audit.Audit.item_id == red)
    for number, url in enumerate((_page(red), _desk(red)), 1):
        assert here.ask("C", url).status == 200
        assert here.as_worker(lambda: session.scalar(views)) == number, url


@pytest.mark.parametrize("viewer", ["N", "M", "C"])
def test_what_no_browser_sends_is_refused_and_never_a_fault_of_ours(here: Hub, viewer: str) -> None:
    """A fault writes to the log and tells two classes of requests apart."""
    for url in ("/warps/%00", "/desk/sources/%00", "/advisories?before=%00", "/?next=%00"):
        assert here.ask(viewer, url).status < 500, url
    note = _desk(here.garden.ids["GREEN waiting"], "/note")
    assert here.send(viewer, note, english="a\0b").status < 500
    withdrawing = _desk(here.fresh("GREEN published"), "/withdraw")
    assert here.send(viewer, withdrawing, reason="a\0b").status < 500
