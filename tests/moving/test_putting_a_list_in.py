"""A coordinator pastes a list: it is looked at in words, put in once, and only where it is theirs to put in."""

import io
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from tests import factories
from tests.moving.conftest import named, words
from tests.portal import PortalClient
from warp_hub import db, mail
from warp_hub.memberships import organisations, people
from warp_hub.memberships.models import Membership, Organisation, Person, Post, PostKind, State, Warp
from warp_hub.memberships.viewers import Proof, viewer_of

COUNCILS = Path(__file__).parents[3] / "shared" / "data" / "uk_councils.csv"
PAGE = "/desk/people/import"
LIST = (
    "Council\tFirst name\tSurname\tE-mail address\tPhone\n"
    "Testham Council\tSam\tLee\tsam@testham.gov.example\t1\n"
    "Testham Council\tAli\tKhan\tali@testham.gov.example\t2\n"
    '"Other\nCouncil"\tMei\tZhang\tmei@other.gov.example\t3\n'
    "Testham Council\tNo\tAddress\t\t4\n"
)


def checked(desk: PortalClient, table: str, button: str = "Check the list", **answers: str) -> str:
    """Return the words of the page after the list was checked."""
    return words(desk.post_form(PAGE, button="Check the list", table=table, **answers))


def put_in(desk: PortalClient, table: str, **answers: str) -> str:
    """Return the words of the page after the list was put in at once."""
    return words(desk.post_form(PAGE, button="Check the list", table=table, do="put-in", **answers))


def called(name: str) -> Organisation:
    return db.session.scalars(select(Organisation).where(Organisation.name == name)).one()


def state_of(email: str, organisation: str) -> State:
    post = people.find_post(named(email), called(organisation))
    assert post is not None
    return post.state


def test_a_list_is_looked_at_in_words_and_put_in_once(desk: PortalClient, warp: Warp) -> None:
    told = checked(desk, LIST)

    assert "Ready to put in: 2 organisations, 3 people, 1 row needs you" in told
    assert "6 Testham Council, No, Address, 4 email is not an e-mail address" in told
    assert people.find_person_by_email("sam@testham.gov.example") is None

    told = put_in(desk, LIST)
    assert "Put in: 2 organisations, 3 people, 1 row needs you" in told
    assert "Council First name Surname E-mail address Phone Testham Council No Address 4" in told  # what is left
    assert named("mei@other.gov.example").name == "Mei Zhang"
    assert state_of("mei@other.gov.example", "Other Council") is State.INVITED
    assert organisations.find_membership(called("Testham Council"), warp).state is State.ACTIVE  # type: ignore[union-attr]
    assert not viewer_of(named("sam@testham.gov.example").id, Proof.FULL).is_member
    assert db.session.scalar(select(func.count()).select_from(mail.Letter)) == 0

    again = checked(desk, LIST)
    assert "0 organisations, 0 people, 1 row needs you 5 are here already" in again
    assert "Put them in" not in again
