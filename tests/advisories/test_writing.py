"""Warnings of a WARP's own, from its coordinator's pages to what members, tools and search have of them."""

import zlib
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import select

from tests import factories
from tests.advisories.pdf_files import pdf, pdf_of_stream
from tests.page_client import filled_in, find_form, parse
from tests.portal import browser, portal, signed_in
from warp_hub import clock, db
from warp_hub.advisories import queue, reading_pdf, sorting
from warp_hub.advisories.reading_in import read_in
from warp_hub.advisories.reading_pdf import UnreadablePdf, text_of_pdf
from warp_hub.advisories.telling import Told
from warp_hub.advisories.writing import begin, put_on_desk
from warp_hub.advisories.writings import Way, Writing
from warp_hub.audit import Audit
from warp_hub.memberships.models import Coordinator
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.pages import typed_values
from warp_hub.sharing.models import Choice, Decision, Indicator, Item, ItemVersion, Severity, Subject
from warp_hub.sharing.visibility import find_visible, house_read
from warp_hub.stix import marking_object, read_markings
from warp_hub.stix.authored import identity_of
from warp_hub.tlp import Marking

__all__ = ["browser", "portal", "signed_in"]

ORIGIN = {"Origin": "http://localhost"}
WRITE, ADD = "/desk/warnings/write", "/desk/warnings/add"
TOLD = {
    "title": "Switch off the old gateway",
    "severity": "This week",
    "marking": "TLP:GREEN",
    "to_do": "- Install 7.4.9",
    "body": "Attackers come in by a **known** flaw.",
    "body_welsh": "Daw ymosodwyr i mewn drwy wendid hysbys.",
    "cves": "cve-2026-12345",
    "products": "Fortinet FortiGate",
    "values": "evil[.]example\n203.0.113.7",
    "links": "https://advice.example/gateway",
}


REVISED = {"title": "Switch off the old gateway now", "values": "evil[.]example", "severity": "Act today"}


@dataclass
class Desk:
    """A coordinator's browser, going from page to page."""

    browser: Any
    path: str = ""
    page: Any = None

    def go(self, path: str) -> "Desk":
        """Open a page."""
        self.path, self.page = path, self.browser.get_page(path)
        return self

    def press(self, button: str, status: int = 200, **told: Any) -> "Desk":
        """Fill in the form with this button, press it, and see what comes."""
        fields = {**dict(filled_in(find_form(self.page, button), button)), **told}
        answer = self.browser.post(self.path, data=fields, headers=ORIGIN, follow_redirects=True)
        assert answer.status_code == status
        self.page, self.path = parse(answer.get_data(as_text=True)), answer.request.path
        return self

    @property
    def words(self) -> str:
        """Return what the page says."""
        return str(self.page.main.get_text(" ", strip=True))


@dataclass
class Place:
    """A WARP with a coordinator and a member, and a member of another."""

    warp: UUID
    kim: Any
    member: Any
    stranger: Any
    signed_in: Any

    def desk(self) -> Desk:
        """Return the coordinator's browser."""
        return Desk(self.signed_in(self.kim))

    def reads(self, person: Any, item_id: UUID) -> bool:
        """Say whether somebody may read a warning."""
        return find_visible(Item, item_id, viewer_of(person.id, Proof.FULL)) is not None


@pytest.fixture
def place(signed_in: Any) -> Place:
    """Return a place where warnings are written."""
    warp = factories.warp()
    member, stranger = factories.member(warp), factories.member(factories.warp())
    return Place(warp.id, factories.coordinator(warp), member, stranger, signed_in)


def _rows(what: type[Any]) -> list[Any]:
    db.session.expunge_all()
    db.session.rollback()
    return list(db.session.scalars(house_read(select(what), "test")))


def _stix() -> list[dict[str, Any]]:
    versions = sorted(_rows(ItemVersion), key=lambda version: version.modified)
    return [orjson.loads(version.content) for version in versions]


def test_a_written_warning_is_previewed_then_read_by_members_and_found(place: Place) -> None:
    desk = place.desk().go(WRITE).press("Preview", **TOLD)
    assert desk.page.select_one(".warp-preview .warp-text strong").text == "known"
    assert "Who will see this? 2 organisations, 3 people By mail, in full: 3 people" in desk.words
    assert _rows(Item) == []  # a preview keeps nothing
    desk.press("Pass on to members")
    assert "Passed on to members." in desk.words
    (item,) = _rows(Item)
    assert (item.marking, item.severity, item.originator) == (Marking.GREEN, "This week", place.warp)
    assert place.reads(place.member, item.id)
    assert place.reads(place.stranger, item.id)
    found = place.signed_in(place.member).get_page("/search?q=evil[.]example")
    assert TOLD["title"] in found.text
    assert {row.action for row in _rows(Audit)} >= {"began a warning", "passed on"}


def test_what_is_saved_is_kept_for_later_and_nobody_else_sees_it(place: Place) -> None:
    desk = place.desk().go(WRITE).press("Save and finish later", title="Half a warning", body="It begins")
    (item,), (decision,) = _rows(Item), _rows(Decision)
    assert decision.choice is Choice.KEEP
    assert item.held
    assert not item.published_at
    assert desk.page.select_one("#body").text.strip() == "It begins"
    assert not place.reads(place.member, item.id)
    other = place.signed_in(factories.coordinator(factories.warp()))
    assert other.get(f"/desk/warnings/{item.id}/edit").status_code == 404
    desk.press("Preview", 422)
    assert "Choose a label" in desk.words
    assert "Say how soon to act" in desk.words
    desk.press("Preview", marking="TLP:AMBER", severity="This week").press("Pass on to members")
    (item,) = _rows(Item)
    assert item.held is None
    assert place.reads(place.member, item.id)
    assert not place.reads(place.stranger, item.id)


def test_a_change_makes_a_new_version_and_takes_back_what_it_names_no_longer(place: Place) -> None:
    place.desk().go(WRITE).press("Preview", **TOLD).press("Pass on to members")
    (item,) = _rows(Item)
    before = {made["id"]: made for made in _stix()}
    desk = place.desk().go(f"/desk/warnings/{item.id}/edit")
    assert not desk.page.select("[name=marking], [name=named]")
    desk.press("Preview", **REVISED)
    assert len(_stix()) == len(before)
    desk.press("Publish the new version")
    changed = [made for made in _stix() if made != before.get(made["id"]) or made["modified"] != made["created"]]
    assert {made["type"]: made.get("revoked") for made in changed} == {"report": None, "indicator": True}
    assert {made["name"] for made in changed} == {REVISED["title"], "203.0.113.7"}
    (item,) = _rows(Item)
    assert item.revised_at
    assert item.title == REVISED["title"]
    assert [one.value for one in _rows(Indicator)] == ["evil.example"]
    page = place.signed_in(place.member).get_page(f"/advisories/{item.id}")
    assert REVISED["title"] in page.text
    assert "203[.]0" not in page.text


def test_two_who_change_at_once_do_not_undo_each_other(place: Place) -> None:
    place.desk().go(WRITE).press("Save and finish later", **TOLD)
    (item,) = _rows(Item)
    one, other = place.desk().go(f"/desk/warnings/{item.id}/edit"), place.desk().go(f"/desk/warnings/{item.id}/edit")
    one.press("Save and finish later", title="The first to save")
    other.press("Save and finish later", 422, title="The second")
    assert "Somebody has changed this warning meanwhile" in other.words
    assert [one.title for one in _rows(Item)] == ["The first to save"]


def test_red_and_early_ones_are_for_those_they_name(place: Place) -> None:
    desk = place.desk().go(WRITE).press("Preview", 422, **{**TOLD, "marking": "TLP:RED", "named": "nobody@x.example"})
    assert "Nobody here has the address nobody@x.example" in desk.words
    desk.press("Preview", named=place.member.email)
    assert "2 people By mail, in full: 0 people By mail, only that something waits: 2 people" in desk.words
    desk.press("Pass on to members")
    (red,) = _rows(Item)
    assert set(red.recipients) == {place.kim.id, place.member.id}
    assert place.reads(place.member, red.id)
    assert not place.reads(place.stranger, red.id)
    until = clock.local(clock.now() + timedelta(days=2)).strftime("%d/%m/%Y %H:%M")
    told = {**TOLD, "title": "Early", "until": until}
    desk.go(WRITE).press("Preview", 422, **told)
    assert "Name at least one person" in desk.words
    desk.press("Preview", early=place.stranger.email)
    assert "At once 1 organisation" in desk.words.replace("One organisation", "1 organisation")
    desk.press("Pass on to members")
    (early,) = [item for item in _rows(Item) if item.title == "Early"]
    assert place.reads(place.stranger, early.id)
    assert not place.reads(place.member, early.id)


def test_the_validator_of_the_standard_accepts_a_warning_and_our_reader_reads_it_back(place: Place) -> None:
    from stix2validator import ValidationOptions, validate_instance

    values = "203.0.113.7\n2001:db8::1\nhttps://evil.example/a?b='c'\nbad@evil.example\nit's.docm\nC:\\Users\\x.exe"
    values += "".join(f"\n{'a' * length}" for length in (32, 40, 64, 128))
    marking = Marking.AMBER_STRICT
    told = Told(
        title="A flaw",
        body={"en": "Known.", "cy": "Hysbys."},
        severity=Severity.THIS_WEEK,
        cves=["CVE-2026-12345"],
        products=["Fortinet FortiGate"],
        indicators=typed_values.parse(values.splitlines()).values,
        links=["https://advice.example/gateway"],
        marking=marking,
    )
    made = begin(told, place.warp, place.kim.id)
    queue.pass_on(made, place.warp, viewer_of(place.kim.id, Proof.FULL))
    db.session.commit()
    held = _stix()
    bundle = {"type": "bundle", "id": "bundle--2c2ad4ae-6c7f-4a2c-9b53-0b4d4df1f6a9"}
    bundle["objects"] = [identity_of(place.warp, "Midshire WARP"), marking_object(marking), *held]
    # A reference to a page that changes can have no hash of it.
    options = ValidationOptions(version="2.1", strict=True, disabled=["302"])
    found = validate_instance(bundle, options)
    assert found.is_valid, [str(error) for error in found.errors]
    report = next(made for made in held if made["type"] == "report")
    reading = read_markings(report, {marking_object(marking)["id"]: marking_object(marking)})
    assert reading.marking is marking
    assert sorting.words_of(report)["severity"] == "This week"
    assert ("product", "Fortinet FortiGate") in sorting.subjects_of(report)
    assert len(held) == 10 + 1 + 1 + 1


def test_a_pasted_mail_waits_with_its_original_to_be_checked(place: Place) -> None:
    mail = (
        "Subject: A flaw in FortiOS\n\nTLP:AMBER\n\nIt is actively exploited.\n\nWhat to do\nPatch.\n\nevil[.]example"
    )
    desk = place.desk().go(ADD).press("Read it", pasted=mail)
    assert "Check what was read" in desk.words
    (item,), (decision,), (writing,) = _rows(Item), _rows(Decision), _rows(Writing)
    assert (item.title, item.marking, item.severity) == ("A flaw in FortiOS", Marking.AMBER, "Act today")
    assert decision.choice is None
    assert item.published_at is None
    assert writing.way is Way.READ_IN
    assert {one.value for one in _rows(Subject)} == {"Fortinet FortiGate"}
    kept = desk.browser.get(f"/desk/warnings/{item.id}/original")
    assert kept.data.decode() == mail
    assert not place.reads(place.member, item.id)
    desk.press("Save and finish later", title="A flaw in the gateway")
    assert [one.choice for one in _rows(Decision)] == [None]  # what was read in goes on waiting
    queue = desk.go("/desk/warnings")
    assert "A flaw in the gateway" in queue.words


def test_what_was_read_without_a_label_cannot_go_out(place: Place) -> None:
    desk = place.desk().go(ADD).press("Read it", pasted="Someone rings councils and asks for codes.")
    (item,) = _rows(Item)
    assert item.held
    assert "No label could be read" in desk.words
    desk.press("Preview", 422, severity="This week")
    assert "Choose a label" in desk.words


def test_a_pdf_is_read_and_a_hostile_one_refused_plainly(place: Place) -> None:
    desk = place.desk()
    for content, said in (
        (b"%PDF-1.7 and then nothing", "This PDF could not be read"),
        (b"GIF89a", "This is no PDF"),
        (pdf("x", pages=61), "This PDF has more than 60 pages"),
    ):
        desk.go(ADD).press("Read it", 422, file=(BytesIO(content), "warning.pdf"))
        assert said in desk.words
    assert _rows(Item) == []
    desk.go(ADD).press("Read it", file=(BytesIO(pdf("TLP:GREEN", "Patch the gateway")), "Warning 7.pdf"))
    (item,) = _rows(Item)
    assert (item.title, item.marking) == ("Patch the gateway", Marking.GREEN)
    assert desk.browser.get(f"/desk/warnings/{item.id}/original").data.startswith(b"%PDF")


def test_a_pdf_that_takes_too_much_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zlib.compress(b"(a) Tj " * 12_000_000, 1)
    with pytest.raises(UnreadablePdf, match=r"could not be read|took too long"):
        text_of_pdf(pdf_of_stream(bomb, "/Filter /FlateDecode"))
    monkeypatch.setattr(reading_pdf, "SECONDS", 0.01)
    with pytest.raises(UnreadablePdf, match="took too long"):
        text_of_pdf(pdf("slow"))


def test_a_link_is_read_and_one_to_our_own_network_refused(place: Place) -> None:
    desk = place.desk().go(ADD)
    desk.press("Read it", 422, link="http://127.0.0.1:9/private")
    assert desk.page.select_one("#link-error")
    desk.press("Read it", 422, link="file:///etc/passwd")
    assert "Enter an address that begins with https://" in desk.words
    desk.press("Read it", 422, link="", pasted="")
    assert "Paste a text, upload a PDF or give an address" in desk.words


def test_one_who_runs_several_warps_says_for_which_and_nobody_writes_for_another(place: Place) -> None:
    second = factories.warp("Westmarch")
    db.session.add(Coordinator(person_id=place.kim.id, warp_id=second.id))
    db.session.commit()
    desk = place.desk().go(WRITE)
    foreign = factories.warp("Northmere")
    desk.press("Save and finish later", 404, **TOLD, warp=str(foreign.id))
    desk.go(WRITE).press("Save and finish later", **TOLD, warp=str(second.id))
    assert [item.keepers for item in _rows(Item)] == [[second.id]]
    assert place.signed_in(place.member).get(WRITE).status_code == 404


def test_mail_of_nobody_in_particular_names_all_coordinators_if_it_is_red(place: Place) -> None:
    item_id = put_on_desk(read_in("TLP:RED\n\nFor coordinators alone.", "By mail"), place.warp)
    db.session.commit()
    (item,) = _rows(Item)
    assert item.id == item_id
    assert item.recipients == [place.kim.id]
    assert item.originator == place.warp
