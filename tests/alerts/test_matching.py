"""Whose a warning is: by product, alias, identifier, maker, typed name, topic, sector and source, and by the rule."""

import threading
from collections.abc import Iterable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import ProgrammingError

from tests import factories
from tests.advisories.conftest import Pulled
from tests.advisories.conftest import hub as hub
from tests.advisories.stix_objects import LATE, made, relationship, report
from warp_hub import audit, db
from warp_hub.alerts import interests, keys, matching
from warp_hub.alerts.interest_models import Interest, InterestKind
from warp_hub.alerts.interests import Owner, Wanted
from warp_hub.memberships.models import Person
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.sharing.models import Item, Severity, Subject
from warp_hub.sharing.visibility import house_read, select_owned
from warp_hub.tlp import Marking, Viewer

CVE = {"external_references": [{"source_name": "cve", "external_id": "CVE-2025-22457"}]}


def viewer(person: Person, proof: Proof = Proof.FULL) -> Viewer:
    return viewer_of(person.id, proof)


def watches(person: Person, of: Owner | None = None, **wanted: Any) -> None:
    """Let somebody tell what they run, as the web process does it."""
    with AsWeb(person):
        interests.keep(of or Owner(person_id=person.id), Wanted(**wanted), viewer(person))
        db.session.commit()


class AsWeb:
    """What is done as somebody, by the web process."""

    def __init__(self, person: Person, proof: Proof = Proof.FULL) -> None:
        self.viewer, self.role = viewer(person, proof), db.acting("web")

    def __enter__(self) -> Viewer:
        self.role.__enter__()
        db.enter(self.viewer.settings())
        return self.viewer

    def __exit__(self, *error: Any) -> None:
        db.leave()
        self.role.__exit__(*error)


def found(person: Person, proof: Proof = Proof.FULL) -> set[str]:
    """Return the titles of what meets somebody's list, as the web process reads it."""
    with AsWeb(person, proof) as them:
        return {item.title for item in db.session.scalars(matching.matching_items(them))}


def told(title: str, subjects: Iterable[tuple[str, str]] = (), marking: Marking = Marking.GREEN, **given: Any) -> Item:
    item = factories.item(marking, title=title, **given)
    db.session.add_all(Subject(item_id=item.id, kind=kind, value=value) for kind, value in subjects)
    keys.renew([item.id])
    db.session.commit()
    return item


def test_a_warning_of_very_many_products_is_still_met_by_its_source_its_title_and_the_last_of_them(
    database: object,
) -> None:
    many = [("product", f"Zorgon{number} Quux{number}") for number in range(300)]
    item = told("Ransomware in Jadu", [*many, ("product", "Ivanti Connect Secure")])
    person = factories.member(factories.warp())
    for wanted in (
        {"sources": frozenset({item.originator})},
        {"topics": frozenset({"ransomware"})},
        {"typed": ("Jadu",)},
        {"products": frozenset({"ivanti-connect-secure"})},
    ):
        watches(person, **wanted)
        assert found(person) == {"Ransomware in Jadu"}, wanted


def test_a_list_that_is_saved_twice_at_once_is_saved(database: object) -> None:
    person = factories.member(factories.warp())
    failed: list[Exception] = []

    def save() -> None:
        try:
            watches(person, typed=("Jadu",))
        except Exception as error:
            failed.append(error)
        finally:
            db.leave()

    with AsWeb(person) as them:
        interests.keep(Owner(person_id=person.id), Wanted(typed=("Jadu",)), them)
        again = threading.Thread(target=save)
        again.start()
        again.join(0.5)
        assert again.is_alive()
        db.session.commit()
    again.join(20)
    assert not failed
    with AsWeb(person) as them:
        assert interests.wanted_by(Owner(person_id=person.id), them).typed == ("Jadu",)


def test_a_warning_is_met_by_its_fields_its_title_and_what_it_is_about(database: object) -> None:
    warp = factories.warp()
    source = factories.item(Marking.GREEN, title="First").originator
    told("Seven flaws in a gateway", [("vendor", "Ivanti"), ("product", "Connect Secure")])
    told("An identifier alone", [("cpe", "cpe:2.3:a:pulsesecure:pulse_connect_secure:9.1:*:*:*:*:*:*:*")])
    told("Pulse Secure: install at once", severity=Severity.FOR_INFORMATION)
    told("Jadu outage used as phishing lure", summary="Members of staff get false mails.")
    told("Quiet week", [("sector", "government-local")], originator=source)
    told("Named only by its number", [("cve", "CVE-2025-22457")])
    told("FortiClient and nothing else")
    asked = {
        "products": ({"products": frozenset({"ivanti-connect-secure"})}, {"Seven", "An identifier", "Pulse"}),
        "floor": (
            {"products": frozenset({"ivanti-connect-secure"}), "floor": Severity.THIS_WEEK},
            {"Seven", "An identifier"},
        ),
        "maker": ({"typed": ("Ivanti",)}, {"Seven"}),
        "typed": ({"typed": ("jadu",)}, {"Jadu"}),
        "number": ({"typed": ("cve-2025-22457",)}, {"Named"}),
        "topic": ({"topics": frozenset({"phishing"})}, {"Jadu"}),
        "sector": ({"sectors": frozenset({"local-government"})}, {"Quiet"}),
        "source": ({"sources": frozenset({source})}, {"Quiet"}),
        "nothing": ({}, set()),
    }
    person = factories.member(warp)
    for wanted, expected in asked.values():
        watches(person, **wanted)
        titles = found(person)
        assert len(titles) == len(expected)
        assert all(any(title.startswith(begins) for begins in expected) for title in titles)


def test_what_stands_behind_a_warning_counts_for_whoever_may_have_it(hub: Pulled) -> None:
    warp = factories.warp("Midshire")
    feed = hub.feed(warp, trusted=True)
    one = made("software", name="Connect Secure", vendor="Ivanti", marking=Marking.GREEN)
    two = made("software", name="Confluence", vendor="Atlassian", marking=Marking.AMBER)
    flaw = made("vulnerability", name="CVE-2025-22457", marking=Marking.GREEN, **CVE)
    link = relationship(flaw, "related-to", two, marking=Marking.GREEN)
    first = report(one, flaw, link, name="Nothing in the title", marking=Marking.GREEN)
    hub.pull(feed, one, two, flaw, link, first)
    sam, ann = factories.member(warp), factories.member(factories.warp("Westmarch"))
    for person in (sam, ann):
        watches(person, products=frozenset({"atlassian-confluence"}))
    assert (found(sam), found(ann)) == ({"Nothing in the title"}, set())
    assert matching.matched_people(hub.item(feed, first).id) == {sam.id}
    for person in (sam, ann):
        watches(person, products=frozenset({"ivanti-connect-secure"}))
    assert found(sam) == found(ann) == {"Nothing in the title"}
    assert matching.matched_people(hub.item(feed, first).id) == {sam.id, ann.id}
    watches(ann, products=frozenset({"papercut"}))
    hub.pull(feed, {**one, "name": "PaperCut NG", "vendor": "PaperCut", "modified": LATE})
    assert (found(sam), found(ann)) == (set(), {"Nothing in the title"})


def test_a_warning_says_why_it_is_somebodys_in_their_own_words_or_their_organisations(database: object) -> None:
    warp = factories.warp()
    council = factories.organisation(warp)
    lead, officer, stranger = factories.person(council, lead=True), factories.person(council), factories.member(warp)
    item = told("Pulse Secure and Jadu", severity=Severity.FOR_INFORMATION)
    watches(lead, of=Owner(organisation_id=council.id), products=frozenset({"ivanti-connect-secure"}))
    watches(officer, typed=("Jadu",))
    with AsWeb(officer) as them:
        why = matching.reasons(item.id, them)
        words = matching.why_mine(item.id, them)
    assert [(one.words, one.is_organisations) for one in why] == [
        ("Ivanti Connect Secure (formerly Pulse)", True),
        ("Jadu", False),
    ]
    assert words == ["Ivanti Connect Secure (formerly Pulse)", "Jadu"]
    with AsWeb(stranger) as them:
        assert matching.reasons(item.id, them) == []
    assert found(officer, Proof.MAILBOX) == {"Pulse Secure and Jadu"}
    assert found(lead, Proof.MAILBOX) == set()  # whoever has a link from a mail is not shown what the council runs
    assert matching.matched_people(item.id) == {lead.id, officer.id}


def test_a_list_is_read_and_written_by_its_owner_alone_even_past_our_own_rule(database: object) -> None:
    warp = factories.warp()
    council = factories.organisation(warp)
    lead, officer = factories.person(council, lead=True), factories.person(council)
    coordinator = factories.coordinator(warp, at=factories.organisation(warp))
    watches(lead, of=Owner(organisation_id=council.id), typed=("zq7council",))
    watches(lead, typed=("zq7mine",))
    everything = select(Interest.value).execution_options(tlp="own")  # as a mistake of ours would ask
    for person, seen in ((lead, {"zq7council", "zq7mine"}), (officer, {"zq7council"}), (coordinator, set())):
        with AsWeb(person):
            assert set(db.session.scalars(everything)) == seen
    for person, owner in ((officer, Owner(organisation_id=council.id)), (coordinator, Owner(person_id=lead.id))):
        with pytest.raises(ProgrammingError, match="row-level security"):
            watches(person, of=owner, typed=("theirs",))
    assert len(db.session.scalars(house_read(select(Interest), "a test")).all()) == 2
    told_of = str(db.session.scalars(select(audit.Audit.detail)).all())
    assert "zq7" not in told_of
    assert "organisation" in told_of


def test_what_is_typed_ticks_a_product_or_is_looked_for_as_typed_or_is_refused() -> None:
    wanted, refused = interests.read_typed(["Pulse Secure", " Jadu  CMS ", "the server", "", "cve-2025-1234", "jadu"])
    assert wanted.products == {"ivanti-connect-secure"}
    assert wanted.typed == ("Jadu CMS", "cve-2025-1234", "jadu")
    assert refused == ["the server"]


def test_who_ticked_nothing_was_asked_and_has_no_list(database: object) -> None:
    person = factories.member(factories.warp())
    with AsWeb(person) as them:
        assert not interests.was_asked(them)
    watches(person)
    with AsWeb(person) as them:
        assert (interests.was_asked(them), interests.has_list(them)) == (True, False)
        assert db.session.scalars(select_owned(Interest, them)).one().kind is InterestKind.NOTHING
