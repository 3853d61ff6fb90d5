"""The people of one's WARPs: listed by where they stand, changed with a reason, never somebody else's and no equal."""

from datetime import timedelta
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pytest
from sqlalchemy import select

from tests import factories
from tests.directory.conftest import Town, fresh, send, words
from warp_hub import audit, clock, db
from warp_hub.directory import standing
from warp_hub.mail.models import Letter
from warp_hub.memberships import away, people
from warp_hub.memberships.authority import NotTheirs
from warp_hub.memberships.models import Person, Post, State
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.tlp import NOBODY

LIST = "/desk/people"


@pytest.fixture
def several(town: Town) -> dict[str, Person]:
    """Return somebody in each state, by name."""
    lapsed = factories.organisation(town.midshire, state=State.LAPSED)
    made = {
        "Ada": factories.person(town.ashcombe, name="Ada Invited", post=State.INVITED),
        "Bea": factories.person(town.ashcombe, name="Bea Applied", post=State.APPLIED),
        "Cai": factories.person(lapsed, name="Cai Lapsed"),
        "Dot": factories.person(town.ashcombe, name="Dot Suspended", state=State.SUSPENDED),
        "Eli": factories.person(town.ashcombe, name="Eli Left", post=State.LEFT),
        "Fay": factories.person(town.ashcombe, name="Fay Bounced", mail_suspended="550 no such mailbox"),
        "Gus": factories.person(town.ashcombe, name="Gus Seen"),
    }
    away.note_full_sign_in(made["Gus"].id)
    away.begin_counting()
    db.session.commit()
    return made


def test_the_list_is_narrowed_by_where_people_stand(signed_in: Any, town: Town, several: dict[str, Person]) -> None:
    def shown(by: str | None, words: str = "") -> set[str]:
        asked = standing.select_people([town.midshire.id], standing.Standing(by) if by else None, words)
        return {person.name.split()[0] for person in db.session.scalars(asked)}

    members = {"Sam", "Tom", "Declan", "Priya", "Grace"}
    assert shown(None) == members | {"Ada", "Bea", "Cai", "Dot", "Fay", "Gus"}
    assert shown("invited") == {"Ada"}
    assert shown("applied") == {"Bea"}
    assert shown("lapsed") == {"Cai"}
    assert shown("suspended") == {"Dot"}
    assert shown("left") == {"Eli"}
    assert shown("bounced") == {"Fay"}
    assert shown("active") == members | {"Fay", "Gus"}
    assert shown("by-mail") == members | {"Fay"}
    assert shown("agreement") == set()
    assert shown(None, "brightwater") == {"Declan"}
    assert shown(None, "sam@ash") == {"Sam"}
    assert shown(None, "owen") == shown(None, "%") == set()
    tagged = {row.person.name for row in standing.rows(several.values(), [town.midshire.id]) if _reads_by_mail(row)}
    assert tagged == {"Fay Bounced"}
    page = signed_in(town.priya).get_page(f"{LIST}?standing=bounced&standing=left&q=&state=x")
    assert [title.get_text(strip=True) for title in page.select("h2.warp-item__title")] == ["Fay Bounced"]


def _reads_by_mail(row: standing.Row) -> bool:
    return standing.Standing.BY_MAIL in row.standings()


def test_one_person_is_shown_with_what_happened_and_only_yes_or_no_of_signing_in(
    signed_in: Any, town: Town, several: dict[str, Person]
) -> None:
    people.suspend(town.tom, "lost his laptop", by=town.priya.id)
    people.restore(town.tom)
    people.appoint(town.tom, town.larkhaven, by=town.ffion.id)
    db.session.commit()
    priya = signed_in(town.priya)
    seen = words(priya.get_page(f"{LIST}/{town.tom.id}"))
    assert "Suspended , lost his laptop , by Priya Shah" in seen
    assert "Restored , by the hub" in seen
    assert "Larkhaven" not in seen
    assert "no. More than that is not kept" in seen
    assert "yes. More than that is not kept" in words(priya.get_page(f"{LIST}/{several['Gus'].id}"))


def test_to_suspend_is_asked_first_then_done_with_a_reason_and_recorded(signed_in: Any, town: Town) -> None:
    priya = signed_in(town.priya)
    chosen = [str(one.id) for one in (town.tom, town.declan, town.grace)]
    asked = send(priya, f"{LIST}/act", action="suspend", who=chosen)
    assert "Are you sure?" in asked.get_data(as_text=True)
    assert "These stay as they are" in asked.get_data(as_text=True)
    assert fresh(town.tom).state is State.ACTIVE

    unsaid = send(priya, f"{LIST}/act", action="suspend", who=chosen, confirmed="yes", reason="")
    assert (unsaid.status_code, fresh(town.tom).state) == (422, State.ACTIVE)
    done = send(priya, f"{LIST}/act", action="suspend", who=chosen, confirmed="yes", reason="left in March")
    assert done.status_code == 303
    assert [fresh(one).state.value for one in (town.tom, town.declan, town.grace)] == ["suspended"] * 2 + ["active"]
    told = db.session.scalars(select(audit.Audit).where(audit.Audit.action == "person.suspended")).all()
    assert {(row.actor, row.detail["reason"]) for row in told} == {(town.priya.id, "left in March")}
    send(priya, f"{LIST}/act", action="restore", who=chosen, confirmed="yes")
    assert fresh(town.tom).state is State.ACTIVE


def test_whom_one_warp_shut_out_no_other_warp_lets_back(signed_in: Any, town: Town) -> None:
    people.appoint(town.tom, town.larkhaven, by=town.ffion.id)
    people.suspend(town.tom, "shared what he should not", by=town.priya.id)
    db.session.commit()
    restore = {"action": "restore", "who": str(town.tom.id), "confirmed": "yes"}
    assert (
        "Nobody was changed: choose people in the list for whom this can be done."
        in send(signed_in(town.ffion), f"{LIST}/act", **restore).text
    )
    with pytest.raises(NotTheirs):
        people.restore(fresh(town.tom), by=town.ffion.id)
    assert fresh(town.tom).state is State.SUSPENDED
    assert send(signed_in(town.grace), f"{LIST}/act", **restore).status_code == 303  # of the same WARP
    assert (fresh(town.tom).state, town.tom.shut_out_by) == (State.ACTIVE, None)


def test_after_ten_minutes_who_acts_proves_who_they_are_and_comes_back_to_the_list(signed_in: Any, town: Town) -> None:
    priya = signed_in(town.priya)
    with clock.at(clock.now() + timedelta(minutes=20)):
        asked = send(priya, f"{LIST}/act", action="suspend", who=str(town.tom.id), confirmed="yes", reason="x")
        assert (asked.status_code, asked.location.split("?")[0]) == (303, "/sign-in/again")
    assert fresh(town.tom).state is State.ACTIVE
    assert "next=/desk/people" in unquote(asked.location)


def test_who_is_taken_out_receives_nothing_and_is_signed_out(signed_in: Any, town: Town) -> None:
    tom = signed_in(town.tom)
    send(signed_in(town.priya), f"{LIST}/act", action="take-out", who=str(town.tom.id), confirmed="yes", reason="gone")
    assert viewer_of(town.tom.id, Proof.FULL) == NOBODY
    assert tom.get("/members").status_code == 302
    assert fresh(town.tom).state is State.LEFT
    assert fresh(db.session.scalars(select(Post).where(Post.person_id == town.tom.id)).one()).state is State.LEFT


def test_letters_go_again_to_who_never_came_and_to_an_address_that_is_good_again(
    signed_in: Any, town: Town, several: dict[str, Person]
) -> None:
    priya = signed_in(town.priya)
    chosen = [str(several[name].id) for name in ("Ada", "Fay", "Gus")]
    send(priya, f"{LIST}/act", action="write", who=chosen, confirmed="yes")
    assert list(db.session.scalars(select(Letter.person_id))) == [several["Ada"].id]
    priya.post_form(f"{LIST}/{several['Fay'].id}", "Write to them again")
    assert fresh(several["Fay"]).mail_suspended is None


def test_nothing_of_another_warp_is_there_whatever_the_address_or_the_form_says(signed_in: Any, town: Town) -> None:
    ffion, stranger = signed_in(town.ffion), str(uuid4())
    mine = str(factories.person(town.larkhaven).id)
    absent = ffion.get(f"{LIST}/{stranger}")
    unknown = send(ffion, f"{LIST}/act?who={mine}", action="suspend", who=[stranger], confirmed="yes")
    for theirs in (town.tom, town.priya):
        answer = ffion.get(f"{LIST}/{theirs.id}?person_id={town.owen.id}")
        assert (answer.status_code, answer.data) == (404, absent.data)
        both = [mine, str(theirs.id)]
        refused = send(ffion, f"{LIST}/act?who={mine}", action="suspend", who=both, confirmed="yes", reason="x")
        assert (refused.status_code, refused.data) == (404, unknown.data)
        assert fresh(theirs).state is State.ACTIVE
    assert send(ffion, f"{LIST}/{town.tom.id}", name="X", seen="").status_code == 404
    assert send(ffion, f"{LIST}/{town.tom.id}/resume-mail").status_code == 404
    assert send(ffion, f"{LIST}/act", action="promote", who=mine).status_code == 404


def test_to_write_down_somebody_of_another_warp_shows_nothing_of_what_happened_to_them(
    signed_in: Any, town: Town
) -> None:
    people.suspend(town.owen, "zq7 shared a RED notice", by=town.ffion.id)
    people.restore(town.owen, by=town.ffion.id)
    db.session.add(Post(person_id=town.owen.id, organisation_id=town.ashcombe.id, state=State.INVITED))
    db.session.commit()
    told = words(signed_in(town.priya).get_page(f"{LIST}/{town.owen.id}"))
    assert "zq7" not in told
    assert "Signed in with a second step" not in told
    assert "zq7" in words(signed_in(town.ffion).get_page(f"{LIST}/{town.owen.id}"))


def test_a_member_a_lead_and_who_signed_in_by_half_find_no_desk(signed_in: Any, town: Town) -> None:
    for person, proof in ((town.sam, Proof.FULL), (town.priya, Proof.PASSWORD)):
        answer = signed_in(person, proof).get(f"{LIST}/{town.tom.id}")
        assert answer.status_code == (404 if proof is Proof.FULL else 302)


def test_a_form_about_a_person_changes_the_name_and_nothing_else(signed_in: Any, town: Town) -> None:
    priya = signed_in(town.priya)
    path = f"{LIST}/{town.tom.id}"
    seen = priya.get_page(path).select_one('input[name="seen"]')["value"]
    more = {"state": "suspended", "email": "x@evil.example", "kind": "lead", "role": "coordinator"}
    more |= {"warp_id": str(town.westmarch.id), "person_id": str(town.sam.id), "void_before": "2000-01-01"}
    send(priya, f"{path}?name=Other&id={town.sam.id}", name="Tom B Fielding", seen=seen, **more)
    assert (fresh(town.tom).name, town.tom.email, town.tom.state) == (
        "Tom B Fielding",
        "tom@ashcombe.example",
        "active",
    )
    assert fresh(town.sam).name == "Sam Hartley"
    assert db.session.scalars(select(Post.kind).where(Post.person_id == town.tom.id)).one() == "officer"


def test_of_two_who_correct_a_name_the_second_is_told_and_loses_nothing(signed_in: Any, town: Town) -> None:
    path = f"{LIST}/{town.tom.id}"
    priya, grace = signed_in(town.priya), signed_in(town.grace)
    seen = priya.get_page(path).select_one('input[name="seen"]')["value"]
    grace.post_form(path, "Save", name="Thomas Fielding")
    late = send(priya, path, name="Tommy Fielding", seen=seen)
    assert late.status_code == 409
    assert 'value="Tommy Fielding"' in late.get_data(as_text=True)
    assert "Thomas Fielding" in late.get_data(as_text=True)
    assert fresh(town.tom).name == "Thomas Fielding"


def test_no_equal_is_changed_by_any_of_these(signed_in: Any, town: Town) -> None:
    priya = signed_in(town.priya)
    seen = words(priya.get_page(f"{LIST}/{town.grace.id}"))
    assert "You cannot change this place" in seen
    assert "Correct the name" not in seen
    for action in ("suspend", "take-out", "write"):
        send(priya, f"{LIST}/act", action=action, who=str(town.grace.id), confirmed="yes", reason="rival")
    assert send(priya, f"{LIST}/{town.grace.id}", name="Mud", seen="").status_code == 404
    assert (fresh(town.grace).name, town.grace.state, town.grace.void_before) == ("Grace Okafor", State.ACTIVE, None)
