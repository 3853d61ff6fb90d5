"""The first start: no default account, one link on the console, once."""

from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from warp_hub import clock, db
from warp_hub.memberships import invitations
from warp_hub.memberships.models import Coordinator, Person, Warp
from warp_hub.memberships.reading import Unreadable
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.operations.first_start import AlreadyStarted, first_start
from warp_hub.signin.models import Credential

pytestmark = pytest.mark.usefixtures("database")

FIRST = ("Midshire WARP", "midshire", "Sam Lee", "sam@testham.example")


def secret_of(link: str) -> str:
    assert link.startswith("http://localhost:8000/invitation?token=")
    return urlsplit(link).query.partition("=")[2]


def test_a_first_start_makes_a_warp_its_coordinator_and_a_way_in() -> None:
    link = first_start(*FIRST)
    db.session.commit()

    person = invitations.redeem(secret_of(link))

    warp = db.session.scalars(select(Warp)).one()
    assert (warp.slug, warp.name, person.name) == ("midshire", "Midshire WARP", "Sam Lee")
    assert viewer_of(person.id, Proof.FULL).keeps == {person.id, warp.id}


def test_a_lost_link_is_replaced_until_it_was_used() -> None:
    first = first_start(*FIRST)
    second = first_start(*FIRST)

    assert invitations.find(secret_of(first)) is None
    assert invitations.find(secret_of(second)) is not None
    assert db.session.scalar(select(func.count()).select_from(Coordinator)) == 1


def test_a_hub_that_has_begun_is_not_begun_again() -> None:
    first_start(*FIRST)
    db.session.commit()
    with pytest.raises(AlreadyStarted):
        first_start("Other WARP", "other", "Ali", "ali@testham.example")
    db.session.rollback()
    person = db.session.scalars(select(Person)).one()
    with db.acting("web"):
        db.session.add(Credential(person_id=person.id, password_hash="x", password_set_at=clock.now()))
        db.session.commit()

    with pytest.raises(AlreadyStarted, match="invites everybody else"):
        first_start(*FIRST)


def test_nothing_is_left_of_a_first_start_with_a_bad_name() -> None:
    for given in (
        ("", "midshire", "Sam", "sam@testham.example"),
        ("Midshire", "Mid Shire", "Sam", "sam@testham.example"),
        ("Midshire", "midshire", " ", "sam@testham.example"),
        ("Midshire", "midshire", "Sam", "sam"),
    ):
        with pytest.raises(Unreadable, match=r"WARP|The coordinator's name is empty|The e-mail address is not"):
            first_start(*given)
        db.session.rollback()

    assert db.session.scalars(select(Warp)).all() == []
    assert db.session.scalars(select(Person)).all() == []
