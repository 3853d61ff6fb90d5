"""People come from CSV files; a list never brings back whoever left or was shut out."""

import io

import pytest
from sqlalchemy import select

from tests import factories
from warp_hub import db
from warp_hub.memberships import organisations, people
from warp_hub.memberships.models import Organisation, Person, PostKind, State
from warp_hub.memberships.person_import import import_csv
from warp_hub.memberships.tables import Outcome
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.tlp import NOBODY

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def testham(database: object) -> Organisation:
    midshire = factories.warp(slug="midshire")
    made = organisations.add_organisation(
        "Testham Council", short_name="Testham", code="TST", domains=["testham.gov.example"]
    )
    organisations.join(made, midshire)
    return made


def taken(text: str, dry_run: bool = False) -> Outcome:
    return import_csv(io.BytesIO(text.encode()), dry_run)


def last_line(outcome: Outcome) -> str:
    return list(outcome.lines())[-1]


FILE = (
    "E-mail,Name,Organisation,Post,Coordinator,Language,Telephone\n"
    "Sam@testham.gov.example,Sam Lee,TST,lead,midshire,cy,1\n"
    "ali@testham.gov.example,Ali Khan,testham,,,,2\n"
)


def test_people_arrive_once_with_their_posts(testham: Organisation) -> None:
    first, second = taken(FILE), taken(FILE)

    assert list(first.lines()) == ["columns not used: Telephone", "added 2 changed 0 unchanged 0 refused 0"]
    assert last_line(second) == "added 0 changed 0 unchanged 2 refused 0"
    sam = people.find_person_by_email("sam@testham.gov.example")
    assert sam is not None
    assert (sam.name, sam.language) == ("Sam Lee", "cy")
    assert len(viewer_of(sam.id, Proof.FULL).keeps) == 2


def test_posts_of_a_list_may_wait_for_their_persons_yes_and_stay_so_the_second_time(testham: Organisation) -> None:
    file = "first_name,last_name,email,organisation\nSam,Lee,sam@testham.gov.example,TST\n"
    for _time in range(2):
        import_csv(io.BytesIO(file.encode()), invited=True)
    taken(file)

    sam = people.find_person_by_email("sam@testham.gov.example")
    assert sam is not None
    assert sam.name == "Sam Lee"
    assert people.find_post(sam, testham).state is State.INVITED  # type: ignore[union-attr]
    assert viewer_of(sam.id, Proof.FULL) == NOBODY


def test_a_dry_run_changes_nothing() -> None:
    assert last_line(taken(FILE, dry_run=True)) == "added 2 changed 0 unchanged 0 refused 0"
    assert db.session.scalars(select(Person)).all() == []


def test_a_second_list_changes_name_and_post(testham: Organisation) -> None:
    taken(FILE)

    outcome = taken("email,name,organisation,post\nALI@testham.gov.example,Ali Khan-Jones,Testham Council,lead\n")

    ali = people.find_person_by_email("ali@testham.gov.example")
    assert last_line(outcome) == "added 0 changed 1 unchanged 0 refused 0"
    assert ali is not None
    assert ali.name == "Ali Khan-Jones"
    assert people.find_post(ali, testham).kind is PostKind.LEAD  # type: ignore[union-attr]


def test_a_bad_line_is_refused_with_its_number() -> None:
    organisations.add_organisation("Testham")
    outcome = taken(
        "email,name,organisation,post,coordinator\n"
        "sam,Sam,TST,,\n"
        "sam@testham.gov.example,,TST,,\n"
        "sam@testham.gov.example,Sam,Nowhere,,\n"
        "sam@testham.gov.example,Sam,testham,,\n"
        "sam@testham.gov.example,Sam,TST,boss,\n"
        "sam@testham.gov.example,Sam,TST,,nowhere\n"
    )

    assert dict(outcome.refused) == {
        2: "email is not an e-mail address",
        3: "name is empty",
        4: "no organisation is called 'Nowhere'",
        5: "several organisations are called 'testham'",
        6: "post must be officer or lead",
        7: "there is no WARP 'nowhere'",
    }


def test_an_address_from_elsewhere_is_noted() -> None:
    outcome = taken("email,name,organisation\nsam@testham.gov.example.evil.example,Sam,TST\n")

    assert next(iter(outcome.lines())) == "line 2: testham.gov.example.evil.example is not a domain of Testham Council"


def test_whoever_was_shut_out_or_left_a_post_is_not_brought_back(testham: Organisation) -> None:
    taken(FILE.replace(",midshire", ","))
    sam, ali = (people.find_person_by_email(f"{name}@testham.gov.example") for name in ("sam", "ali"))
    assert sam is not None
    assert ali is not None
    people.suspend(sam, "away")
    people.leave_post(ali, testham)

    outcome = taken(FILE.replace(",midshire", ","))

    assert outcome.refused == [(2, "Sam@testham.gov.example is suspended: restore the person first")]
    assert outcome.noted == [(3, "the post at Testham Council is left and stays so")]
    assert last_line(outcome) == "added 0 changed 0 unchanged 1 refused 1"
