"""One's organisation, kept by its lead: people by invitation, no domain unseen, no equal touched."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from tests import factories
from tests.directory.conftest import Town, fresh, send, words
from warp_hub import audit, db
from warp_hub.jobs.letters import LETTERS
from warp_hub.mail.models import Letter
from warp_hub.memberships import colleagues, domain_requests, invitations, organisations, people, recognising, warps
from warp_hub.memberships.directory_models import DomainRequest
from warp_hub.memberships.models import Organisation, OrganisationDomain, Person, Post, PostKind, State
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.tlp import NOBODY

DOMAIN = "ashcombe.gov.example"


def _address(town: Town) -> str:
    return f"/organisation/{town.ashcombe.id}"


def _post(person: Person) -> Post:
    return fresh(db.session.scalars(select(Post).where(Post.person_id == person.id)).one())


def test_a_colleague_is_added_by_a_letter_and_counts_once_they_follow_it(signed_in: Any, town: Town) -> None:
    town.has_domain(town.ashcombe, DOMAIN)
    sam = signed_in(town.sam)
    page = sam.post_form(f"{_address(town)}/add", "Add them", name="Uma Reed", email=f"uma@{DOMAIN}")
    assert {"Uma Reed", "Invited"} <= {told for told in ("Uma Reed", "Invited") if told in words(page)}
    uma = people.find_person_by_email(f"uma@{DOMAIN}")
    assert uma is not None
    assert (_post(uma).state, _post(uma).kind) == (State.INVITED, "officer")
    assert viewer_of(uma.id, Proof.FULL) == NOBODY
    assert list(db.session.scalars(select(Letter.person_id))) == [uma.id]

    secret = invitations.secret_for_letter(uma.id)
    assert secret is not None
    invitations.redeem(secret)
    db.session.commit()
    assert _post(uma).state is State.ACTIVE


def test_each_letter_asks_for_itself_and_lets_no_other_place_count(
    portal: Any, browser: Any, signed_in: Any, town: Town
) -> None:
    for body in (town.ashcombe, town.larkhaven):
        town.has_domain(body, DOMAIN)
    uma = colleagues.invite_colleague(town.ashcombe, f"uma@{DOMAIN}", "Uma Reed", town.sam.id)
    colleagues.invite_colleague(town.larkhaven, uma.email, "Uma Reed", town.owen.id)
    invitations.ask(uma)  # not within the hour
    db.session.commit()
    letters = db.session.scalars(select(Letter).order_by(Letter.created_at)).all()
    with portal.app_context():
        told = [LETTERS[letter.kind](letter, NOBODY).text for letter in letters]
    names = ("Ashcombe Council", "Larkhaven Council")
    assert [[name in text for name in names] for text in told] == [[True, False], [False, True]]

    def counted() -> dict[str, State]:
        db.session.expire_all()
        held = select(Organisation.name, Post.state).join(Post, Post.organisation_id == Organisation.id)
        return dict(db.session.execute(held.where(Post.person_id == uma.id)).all())

    first, second = (invitations.secret_for_letter(uma.id, letter.item_ids) for letter in letters)
    page = words(browser.get_page(f"/invitation?token={second}"))
    assert "for your place at Larkhaven Council, and for no other" in page
    invitations.redeem(second)
    assert counted() == {names[0]: State.INVITED, names[1]: State.ACTIVE}
    invitations.redeem(invitations.mint(uma, by=uma.id))  # what they asked for themselves names nothing
    assert counted()[names[0]] is State.INVITED
    db.session.commit()
    here = signed_in(uma)
    assert "for your place at Ashcombe Council" in words(here.get_page(f"/invitation?token={first}"))
    here.post_form("/invitation", "Yes, I accept")  # no new password for who is signed in
    assert set(counted().values()) == {State.ACTIVE}
    assert here.get(f"/invitation?token={first}", follow_redirects=True).status_code == 410


def test_only_an_exact_domain_of_the_organisation_and_nobody_who_is_shut_out(signed_in: Any, town: Town) -> None:
    town.has_domain(town.ashcombe, DOMAIN)
    factories.person(name="Out", email=f"out@{DOMAIN}", state=State.SUSPENDED)
    sam = signed_in(town.sam)
    for email, fault in (
        (f"uma@{DOMAIN}.evil.example", "not under a mail domain"),
        ("uma@ashcombegov.example", "not under a mail domain"),
        (f"uma@it.{DOMAIN}", "not under a mail domain"),
        (f"out@{DOMAIN}", "cannot be added now"),
        (f"uma@{DOMAIN}\nBcc: x@y.example", "Enter an e-mail address"),
    ):
        page = send(sam, f"{_address(town)}/add", name="Uma", email=email)
        assert (page.status_code, fault in page.text, 'value="Uma"' in page.text) == (422, True, True), email
    assert list(db.session.scalars(select(Letter.person_id))) == []


def test_a_lead_removes_a_colleague_with_a_reason_but_no_lead_and_no_coordinator(signed_in: Any, town: Town) -> None:
    other = factories.person(town.ashcombe, lead=True)
    boss = factories.coordinator(town.midshire, at=town.ashcombe)
    sam, tom = signed_in(town.sam), signed_in(town.tom)
    remove = f"{_address(town)}/people/{town.tom.id}/remove"
    assert "Say why" in words(sam.post_form(remove, "Remove", status=422, reason=""))
    assert "If they have no other place, they leave the hub for good" in words(sam.get_page(remove))
    sam.post_form(remove, "Remove", reason="moved to another council")
    assert (_post(town.tom).state, town.tom.state) == (State.LEFT, State.LEFT)
    assert tom.get("/account").status_code == 302
    told = db.session.scalars(select(audit.Audit).where(audit.Audit.action == "person.left-post")).one()
    assert (told.actor, told.detail["reason"]) == (town.sam.id, "moved to another council")
    uma = factories.person(town.ashcombe, state=State.SUSPENDED)
    sam.post_form(f"{_address(town)}/people/{uma.id}/remove", "Remove", reason="gone as well")
    assert (_post(uma).state, uma.state) == (State.LEFT, State.SUSPENDED)  # a coordinator's word stands
    for equal in (other, boss, town.sam, town.owen):
        for path in (f"people/{equal.id}/remove", f"people/{equal.id}/lead"):
            assert send(sam, f"{_address(town)}/{path}", reason="rival").status_code == 404
        assert _post(equal).state is State.ACTIVE


def test_at_most_two_lead_and_the_number_has_a_floor(signed_in: Any, town: Town) -> None:
    third = factories.person(town.ashcombe)
    sam = signed_in(town.sam)
    send(sam, f"{_address(town)}/people/{town.tom.id}/lead")
    assert _post(town.tom).kind == "lead"
    send(sam, f"{_address(town)}/people/{third.id}/lead")
    assert _post(third).kind == "officer"
    with pytest.raises(people.TooManyLeads):
        people.appoint(third, town.ashcombe, PostKind.LEAD)
    with pytest.raises(ValueError, match="greater than or equal to 2"):
        warps.change_settings(town.midshire, most_leads=1)
    warps.change_settings(town.midshire, most_leads=3)
    colleagues.make_lead(third, town.ashcombe, town.sam.id)
    db.session.commit()
    assert _post(third).kind == "lead"


def test_the_names_are_looked_for_in_what_its_people_write(signed_in: Any, town: Town) -> None:
    sam = signed_in(town.sam)
    typed = {"short_name": "Ashcombe", "also_known_as": "Old Ashcombe RDC\n\nABC\nABC"}
    seen = sam.get_page(f"{_address(town)}/names").select_one('input[name="seen"]')["value"]
    assert send(sam, f"{_address(town)}/names?name=Evil", name="Evil", seen=seen, **typed).status_code == 303
    assert (fresh(town.ashcombe).name, town.ashcombe.also_known_as) == ("Ashcombe Council", ["Old Ashcombe RDC", "ABC"])
    assert "Old Ashcombe RDC" in recognising.known_of(town.tom.id).names

    late = send(sam, f"{_address(town)}/names", name="x", seen=seen, short_name="Mine", also_known_as="Typed here")
    body = late.get_data(as_text=True)
    assert (late.status_code, "Typed here" in body, "Old Ashcombe RDC" in body) == (409, True, True)
    assert fresh(town.ashcombe).also_known_as == ["Old Ashcombe RDC", "ABC"]


def test_a_domain_is_asked_for_and_verified_by_a_coordinator_shared_or_not(signed_in: Any, town: Town) -> None:
    town.has_domain(town.larkhaven, "shared.gov.example")
    town.has_domain(town.supplier, "near.gov.example")
    sam = signed_in(town.sam)
    for domain in ("Shared.gov.example.", "near.gov.example"):
        sam.post_form(f"{_address(town)}/domains", "Ask for it", domain=domain)
    assert "already" in words(sam.post_form(f"{_address(town)}/domains", status=422, domain="shared.gov.example"))
    assert "Enter a domain" in words(sam.post_form(f"{_address(town)}/domains", status=422, domain="gmail.com"))
    assert (
        db.session.scalar(select(OrganisationDomain).where(OrganisationDomain.organisation_id == town.ashcombe.id))
        is None
    )
    for request in db.session.scalars(select(DomainRequest)).all():
        domain_requests.decide(request, town.ashcombe, town.priya.id, accept=True)
        with pytest.raises(domain_requests.AlreadyDecided):
            domain_requests.decide(request, town.ashcombe, town.grace.id, accept=False)
    db.session.commit()
    seen = words(sam.get_page(_address(town)))
    assert "near.gov.example, shared with Brightwater Ltd" in seen
    assert "shared.gov.example, shared with an organisation of another WARP" in seen
    assert {one.name for one in organisations.find_organisations_by_address("x@shared.gov.example")} == {
        "Ashcombe Council",
        "Larkhaven Council",
    }


def test_nobody_but_its_lead_finds_it_and_a_form_takes_nothing_more(signed_in: Any, town: Town) -> None:
    town.has_domain(town.ashcombe, DOMAIN)
    for person in (town.tom, town.owen, town.priya):
        browser = signed_in(person)
        absent = browser.get(f"/organisation/{uuid4()}")
        paths = ("", "/add", "/names", "/domains", f"/people/{town.tom.id}/remove")
        for path in paths if person is town.owen else paths[:1]:
            answer = browser.get(f"{_address(town)}{path}?organisation_id={town.larkhaven.id}")
            assert (answer.status_code, answer.data) == (404, absent.data), path
    assert send(browser, f"{_address(town)}/people/{town.tom.id}/lead").status_code == 404
    sam = signed_in(town.sam)
    more = {"kind": "lead", "state": "active", "role": "coordinator", "warp_id": str(town.midshire.id)}
    more |= {"person_id": str(town.owen.id), "organisation_id": str(town.larkhaven.id), "email_verified": "y"}
    send(sam, f"{_address(town)}/add?email=x@evil.example", name="Uma", email=f"uma@{DOMAIN}", **more)
    uma = people.find_person_by_email(f"uma@{DOMAIN}")
    assert uma is not None
    assert (_post(uma).organisation_id, _post(uma).kind, _post(uma).state) == (town.ashcombe.id, "officer", "invited")
    assert "People, names and mail domains of Ashcombe Council" in words(sam.get_page("/account"))
