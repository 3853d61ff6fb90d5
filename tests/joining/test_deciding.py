"""Deciding: once, with a reason, never about one's own; until then whoever applies is nobody."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from tests import factories
from tests.joining.conftest import TOLD, answer_requests, link_in, now, sent, with_domain, words, written
from tests.page_client import check_letter
from warp_hub import audit, clock, db, mail
from warp_hub.joining import letters
from warp_hub.memberships import admitting, agreement_writing, applications, deciding, organisations, people, warps
from warp_hub.memberships.application_models import Application, ApplicationState
from warp_hub.memberships.authority import NotTheirs
from warp_hub.memberships.deciding import Approval, Overtaken, ShutOut
from warp_hub.memberships.directory_models import Recusal
from warp_hub.memberships.models import MembershipKind, Organisation, Person, PostKind, State, Warp, WarpKind
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.tlp import NOBODY

NEW = Approval(None, MembershipKind.FULL, PostKind.LEAD)
CANARY = "zq7canary"


def _address(application: Application) -> str:
    return f"/desk/applications/{application.id}"


def _approve(application: Application, by: Person | None, approval: Approval = NEW) -> None:
    deciding.approve(application.id, application.changed_at, approval, "They are who they say.", by.id if by else None)
    db.session.commit()


def _mei() -> Person | None:
    return people.find_person_by_email("mei@fernhollow.gov.uk")


def test_from_whats_waiting_to_an_invitation(portal, browser, signed_in, midshire, priya) -> None:
    fernhollow = with_domain(factories.organisation(), "fernhollow.gov.uk")
    colleague = factories.person(fernhollow, name="Ines Arkwright")
    application = sent(midshire)
    desk = signed_in(priya)
    waiting = desk.get_page("/desk")
    assert "Applications (1)" in words(waiting)
    link = waiting.find("a", href=_address(application))
    assert "Fernhollow Town Council would like to join Midshire WARP (Mei Zhang)" in words(link)
    page = words(desk.get_page(_address(application)))
    domain = f"fernhollow.gov.uk is a domain of {fernhollow.name}"
    for told in ("Mei Zhang", "Security manager", "A council or another public body", "Our neighbours", domain):
        assert told in page
    assert colleague.name in page
    assert "Write your reason" in words(desk.post_form(_address(application), "Save", decision="refuse", status=422))

    desk.post_form(_address(application), "Save", decision="approve", reason="Rang the switchboard.")
    mei = _mei()
    assert (now(application).state, now(application).reason) == (ApplicationState.APPROVED, "Rang the switchboard.")
    assert organisations.find_membership(fernhollow, midshire).state is State.ACTIVE
    assert people.find_post(mei, fernhollow).kind is PostKind.LEAD  # there was no lead yet
    assert viewer_of(mei.id, Proof.FULL).is_member
    actions = set(db.session.scalars(select(audit.Audit.action).where(audit.Audit.actor == priya.id)))
    assert {"application.approved", "membership.joined", "person.appointed"} <= actions
    letter = written(portal, admitting.LETTER)
    check_letter(letter.html, "application_approved")
    assert "Choose a password" in words(browser.get_page(link_in(letter)))


def test_of_several_organisations_none_is_chosen_for_the_coordinator(signed_in, midshire, priya) -> None:
    first, second = (with_domain(factories.organisation(midshire), "fernhollow.gov.uk") for _ in range(2))
    application = sent(midshire)
    desk = signed_in(priya)
    page = desk.get_page(_address(application))
    assert len(page.select('[name="organisation"]')) == 3
    assert not page.select('[name="organisation"][checked]')
    told = {"decision": "approve", "reason": "Asked."}
    page = desk.post_form(_address(application), "Save", status=422, **told)
    assert "Choose to which organisation they belong" in words(page)
    assert page.select_one('[name="reason"]').text.strip() == "Asked."
    forged = {**told, "organisation": str(factories.organisation(midshire).id)}
    desk.post_form(_address(application), "Save", status=422, **forged)
    desk.post_form(_address(application), "Save", organisation=str(second.id), **told)
    assert people.find_post(_mei(), second) is not None
    assert people.find_post(_mei(), first) is None


def test_a_supplier_is_admitted_as_an_associate_and_marked_as_one(signed_in, midshire, priya) -> None:
    application = sent(midshire, kind=MembershipKind.ASSOCIATE)
    desk = signed_in(priya)
    assert "as an associate" in words(desk.get_page("/desk/applications"))
    assert desk.get_page(_address(application)).select_one('[name="kind"][value="associate"]').has_attr("checked")
    desk.post_form(_address(application), "Save", decision="approve", reason="Known.", owns_domain="y")
    viewer = viewer_of(_mei().id, Proof.FULL)
    assert viewer.amber
    assert not viewer.strict
    made = db.session.scalars(select(Organisation).where(Organisation.name == TOLD["organisation_name"])).one()
    assert organisations.find_organisations_by_address("another@fernhollow.gov.uk") == [made]


def _same_post(warp: Warp, application: Application) -> Person:
    return factories.coordinator(warp, at=with_domain(factories.organisation(warp), "fernhollow.gov.uk"))


def _same_domain(warp: Warp, application: Application) -> Person:
    return factories.coordinator(warp, email="boss@Fernhollow.GOV.uk")


def _recused(warp: Warp, application: Application) -> Person:
    council = with_domain(factories.organisation(warp), "fernhollow.gov.uk")
    said = factories.coordinator(warp)
    given = {"warp_id": warp.id, "person_id": said.id, "organisation_id": council.id}
    factories._kept(Recusal(**given, reason="My sister works there.", since=clock.now()))
    return said


@pytest.mark.parametrize("partial", [_same_post, _same_domain, _recused])
def test_nobody_decides_about_their_own_organisation(signed_in, midshire, partial) -> None:
    application = sent(midshire)
    mine = partial(midshire, application)
    desk = signed_in(mine)
    page = desk.get_page(_address(application))
    assert "not yours to decide" in words(page)
    assert not page.select('[name="decision"]')
    with pytest.raises(NotTheirs):
        _approve(application, mine)
    db.session.rollback()
    marcus = factories.coordinator(factories.warp("National", kind=WarpKind.NATIONAL), name="Marcus")
    assert "Your decision" in words(signed_in(marcus).get_page(_address(application)))  # there is nobody else
    other = factories.coordinator(midshire)
    assert signed_in(marcus).get(_address(application)).status_code == 404
    _approve(application, other)
    assert now(application).decided_by == other.id


def test_nobody_admits_somebody_to_an_organisation_of_their_own(midshire) -> None:
    council = factories.organisation(midshire)
    mine, application = factories.coordinator(midshire, at=council), sent(midshire)
    with pytest.raises(NotTheirs):
        _approve(application, mine, Approval(council, MembershipKind.FULL, PostKind.LEAD))


def test_an_application_is_for_the_coordinators_of_its_own_warp(signed_in, midshire, priya) -> None:
    application, begun = sent(midshire), applications.begin("ann@other.gov.uk", midshire.id)
    db.session.commit()
    owen = factories.coordinator(factories.warp("Westmarch"))
    assert signed_in(owen).get(_address(application)).status_code == 404
    assert signed_in(factories.member(midshire)).get(_address(application)).status_code == 404
    assert signed_in(priya).get(_address(begun)).status_code == 404  # what is not sent is nobody's to read
    with pytest.raises(NotTheirs):
        _approve(application, owen)


def test_of_two_who_decide_at_once_one_wins(midshire, priya) -> None:
    other, application = factories.coordinator(midshire), sent(midshire)
    given, start = (application.id, application.changed_at), threading.Barrier(2)
    ended: list[str] = []

    def decide(by: Any, *, approves: bool) -> None:
        db.session.rollback()
        start.wait()
        try:
            if approves:
                deciding.approve(*given, NEW, "Yes.", by)
            else:
                deciding.refuse(*given, "No.", by)
            db.session.commit()
            ended.append("decided")
        except Overtaken:
            ended.append("overtaken")
        finally:
            db.leave()

    threads = [
        threading.Thread(target=decide, args=(priya.id,), kwargs={"approves": True}),
        threading.Thread(target=decide, args=(other.id,), kwargs={"approves": False}),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == ["decided", "overtaken"]
    is_approved = now(application).state is ApplicationState.APPROVED
    assert is_approved == (_mei() is not None)
    kinds = (admitting.LETTER, deciding.REFUSED_LETTER)
    assert db.session.scalar(select(func.count()).where(mail.Letter.kind.in_(kinds))) == 1


def test_whoever_comes_second_is_told_and_keeps_what_they_wrote(signed_in, midshire, priya) -> None:
    application = sent(midshire)
    desk = signed_in(priya)
    page = desk.get_page(_address(application))
    token = page.select_one('[name="csrf_token"]')["value"]
    typed = {"as_of": application.changed_at.isoformat(), "decision": "refuse", "reason": "Not in our area."}
    _approve(application, factories.coordinator(midshire, name="Owen Pritchard"))
    answer = desk.post(
        _address(application), data={**typed, "csrf_token": token}, headers={"Origin": "http://localhost"}
    )
    told = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Owen Pritchard decided" in told
    assert "Not in our area." in told
    assert now(application).state is ApplicationState.APPROVED


def test_a_question_is_answered_by_its_link_and_the_desk_sees_both(portal, browser, signed_in, midshire, priya) -> None:
    application = sent(midshire)
    desk = signed_in(priya)
    listed = words(desk.post_form(_address(application), "Save", decision="ask", reason="Which team are you in?"))
    assert "Waiting for the applicant’s answer Fernhollow Town Council would like to join" in listed
    letter = written(portal, deciding.MORE_LETTER)
    check_letter(letter.html, "application_more")
    assert "Which team are you in?" in letter.text
    browser.get(link_in(letter))
    browser.post_form("/apply/open")
    browser.post_form("/apply/reply", "Save", answer="Information security.")
    browser.post_form("/apply/check", "Send")
    page = words(desk.get_page(_address(application)))
    assert "Which team are you in?" in page
    assert "Information security." in page
    desk.post_form(_address(application), "Save", decision="refuse", reason="Not a public body.")
    refusal = written(portal, deciding.REFUSED_LETTER)
    check_letter(refusal.html, "application_refused")
    assert "Not a public body." in refusal.text
    assert _mei() is None
    assert "It was refused" in words(browser.get_page("/apply/tasks"))


def test_an_applicant_who_answers_again_and_again_is_heard_once_a_question(midshire, priya) -> None:
    application = sent(midshire)
    for question in ("Who are you?", "Who else?"):
        deciding.ask_for_more(application.id, application.changed_at, question, priya.id)
        for text in ("I am Mei.", "I am Mei Zhang.", "Mei Zhang, of Fernhollow."):
            applications.answer(application.id, text)
        applications.send(application.id)
        db.session.commit()
    said = [(one["from"], one["text"]) for one in now(application).correspondence]
    told = ("applicant", "Mei Zhang, of Fernhollow.")
    assert said == [("desk", "Who are you?"), told, ("desk", "Who else?"), told]


def test_nobody_comes_back_by_applying_who_was_suspended(signed_in, midshire, priya) -> None:
    factories.member(midshire, email="mei@fernhollow.gov.uk", state=State.SUSPENDED)
    application = sent(midshire)
    page = signed_in(priya).post_form(_address(application), "Save", decision="approve", reason="x", status=422)
    assert "is suspended here" in words(page)
    assert _mei().state is State.SUSPENDED
    council = factories.organisation(midshire, state=State.SUSPENDED)
    with pytest.raises(ShutOut):
        _approve(sent(midshire, "ann@other.gov.uk"), priya, Approval(council, MembershipKind.FULL, PostKind.LEAD))


def test_whoever_is_known_already_gets_no_second_way_in(portal, midshire, priya) -> None:
    mei = factories.person(factories.organisation(), email="mei@fernhollow.gov.uk", name="Mei")
    _approve(sent(midshire), priya)
    assert "http://localhost:8000/sign-in" in written(portal, admitting.LETTER).text
    assert mei.name == "Mei"
    assert viewer_of(mei.id, Proof.FULL).is_member


def test_members_are_given_notice_before_a_new_organisation_goes_live(portal, midshire, priya) -> None:
    warps.change_settings(midshire, new_member_notice_days=5)
    lead = factories.member(midshire, lead=True)
    thursday = datetime(2026, 12, 17, 10, tzinfo=clock.LONDON)
    with clock.at(thursday):
        application, stopped = sent(midshire), sent(midshire, "ann@other.gov.uk", organisation_name="Other Council")
        _approve(application, priya)
        _approve(stopped, priya)
        letter = written(portal, deciding.NOTICE_LETTER)
        told = db.session.scalars(select(mail.Letter.person_id).where(mail.Letter.kind == deciding.NOTICE_LETTER))
        assert set(told) == {lead.id}
        assert "will be a member of Midshire WARP from 24 December 2026" in letter.text
        assert _mei() is None
    with clock.at(thursday + timedelta(days=6)):
        assert deciding.go_live_due() == 0
        deciding.refuse(stopped.id, now(stopped).changed_at, "Members objected.", priya.id)
    with clock.at(thursday + timedelta(days=7)):
        assert deciding.go_live_due() == 1
        db.session.commit()
    assert _mei() is not None
    assert people.find_person_by_email("ann@other.gov.uk") is None


def test_who_is_suspended_while_members_have_notice_does_not_go_live(midshire, priya) -> None:
    warps.change_settings(midshire, new_member_notice_days=5)
    council = factories.organisation(midshire, state=State.LEFT)
    factories.member(midshire, email="mei@fernhollow.gov.uk")
    with clock.at(datetime(2026, 12, 17, 10, tzinfo=clock.LONDON)):
        of_a_body, of_a_person = sent(midshire, "ann@other.gov.uk"), sent(midshire)
        _approve(of_a_body, priya, Approval(council, MembershipKind.FULL, PostKind.LEAD))
        _approve(of_a_person, priya)
        organisations.suspend(council, midshire, "what it did")
        people.suspend(_mei(), "what they did")
        db.session.commit()
    with clock.at(datetime(2026, 12, 24, 10, tzinfo=clock.LONDON)):
        assert deciding.go_live_due() == 0
        db.session.commit()
    assert organisations.find_membership(council, midshire).state is State.SUSPENDED
    for application in (of_a_body, of_a_person):
        assert (now(application).state, now(application).decided_by) == (ApplicationState.SENT, None)


def test_a_coordinator_is_named_no_colleagues_of_the_applicant_in_another_warp(midshire, priya) -> None:
    both = with_domain(factories.organisation(midshire, factories.warp("Westmarch")), "fernhollow.gov.uk")
    afar = with_domain(factories.organisation(factories.warp("Northmere")), "fernhollow.gov.uk")
    near, _far = factories.person(both, name="Ines Arkwright"), factories.person(afar, name="Owen Pritchard")
    assert deciding.others_of(sent(midshire)) == [(near.name, both.name)]


def test_what_was_written_to_coordinators_and_leads_goes_only_to_who_still_is_one(portal, midshire, priya) -> None:
    warps.change_settings(midshire, new_member_notice_days=5)
    former, gone = factories.coordinator(midshire), factories.member(midshire, lead=True)
    lead, application = factories.member(midshire, lead=True), sent(midshire)

    def is_written(kind: str, person: Person) -> bool:
        db.session.commit()
        asked = select(mail.Letter).where(mail.Letter.kind == kind, mail.Letter.person_id == person.id)
        letter = db.session.scalars(asked).one()
        with portal.test_request_context():
            return isinstance(letters.LETTERS[kind](letter, NOBODY), mail.Rendered)

    deciding.tell_deciders(application)
    people.step_down(former, midshire, former.id)
    assert [is_written(deciding.CAME_LETTER, one) for one in (priya, former)] == [True, False]
    _approve(application, priya)
    people.leave(gone)
    assert [is_written(deciding.NOTICE_LETTER, one) for one in (lead, gone)] == [True, False]


def test_an_undecided_applicant_is_nobody_on_every_page(portal, browser, midshire) -> None:
    sent(midshire, name=CANARY, organisation_name=f"{CANARY} Council", why=CANARY)
    browser.post_form(f"/apply?warp={midshire.slug}", email="mei@fernhollow.gov.uk")
    answer_requests()
    browser.get(link_in(written(portal, "application_link")))
    browser.post_form("/apply/open")
    assert viewer_of(db.session.scalars(select(Application.id)).one(), Proof.FULL) == NOBODY
    assert _mei() is None
    item = factories.item(to=[midshire], kept_by=[midshire], title=f"{CANARY} warning")
    stranger = portal.test_client()
    pages = [rule.rule for rule in portal.url_map.iter_rules() if "GET" in rule.methods and not rule.arguments]
    for path in [*pages, f"/advisories/{item.id}"]:
        if path.startswith(("/apply", "/language", "/demo")):
            continue
        theirs, nobodys = browser.get(path), stranger.get(path)
        assert (theirs.status_code, theirs.location) == (nobodys.status_code, nobodys.location), path
        assert CANARY not in theirs.get_data(as_text=True), path
    member = portal.test_client().sign_in(factories.member(midshire))
    for path in ("/", f"/warps/{midshire.slug}", "/members", "/account"):
        assert f"{CANARY} Council" not in member.get(path, follow_redirects=True).get_data(as_text=True), path


def test_the_way_in_leads_by_the_agreement_and_the_second_step(portal, browser, midshire, priya) -> None:
    agreement_writing.write(midshire, {"en": "Keep the labels."}, priya.id)
    agreement_writing.publish(midshire, clock.now(), priya.id)
    application = sent(midshire)
    _approve(application, priya)
    mei = _mei().id
    assert viewer_of(mei, Proof.FULL) == NOBODY
    browser.get(link_in(written(portal, admitting.LETTER)))
    page = browser.post_form("/invitation", new_password="lantern gravel marmalade")
    assert "Before you read on" in words(page)
    assert "You lead Fernhollow Town Council" in words(page)
    read = page.find("a", string="Read the agreement")["href"]
    page = browser.post_form(read, "Accept", agreed="y")
    assert page.h1.text.strip() == "Set up your second step"
    assert "Accepted for Fernhollow Town Council." in words(page)
    assert viewer_of(mei, Proof.FULL).amber
