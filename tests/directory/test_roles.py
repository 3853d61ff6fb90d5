"""Who runs a WARP: two decide, nobody about themselves; one always remains; the national team sees numbers."""

import re
import threading
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests import factories
from tests.directory.conftest import Town, send, words
from warp_hub import db
from warp_hub.advisories.models import Source, SourceKind, SourceWarp
from warp_hub.memberships import leaving, people, roles
from warp_hub.memberships.authority import LastCoordinator, NotTheirs
from warp_hub.memberships.directory_models import RoleProposal
from warp_hub.memberships.models import Coordinator, State
from warp_hub.tlp import Marking

LIST = "/desk/roles"


def proposed(town: Town, who: Any, by: Any, *, grant: bool = True) -> RoleProposal:
    made = roles.propose(who, town.midshire, "because", by.id, grant=grant)
    db.session.commit()
    return made


def runs(person: Any, town: Town) -> bool:
    db.session.rollback()
    return roles.runs(person.id, town.midshire.id)


def test_one_proposes_and_another_confirms(signed_in: Any, town: Town) -> None:
    priya, grace = signed_in(town.priya), signed_in(town.grace)
    priya.get_page(f"/desk/people/{town.sam.id}").find("a", string="Propose them as coordinator of Midshire WARP")
    priya.post_form(f"{LIST}/midshire/{town.sam.id}", "Propose it", reason="knows everybody")
    assert not runs(town.sam, town)
    asked = db.session.scalars(select(RoleProposal)).one()
    assert send(priya, f"{LIST}/{asked.id}", answer="confirm").status_code == 404
    assert send(signed_in(town.ffion), f"{LIST}/{asked.id}", answer="confirm").status_code == 404
    assert send(signed_in(town.sam), f"{LIST}/{asked.id}", answer="confirm").status_code == 404
    assert "knows everybody" in words(grace.get_page(LIST))
    send(grace, f"{LIST}/{asked.id}", answer="confirm", person_id=str(town.tom.id), warp_id=str(town.westmarch.id))
    assert (runs(town.sam, town), runs(town.tom, town)) == (True, False)
    assert roles.runs(town.sam.id, town.westmarch.id) is False
    told = words(priya.get_page(f"/desk/people/{town.sam.id}"))
    assert "Coordinator from now on , knows everybody , by Grace Okafor" in told
    assert "Proposed as coordinator , knows everybody , by Priya Shah" in told


def test_where_nobody_else_may_the_national_team_does(signed_in: Any, town: Town) -> None:
    marcus = town.national()
    asked = proposed(town, town.grace, town.priya, grant=False)
    for somebody in (town.priya, town.grace, town.ffion):
        with pytest.raises(NotTheirs):
            roles.confirm(asked, somebody.id)
    db.session.rollback()
    assert "To run Midshire WARP no longer" in words(signed_in(marcus).get_page(LIST))
    send(signed_in(marcus), f"{LIST}/{asked.id}", answer="confirm")
    assert (runs(town.grace, town), runs(town.priya, town)) == (False, True)
    third = factories.coordinator(town.midshire)
    another = proposed(town, town.sam, town.priya)
    assert (roles.may_confirm(another, marcus.id), roles.may_confirm(another, third.id)) == (False, True)


def test_nobody_proposes_a_stranger_themselves_or_from_afar(signed_in: Any, town: Town) -> None:
    priya = signed_in(town.priya)
    for who in (town.owen, town.priya, town.ffion):
        assert priya.get(f"{LIST}/midshire/{who.id}").status_code == 404
        with pytest.raises(roles.NotEligible):
            roles.propose(who, town.midshire, "x", town.priya.id, grant=True)
    assert priya.get(f"{LIST}/westmarch/{town.owen.id}").status_code == 404
    assert signed_in(town.ffion).get(f"{LIST}/midshire/{town.sam.id}").status_code == 404
    with pytest.raises(NotTheirs):
        roles.propose(town.tom, town.midshire, "x", town.sam.id, grant=True)
    with pytest.raises(NotTheirs):
        people.appoint_coordinator(town.sam, town.midshire, by=town.priya.id)


def test_of_two_coordinators_who_are_removed_at_once_one_remains(town: Town) -> None:
    marcus = town.national().id
    asked = [
        proposed(town, town.grace, town.priya, grant=False).id,
        proposed(town, town.priya, town.grace, grant=False).id,
    ]
    outcomes = at_once([lambda one=one: _confirm(one, marcus) for one in asked])
    assert sorted(outcomes) == ["", "LastCoordinator"]
    held = select(Coordinator.id).where(Coordinator.warp_id == town.midshire.id, Coordinator.state == State.ACTIVE)
    assert len(db.session.scalars(held).all()) == 1


def test_a_proposal_is_confirmed_once(town: Town) -> None:
    third = factories.coordinator(town.midshire)
    asked = proposed(town, town.sam, town.priya).id
    by = [town.grace.id, third.id]
    outcomes = at_once([lambda one=one: _confirm(asked, one) for one in by])
    assert sorted(outcomes) == ["", "AlreadyDecided"]
    assert runs(town.sam, town)


def test_what_was_proposed_falls_when_who_it_is_about_or_who_proposed_it_has_gone(signed_in: Any, town: Town) -> None:
    grace, third = signed_in(town.grace), factories.coordinator(town.midshire)
    dismissed, of_the_third = proposed(town, town.tom, town.priya), proposed(town, town.sam, third)
    leaving.take_out(town.tom, town.ashcombe, town.sam.id, "dismissed")
    people.step_down(third, town.midshire, third.id)
    db.session.commit()
    for asked in (dismissed.id, of_the_third.id):
        assert send(grace, f"{LIST}/{asked}", answer="confirm").status_code == 409
    assert not runs(town.tom, town)
    assert not runs(town.sam, town)
    assert send(grace, f"{LIST}/{dismissed.id}", answer="refuse").status_code == 303


def test_the_last_coordinator_neither_steps_down_nor_is_removed(signed_in: Any, town: Town) -> None:
    assert "You stop seeing what waits there" in words(signed_in(town.grace).get_page(f"{LIST}/midshire/step-down"))
    send(signed_in(town.grace), f"{LIST}/midshire/step-down")
    assert not runs(town.grace, town)
    priya = signed_in(town.priya)
    token = words(priya.get_page(LIST))
    assert "Nobody makes or unmakes a coordinator alone" in token
    send(priya, f"{LIST}/midshire/step-down")
    assert runs(town.priya, town)
    assert "Nobody else runs this WARP" in words(priya.get_page(LIST))


def test_the_national_team_sees_numbers_and_no_names_but_of_who_runs_a_warp(signed_in: Any, town: Town) -> None:
    marcus = town.national()
    for _number in range(4):
        factories.person(town.ashcombe)
    silent = Source(slug="late", name="Late", kind=SourceKind.RSS, url="https://late.example", marking=Marking.GREEN)
    silent.failures, silent.health = 3, "It did not answer."
    well = Source(slug="well", name="Well", kind=SourceKind.RSS, url="https://well.example", marking=Marking.GREEN)
    for source in (silent, well):
        factories._kept(source)
        factories._kept(SourceWarp(source_id=source.id, warp_id=town.midshire.id, place=0))
    seen = words(signed_in(marcus).get_page("/national")).replace(":", "")
    assert sorted(re.findall(r"Sources needing attention (\d)", seen)) == ["0", "0", "1"]  # the team has none either
    assert "Midshire WARP Organisations 2 People 7" in seen
    assert "Westmarch WARP Organisations 1 People fewer than 5" in seen
    assert {"Priya Shah", "Ffion Morgan"} <= {name for name in ("Priya Shah", "Ffion Morgan") if name in seen}
    for name in ("Sam Hartley", "Tom Fielding", "Owen", "Ashcombe", "Robin"):
        assert name not in seen
    absent = signed_in(town.priya).get("/desk/people/00000000-0000-4000-8000-000000000000")
    answer = signed_in(town.priya).get("/national")
    assert (answer.status_code, len(answer.data)) == (404, len(absent.data))


def at_once(verbs: list[Any]) -> list[str]:
    """Do these on connections of their own at the same moment; return what each raised, "" for nothing."""
    start, outcomes = threading.Barrier(len(verbs)), []
    db.session.rollback()

    def run(verb: Any) -> None:
        start.wait()
        try:
            verb()
            db.session.commit()
            outcomes.append("")
        except (LastCoordinator, roles.AlreadyDecided) as error:
            outcomes.append(type(error).__name__)
        finally:
            db.leave()

    threads = [threading.Thread(target=run, args=(verb,)) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    return outcomes


def _confirm(proposal_id: UUID, by: UUID) -> None:
    roles.confirm(db.session.scalars(select(RoleProposal).where(RoleProposal.id == proposal_id)).one(), by)
