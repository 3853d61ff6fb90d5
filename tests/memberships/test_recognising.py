"""By what a text could give a person away: all names and domains of all their organisations, and their own."""

from uuid import uuid4

import pytest

from tests import factories
from warp_hub import db
from warp_hub.memberships import organisations
from warp_hub.memberships.models import State
from warp_hub.memberships.recognising import known_of
from warp_hub.text.identifying import Known, find_identifiers, replace_all

pytestmark = pytest.mark.usefixtures("database")


def test_all_names_and_domains_of_an_organisation_count_former_ones_too() -> None:
    council = organisations.add_organisation(
        "Testham Borough Council", short_name="Testham", also_known_as=["TBC", "Old Testham District Council"]
    )
    organisations.add_domain(council, "testham.gov.example")
    organisations.add_domain(council, "old-testham.gov.example", is_former=True)
    sam = factories.person(council, name="Sam Archer", email="sam@testham.gov.example")

    assert known_of(sam.id) == Known(
        ("Old Testham District Council", "TBC", "Testham", "Testham Borough Council"),
        ("old-testham.gov.example", "testham.gov.example"),
        ("Sam Archer", "sam@testham.gov.example"),
    )


def test_who_left_a_council_can_still_be_known_by_it() -> None:
    present, past = factories.organisation(), factories.organisation()
    sam = factories.person(present)
    factories.person(past)
    db.session.add(factories.Post(person_id=sam.id, organisation_id=past.id, state=State.LEFT))
    db.session.flush()

    assert set(known_of(sam.id).names) == {present.name, past.name}


def test_nobody_is_known_by_nothing() -> None:
    assert known_of(uuid4()) == Known()


def test_what_is_known_of_a_person_hides_them_in_a_text() -> None:
    council = organisations.add_organisation("Testham Borough Council", domains=["testham.gov.example"])
    sam = factories.person(council, name="Sam Archer", email="sam@testham.gov.example")
    text = "Sam Archer of Testham BC (TBC) wrote from sam@testham.gov.example and www.testham.gov.example"

    said = replace_all(text, find_identifiers(text, known_of(sam.id)))

    assert said == "[person's name] of [council name] ([council name]) wrote from [e-mail address] and [our domain]"
