"""The organisations of one's WARPs: changed with a reason, seen by nobody else, never decided alone about one's own."""

import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from tests import factories
from tests.directory.conftest import Town, fresh, send, words
from warp_hub import clock, db
from warp_hub.mail.models import Letter
from warp_hub.memberships import (
    admitting,
    applications,
    authority,
    colleagues,
    deciders,
    domain_requests,
    invitations,
    leaving,
    organisations,
    people,
    recusals,
    stand_ins,
    succession,
)
from warp_hub.memberships.directory_models import DomainRequest
from warp_hub.memberships.editions import ChangedMeanwhile, edition
from warp_hub.memberships.models import (
    Coordinator,
    Membership,
    MembershipKind,
    Organisation,
    Person,
    Post,
    PostKind,
    State,
    Warp,
)
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.renewals import settling
from warp_hub.tlp import NOBODY

LIST = "/desk/organisations"


def place(town: Town, of: Organisation | None = None) -> Membership:
    """Return an organisation's place in Midshire as it stands now."""
    held = select(Membership).where(Membership.warp_id == town.midshire.id)
    return fresh(db.session.scalars(held.where(Membership.organisation_id == (of or town.ashcombe).id)).one())


def change(browser: Any, town: Town, **answers: str) -> Any:
    """Change Ashcombe's place as the form offers it."""
    path = f"{LIST}/{town.ashcombe.id}/in/midshire"
    page = browser.get_page(path)
    seen = page.select_one('input[name="seen"]')["value"]
    return send(browser, path, **{"kind": "full", "state": "active", "seen": seen, "reason": "agreed", **answers})


def test_a_coordinator_finds_and_changes_their_organisations_with_a_reason(signed_in: Any, town: Town) -> None:
    town.has_domain(town.ashcombe, "ashcombe.gov.example")
    priya = signed_in(town.priya)
    seen = words(priya.get_page(LIST))
    assert ("Ashcombe Council" in seen, "Larkhaven" in seen) == (True, False)
    assert "Ashcombe Council" in words(priya.get_page(f"{LIST}?q=ashcombe.gov"))
    assert "no organisation to show" in words(priya.get_page(f"{LIST}?q=larkhaven"))

    assert change(priya, town, kind="associate", reason="").status_code == 422
    assert change(priya, town, kind="associate", reason="sold to a supplier").status_code == 303
    assert viewer_of(town.tom.id, Proof.FULL).strict == frozenset()
    assert change(priya, town, kind="associate", state="suspended").status_code == 303
    assert viewer_of(town.tom.id, Proof.FULL) == NOBODY
    told = words(priya.get_page(f"{LIST}/{town.ashcombe.id}"))
    assert "Kind of membership changed , Associate , sold to a supplier , by Priya Shah" in told
    assert change(priya, town, kind="associate", state="left").status_code == 303
    assert place(town).state is State.LEFT
    priya.get_page(f"{LIST}/{town.ashcombe.id}", status=404)


def test_of_two_who_change_a_place_the_second_is_told_and_loses_nothing(signed_in: Any, town: Town) -> None:
    priya, grace = signed_in(town.priya), signed_in(town.grace)
    path = f"{LIST}/{town.ashcombe.id}/in/midshire"
    seen = priya.get_page(path).select_one('input[name="seen"]')["value"]
    change(grace, town, state="suspended")
    late = send(priya, path, kind="associate", state="active", seen=seen, reason="my reason")
    assert late.status_code == 409
    assert 'value="my reason"' in late.get_data(as_text=True)
    assert (place(town).kind, place(town).state) == (MembershipKind.FULL, State.SUSPENDED)


def test_at_the_same_moment_one_of_two_changes_it(town: Town) -> None:
    seen = edition(organisations.place_of(place(town)))
    start, outcomes = threading.Barrier(2), []

    def suspend(by: Any) -> None:
        of = organisations.find_organisation(town_id)
        warp = db.session.scalars(select(Warp).where(Warp.id == warp_id)).one()
        start.wait()
        try:
            organisations.change_place(of, warp, MembershipKind.ASSOCIATE, State.ACTIVE, reason="x", seen=seen, by=by)
            db.session.commit()
            outcomes.append("changed")
        except ChangedMeanwhile:
            outcomes.append("told")
        finally:
            db.leave()

    town_id, warp_id = town.ashcombe.id, town.midshire.id
    threads = [threading.Thread(target=suspend, args=(one,)) for one in (town.priya.id, town.grace.id)]
    db.session.rollback()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["changed", "told"]


def test_nobody_decides_alone_about_their_own_and_who_says_so_leaves_it_to_others(signed_in: Any, town: Town) -> None:
    factories._kept(Post(person_id=town.priya.id, organisation_id=town.ashcombe.id))
    priya, grace = signed_in(town.priya), signed_in(town.grace)
    path = f"{LIST}/{town.ashcombe.id}/in/midshire"
    assert priya.get(path).status_code == 404
    with pytest.raises(authority.NotTheirs):
        organisations.suspend(town.ashcombe, town.midshire, "mine", by=town.priya.id)
    assert grace.get(path).status_code == 200

    grace.post_form(f"{path}/recusal", "Save", reason="my brother works there")
    assert "Grace Okafor does not decide about it: my brother works there" in words(
        priya.get_page(f"{LIST}/{town.ashcombe.id}")
    )
    assert {grace.get(path).status_code, priya.get(path).status_code} == {200}  # nobody else could
    third = factories.coordinator(town.midshire)
    assert {grace.get(path).status_code, priya.get(path).status_code} == {404}
    assert authority.may_decide(third.id, town.ashcombe.id, town.midshire.id)
    send(grace, f"{path}/recusal/end")
    assert recusals.those_of(town.ashcombe.id, town.midshire.id) == []


def test_nobody_is_kept_from_deciding_by_being_written_down(town: Town) -> None:
    ines = factories.coordinator(town.midshire, at=town.ashcombe)
    near = factories.coordinator(town.midshire, at=town.supplier)
    asked = applications.begin("mei@elsewhere.example", town.midshire.id)
    asked.organisation_name = town.ashcombe.name
    for other in (town.priya, town.grace, near):
        colleagues.invite_colleague(town.ashcombe, other.email, other.name, ines.id)
    db.session.commit()
    for one, may in ((ines, False), (town.priya, True), (near, True)):
        assert authority.may_decide(one.id, town.ashcombe.id, town.midshire.id) is may
        assert deciders.may_decide(one.id, asked) is may


def test_a_successor_takes_people_and_names_along_but_nothing_that_was_sent(signed_in: Any, town: Town) -> None:
    town.has_domain(town.ashcombe, "ashcombe.gov.example")
    new = factories.organisation(town.midshire)
    new.name = "Greater Ashcombe Council"
    db.session.commit()
    priya = signed_in(town.priya)
    path = f"{LIST}/{town.ashcombe.id}/in/midshire/replace"
    offered = {option["value"] for option in priya.get_page(path).select("option")}
    assert offered == {"", str(new.id), str(town.supplier.id)}
    assert send(priya, path, successor=str(town.larkhaven.id), reason="x").status_code == 422
    priya.post_form(path, "Replace it", successor=str(new.id), reason="reorganised in April")
    assert place(town).state is State.LEFT
    held = db.session.scalars(select(Post).where(Post.organisation_id == new.id)).all()
    assert {(post.person_id, post.kind.value) for post in held} == {(town.sam.id, "lead"), (town.tom.id, "officer")}
    assert town.ashcombe.id not in viewer_of(town.sam.id, Proof.FULL).amber
    told = words(priya.get_page(f"/desk/people/{town.sam.id}"))
    assert f"Place given , {new.name} , Main contact , reorganised in April , by Priya Shah" in told
    assert "Place ended" in told
    assert "Ashcombe Council" in fresh(new).also_known_as
    assert [(one.domain, one.is_former) for one in organisations.domains_of(new.id)] == [("ashcombe.gov.example", True)]
    with pytest.raises(organisations.NotAMember):
        succession.replace(town.ashcombe, new, town.midshire, "again", town.priya.id)


def test_nothing_of_another_warp_is_there_on_any_route(signed_in: Any, town: Town) -> None:
    asked = domain_requests.ask(town.ashcombe, "ashcombe.gov.example", town.sam.id)
    db.session.commit()
    ffion, theirs = signed_in(town.ffion), f"{LIST}/{town.ashcombe.id}"
    absent = ffion.get(f"{LIST}/{uuid4()}")
    for path in ("", "/names", "/add", "/domains", "/in/midshire", "/in/midshire/replace", "/in/midshire/recusal"):
        answer = ffion.get(f"{theirs}{path}?organisation_id={town.larkhaven.id}")
        assert (answer.status_code, answer.data) == (404, absent.data), path
    mine = f"{LIST}/{town.larkhaven.id}"
    for path, fields in (
        (f"{theirs}/domains/{asked.id}", {"answer": "yes"}),
        (f"{mine}/domains/{asked.id}", {"answer": "yes"}),
        (f"{theirs}/domains/drop", {"domain": "ashcombe.gov.example"}),
        (f"{theirs}/people/{town.tom.id}", {"post": "lead"}),
        (f"{mine}/people/{town.tom.id}", {"post": "lead"}),
        (f"{mine}/in/midshire", {"state": "left", "kind": "full", "reason": "x", "seen": ""}),
        (f"{theirs}/in/midshire/recusal/end", {}),
        (f"{theirs}/names?organisation_id={town.larkhaven.id}", {"name": "Evil"}),
    ):
        organisation = {"organisation_id": str(town.larkhaven.id), "warp_id": str(town.westmarch.id)}
        assert send(ffion, path, **fields, **organisation).status_code == 404, path
    assert fresh(town.ashcombe).name == "Ashcombe Council"
    assert place(town).state is State.ACTIVE
    assert fresh(db.session.scalars(select(DomainRequest)).one()).decided_at is None


def test_to_add_somebody_of_another_warp_gives_no_say_over_them(town: Town) -> None:
    town.has_domain(town.ashcombe, "testham.example")  # a domain they share, verified by whoever likes
    owen = colleagues.invite_colleague(town.ashcombe, town.owen.email, "Owen", town.priya.id)
    db.session.commit()
    assert (owen.id, authority.may_manage(town.priya.id, owen.id)) == (town.owen.id, False)
    assert town.midshire.id not in viewer_of(owen.id, Proof.FULL).amber
    declan = colleagues.invite_colleague(town.ashcombe, town.declan.email, "Declan", town.priya.id)
    assert town.ashcombe.id in viewer_of(declan.id, Proof.FULL).strict


def test_whom_another_warp_looks_after_too_gets_nobody_in_from_outside_its_domains(signed_in: Any, town: Town) -> None:
    organisations.join(town.ashcombe, town.westmarch)
    town.has_domain(town.ashcombe, "ashcombe.example")
    priya, path = signed_in(town.priya), f"{LIST}/{town.ashcombe.id}"
    added = send(priya, f"{path}/add", name="Mallory", email="mallory@evil.example")
    claimed = send(priya, f"{path}/domains", domain="evil.example")
    for answer in (added, claimed):
        assert answer.status_code == 422
        assert "which another WARP looks after too" in answer.text
    assert send(priya, f"{path}/add", name="Mei", email="mei@ashcombe.example").status_code == 303
    asked = domain_requests.ask(town.ashcombe, "ashcombe.gov.example", town.sam.id)
    db.session.commit()
    assert send(priya, f"{path}/domains/{asked.id}", answer="yes").status_code == 303
    assert "ashcombe.gov.example" in {one.domain for one in organisations.domains_of(town.ashcombe.id)}


def test_of_a_body_in_two_warps_its_lead_says_who_its_people_are(signed_in: Any, town: Town) -> None:
    organisations.join(town.ashcombe, town.westmarch)
    uma, of = factories.person(town.ashcombe, lead=True, name="Uma Reed"), town.ashcombe
    both = factories.coordinator(town.midshire)
    factories._kept(Coordinator(person_id=both.id, warp_id=town.westmarch.id))
    priya, path = signed_in(town.priya), f"{LIST}/{of.id}"

    def may(*people: Person) -> list[bool]:
        return [authority.may_change_post(town.priya.id, one.id, of.id) for one in people]

    assert "its main contact says who its people are" in words(priya.get_page(path))
    assert may(town.tom, town.sam, uma) == [False, True, True]  # of two leads, neither could end the other's place
    assert authority.may_change_post(both.id, town.tom.id, of.id)
    assert authority.may_change_post(town.sam.id, town.tom.id, of.id)
    assert send(priya, f"{path}/people/{town.tom.id}", post="lead").status_code == 404
    act = {"action": "take-out", "who": str(town.tom.id), "confirmed": "yes", "reason": "rival"}
    send(priya, "/desk/people/act", **act)
    settling.still_here(town.tom, town.priya.id)
    with pytest.raises(authority.NotTheirs):
        settling.has_left(town.tom, town.priya.id)
    with pytest.raises(authority.NotTheirs):
        people.appoint(factories.person(), of, PostKind.LEAD, town.priya.id, state=State.INVITED)
    db.session.commit()
    send(priya, f"{path}/people/{uma.id}", post="officer")
    assert may(town.tom, town.sam, uma) == [False] * 3
    people.suspend(town.sam, "lost everything", town.priya.id)
    db.session.commit()
    assert may(town.tom, uma) == [False] * 2  # it was her own doing: the other WARP's may
    assert authority.may_change_post(town.ffion.id, town.tom.id, of.id)
    assert [authority.may_name_lead(one.id, of.id) for one in (town.ffion, town.priya)] == [True, False]
    people.suspend(town.sam, "lost everything")
    db.session.commit()
    assert may(town.tom, uma) == [True] * 2  # nobody there could
    send(priya, f"{path}/people/{town.tom.id}", post="lead")
    assert db.session.scalars(select(Post.kind).where(Post.person_id == town.tom.id)).one() == "lead"


def test_whom_its_lead_took_out_of_a_body_in_two_warps_a_coordinator_does_not_put_back_alone(town: Town) -> None:
    of = town.ashcombe
    organisations.join(of, town.westmarch)
    people.appoint(town.tom, factories.organisation(town.midshire), PostKind.OFFICER)  # so that he stays on the hub
    organisations.add_domain(of, town.tom.email.split("@")[1])
    leaving.take_out(town.tom, of, town.sam.id, "moved on")
    for by, state in ((town.priya, State.INVITED), (town.sam, State.ACTIVE)):
        colleagues.invite_colleague(of, town.tom.email, town.tom.name, by.id)
        post = people.find_post(town.tom, of)
        assert post is not None
        assert post.state is state
        post.state = State.LEFT
        db.session.flush()


def test_whoever_admits_somebody_to_a_warp_they_do_not_run_names_no_second_lead_of_a_body_elsewhere(town: Town) -> None:
    by = town.national().id

    def admitted(address: str, of: Organisation) -> PostKind:
        asked = applications.begin(address, town.midshire.id)
        asked.name, asked.organisation_id, asked.post_kind = "Mei Tan", of.id, PostKind.LEAD
        admitting.admit(asked, town.midshire, by)
        return db.session.scalars(select(Post.kind).where(Post.person_id == asked.person_id)).one()

    assert admitted("mei@larkhaven.example", town.larkhaven) is PostKind.OFFICER
    assert admitted("mei@ferndale.example", factories.organisation()) is PostKind.LEAD


def test_an_open_invitation_goes_along_with_whom_it_is_for(town: Town) -> None:
    new = factories.organisation(town.midshire)
    mei = colleagues.invite_colleague(town.ashcombe, "mei@elsewhere.example", "Mei", town.priya.id)
    secret = invitations.secret_for_letter(mei.id)
    assert secret
    succession.replace(town.ashcombe, new, town.midshire, "merged", town.priya.id)
    assert invitations.organisations_named(secret) == [new.name]
    invitations.redeem(secret)
    held = select(Post.state).where(Post.organisation_id == new.id, Post.person_id == mei.id)
    assert db.session.scalar(held) is State.ACTIVE


def test_who_goes_along_to_a_body_of_another_warp_as_well_says_yes_first(signed_in: Any, town: Town) -> None:
    shared = factories.organisation(town.midshire, town.westmarch)
    town.has_domain(shared, "ashcombe.example")
    mallory = factories.person(town.ashcombe, lead=True, email="mallory@evil.example")
    succession.replace(town.ashcombe, shared, town.midshire, "merged", town.priya.id)
    db.session.commit()
    held = select(Post.state).where(Post.organisation_id == shared.id)
    states = [db.session.scalar(held.where(Post.person_id == one.id)) for one in (town.tom, town.sam, mallory)]
    assert states == [State.ACTIVE, State.ACTIVE, State.INVITED]
    assert town.westmarch.id not in viewer_of(mallory.id, Proof.FULL).amber
    assert list(db.session.scalars(select(Letter.person_id))) == [mallory.id]


def test_a_stand_in_decides_neither_about_their_own_nor_what_the_absent_may_not(town: Town) -> None:
    asked = applications.begin("mei@ashcombe.example", town.midshire.id)
    asked.organisation_id, asked.organisation_name = town.ashcombe.id, town.ashcombe.name
    other = factories.person(factories.organisation(town.midshire), lead=True, name="Nia Stand-in")
    third = factories.coordinator(town.midshire)
    factories._kept(Post(person_id=third.id, organisation_id=town.ashcombe.id))
    recusals.recuse(town.ashcombe, town.midshire, "my brother", town.grace.id)
    until = clock.now() + timedelta(days=2)
    stand_ins.name(town.priya.id, town.midshire, town.sam.id, until)  # a lead of Ashcombe itself
    stand_ins.name(town.grace.id, town.midshire, other.id, until)
    db.session.commit()

    def decides(one: Person) -> tuple[bool, bool]:
        about = authority.may_decide(one.id, town.ashcombe.id, town.midshire.id)
        return about, deciders.may_decide(one.id, asked)

    assert [decides(one) for one in (town.sam, other)] == [(False, False)] * 2
    assert decides(town.priya) == (True, True)
    recusals.recuse(town.ashcombe, town.midshire, "mine too", town.priya.id)
    assert [decides(one) for one in (town.sam, other)] == [(False, False)] * 2
    assert decides(town.grace) == (True, False)  # nobody else could; an application goes to the national team
    assert deciders.may_decide(town.national().id, asked)
    recusals.recuse(town.supplier, town.midshire, "a friend works there", town.sam.id)  # a stand-in too may stay out
    assert not authority.may_decide(town.sam.id, town.supplier.id, town.midshire.id)


def test_people_names_and_domains_are_kept_by_the_coordinator_too(signed_in: Any, town: Town) -> None:
    asked = domain_requests.ask(town.ashcombe, "ashcombe.gov.example", town.sam.id)
    db.session.commit()
    priya, of = signed_in(town.priya), f"{LIST}/{town.ashcombe.id}"
    assert "ashcombe.gov.example" in words(priya.get_page(of).select_one(".govuk-inset-text"))
    assert send(priya, f"{of}/domains/{asked.id}", answer="yes").status_code == 303
    assert send(priya, f"{of}/domains/{asked.id}", answer="yes").status_code == 404
    send(priya, f"{of}/people/{town.tom.id}", post="lead")
    assert db.session.scalars(select(Post.kind).where(Post.person_id == town.tom.id)).one() == "lead"
    priya.post_form(f"{of}/names", "Save", name="Ashcombe Borough Council")
    assert fresh(town.ashcombe).name == "Ashcombe Borough Council"
    priya.post_form(f"{of}/add", "Add them", name="Uma Reed", email="uma@consultant.example")
    send(priya, f"{of}/domains/drop", domain="ashcombe.gov.example")
    assert organisations.find_organisations_by_address("x@ashcombe.gov.example") == []
    told = words(priya.get_page(of))
    assert {"Uma Reed", "Invited", "Mail domain former from now on"} <= {
        one for one in ("Uma Reed", "Invited", "Mail domain former from now on") if one in told
    }
