"""Another WARP on the same hub: founded at the console, run by somebody new or by somebody who is here."""

import pytest
from sqlalchemy import select

from tests import factories
from tests.operations.test_first_start import secret_of
from warp_hub import db
from warp_hub.memberships import invitations
from warp_hub.memberships.models import Coordinator, Person, State, Warp, WarpKind
from warp_hub.memberships.reading import Unreadable
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.operations.founding import NotFounded, found

pytestmark = pytest.mark.usefixtures("database")

SECOND = ("Eastmarch WARP", "eastmarch", WarpKind.SUB_REGION, "Ali Reed", "ali@eastmarch.example")


def test_somebody_new_runs_it_by_the_link_that_is_printed() -> None:
    above = factories.warp(slug="midshire")

    *_, link = found(*SECOND, name_cy="WARP y Mers", parent="midshire")
    db.session.commit()

    warp = db.session.scalars(select(Warp).where(Warp.slug == "eastmarch")).one()
    assert (warp.parent_id, warp.kind, warp.name_cy) == (above.id, WarpKind.SUB_REGION, "WARP y Mers")
    person = invitations.redeem(secret_of(link))
    assert viewer_of(person.id, Proof.FULL).keeps == {person.id, warp.id}


def test_whoever_is_here_already_gets_no_link_and_keeps_what_they_run() -> None:
    kim = factories.coordinator(factories.warp(), email=SECOND[4])

    (said,) = found(*SECOND)

    assert said == f"{kim.name} is here already and runs Eastmarch WARP from their next sign-in on."
    assert len(db.session.scalars(select(Coordinator).where(Coordinator.person_id == kim.id)).all()) == 2


def test_nothing_is_left_of_a_warp_that_cannot_be_founded() -> None:
    factories.warp(slug="eastmarch")
    out = factories.person(email="out@eastmarch.example", state=State.SUSPENDED)
    db.session.commit()
    before = set(db.session.scalars(select(Person.id))), set(db.session.scalars(select(Warp.id)))
    name, _slug, kind, who, email = SECOND
    for given, parent, error, says in (
        (SECOND, None, NotFounded, "already"),
        ((name, "other", kind, who, email), "nowhere", NotFounded, "no WARP nowhere"),
        ((name, "other", kind, who, out.email), None, NotFounded, "may not sign in"),
        ((name, "Not A Slug", kind, who, email), None, Unreadable, "small letters"),
        ((name, "other", kind, " ", email), None, Unreadable, "coordinator's name"),
    ):
        with pytest.raises(error, match=says):
            list(found(*given, parent=parent))
        db.session.rollback()
    assert before == (set(db.session.scalars(select(Person.id))), set(db.session.scalars(select(Warp.id))))
