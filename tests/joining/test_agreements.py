"""A WARP's agreement: what is not accepted cuts every way out at once, and accepting it gives them back."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from tests import factories
from tests.exports.conftest import LIST, header, minted
from tests.joining.conftest import words, written
from warp_hub import clock, db
from warp_hub.digests import subscriptions
from warp_hub.memberships import agreement_writing, agreements, arrivals, reach
from warp_hub.memberships.agreement_models import Acceptance, Agreement
from warp_hub.memberships.models import Organisation, Person, Warp
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.sharing.models import Item
from warp_hub.tlp import NOBODY, Marking, Outlet

TEXT = {"en": "# Between us\n\nKeep the labels.", "cy": "# Rhyngom\n\nCadwch y labeli."}


class Circle:
    """Midshire with a member of two people, another member, and a warning for them."""

    def __init__(self, warp: Warp, priya: Person) -> None:
        self.warp, self.priya = warp, priya
        self.council: Organisation = factories.organisation(warp)
        self.lead = factories.person(self.council, lead=True, name="Sam Hartley")
        self.officer = factories.person(self.council, name="Grace Okafor")
        self.other = factories.member(warp, name="Owen Pritchard", lead=True)
        self.item: Item = factories.item(Marking.AMBER, to=[warp], kept_by=[warp])

    def publish(self, after: timedelta = timedelta(), **given: Any) -> Agreement:
        """Publish a version that binds at once, or later."""
        agreement_writing.write(self.warp, TEXT, self.priya.id)
        made = agreement_writing.publish(self.warp, clock.now() + after, self.priya.id)
        db.session.commit()
        return made

    def receive(self) -> set[Person]:
        """Return who of the member's receives the warning, as the viewers and as their inverse say."""
        handling = self.item.handling()
        by_reach = reach.receivers(handling, Outlet.PAGE)
        by_viewer = {one for one in (self.lead, self.officer) if viewer_of(one.id, Proof.FULL).amber}
        assert {one.id for one in by_viewer} == by_reach & {self.lead.id, self.officer.id}
        return by_viewer


@pytest.fixture
def circle(midshire: Warp, priya: Person) -> Circle:
    return Circle(midshire, priya)


def _accept(browser: Any, circle: Circle, status: int = 200) -> Any:
    newest = agreements.newest(circle.warp.id)
    assert newest is not None
    return browser.post_form(f"/agreement/{newest.id}/{circle.council.id}", "Accept", agreed="y", status=status)


def test_a_new_agreement_cuts_pages_digest_and_tools_at_once_and_accepting_gives_them_back(
    circle: Circle, signed_in: Any, browser: Any
) -> None:
    member, secret = signed_in(circle.officer), minted(circle.officer)
    page, tool = f"/advisories/{circle.item.id}", header(circle.officer.email, secret)
    assert circle.receive() == {circle.lead, circle.officer}
    assert browser.get(LIST, headers=tool).status_code == 200
    assert circle.officer.id in subscriptions.subscribers(circle.warp.id)

    circle.publish()
    assert circle.officer.id not in subscriptions.subscribers(circle.warp.id)
    assert circle.receive() == set()
    assert viewer_of(circle.officer.id, Proof.FULL) == NOBODY
    assert browser.get(LIST, headers=tool).status_code == 401
    led = member.get(page)
    assert (led.status_code, led.location.split("?")[0]) == (303, "/agreement")
    absent = member.get(page.replace(str(circle.item.id), str(circle.council.id)))
    assert (absent.status_code, absent.location) == (led.status_code, led.location)

    told = words(member.get_page("/"))
    assert "Before you read on" in told
    assert "Sam Hartley leads" in told
    assert member.get("/report").status_code == 200  # whoever has an incident may report it
    _accept(signed_in(circle.lead), circle)
    assert circle.receive() == {circle.lead, circle.officer}
    assert browser.get(LIST, headers=tool).status_code == 200
    assert member.get("/advisories").status_code == 200
    assert circle.officer.id in subscriptions.subscribers(circle.warp.id)
    assert circle.other.id not in reach.receivers(circle.item.handling(), Outlet.PAGE)  # theirs is theirs to accept


def test_what_binds_from_a_day_to_come_cuts_nothing_until_then(circle: Circle, signed_in: Any) -> None:
    circle.publish()
    _accept(signed_in(circle.lead), circle)
    circle.publish(after=timedelta(days=30))
    assert circle.receive() == {circle.lead, circle.officer}
    assert "It binds from" in words(signed_in(circle.officer).get_page("/agreement"))
    with clock.at(clock.now() + timedelta(days=31)):
        assert circle.receive() == set()
    _accept(signed_in(circle.lead), circle)
    with clock.at(clock.now() + timedelta(days=31)):
        assert circle.receive() == {circle.lead, circle.officer}


def test_a_member_of_another_warp_too_receives_by_that_one_alone(circle: Circle) -> None:
    westmarch = factories.warp("Westmarch")
    factories._kept(factories.Membership(organisation_id=circle.council.id, warp_id=westmarch.id))
    here = factories.item(Marking.AMBER, to=[westmarch], kept_by=[westmarch])
    circle.publish()
    viewer = viewer_of(circle.officer.id, Proof.FULL)
    assert westmarch.id in viewer.amber
    assert circle.warp.id not in viewer.amber
    assert circle.officer.id in reach.receivers(here.handling(), Outlet.PAGE)
    assert circle.officer.id not in reach.receivers(circle.item.handling(), Outlet.PAGE)
    assert [one.id for one in agreements.outstanding(circle.council.id)] == [agreements.newest(circle.warp.id).id]


def test_it_is_kept_who_accepted_what_by_which_right_and_nobody_accepts_for_others(
    circle: Circle, signed_in: Any
) -> None:
    made = circle.publish()
    address = f"/agreement/{made.id}/{circle.council.id}"
    assert signed_in(circle.other).get(address).status_code == 404
    assert signed_in(circle.priya).get(address).status_code == 404
    by_mail = signed_in(circle.officer, Proof.MAILBOX).get_page(address)
    assert "must be signed in" in words(by_mail)
    assert not by_mail.select("form[method=post] [name=agreed]")

    officer = signed_in(circle.officer)
    page = officer.get_page(address)
    assert "gave me the authority to accept" in words(page)
    assert "Keep the labels." in words(page)
    assert "Tick the box" in words(officer.post_form(address, "Accept", status=422))
    _accept(officer, circle)
    kept = db.session.scalars(select(Acceptance)).one()
    assert (kept.person_id, kept.as_lead, kept.organisation_id) == (circle.officer.id, False, circle.council.id)
    assert kept.digest == made.digest == agreement_writing.digest_of(made)
    assert "accepted for" in words(officer.get_page("/agreement"))
    assert officer.get(address).status_code == 404  # there is nothing left to accept


def test_a_first_agreement_may_be_accepted_before_the_second_step_a_changed_one_only_after_it(
    circle: Circle, signed_in: Any
) -> None:
    circle.publish()
    newcomer = signed_in(circle.lead, Proof.PASSWORD)
    led = newcomer.get("/account/second-step")
    assert led.location.startswith("/agreement?next=")
    assert "agreement" not in (newcomer.get("/account/second-step?agreement=later").location or "")
    _accept(newcomer, circle)
    circle.publish()
    address = f"/agreement/{agreements.newest(circle.warp.id).id}/{circle.council.id}"
    assert "must be signed in with your second step" in words(newcomer.get_page(address))


def test_a_password_alone_binds_no_organisation_of_somebody_who_has_a_second_step(
    circle: Circle, signed_in: Any
) -> None:
    made = circle.publish()
    arrivals.after_full_sign_in(circle.lead.id)
    db.session.commit()
    page = signed_in(circle.lead, Proof.PASSWORD).get_page(f"/agreement/{made.id}/{circle.council.id}")
    assert "must be signed in with your second step" in words(page)


def test_what_was_published_is_never_changed(circle: Circle) -> None:
    made = circle.publish()
    with pytest.raises(DBAPIError, match="never changed"):
        db.session.execute(text("UPDATE agreement SET digest = 'another' WHERE id = :id"), {"id": made.id})
    db.session.rollback()


def test_coordinators_write_it_see_it_publish_it_and_see_who_has_not_accepted(
    circle: Circle, portal: Any, signed_in: Any
) -> None:
    desk = signed_in(circle.priya)
    preview = desk.post_form("/desk/agreement", "Save and see", english="# Rules\n\n<script>x</script>Be **kind**.")
    assert preview.select_one("main strong").text
    assert "x" not in [one.text for one in preview.select("main script")]
    assert circle.receive() == {circle.lead, circle.officer}  # what is being written binds nobody
    assert "This day has passed" in words(
        desk.post_form("/desk/agreement/preview", "Publish", day="01/01/2020", status=422)
    )
    today = clock.local(clock.now()).strftime("%d/%m/%Y")
    page = words(desk.post_form("/desk/agreement/preview", "Publish", day=today))
    assert "Not accepted yet: 2 organisations" in page
    assert circle.council.name in page
    assert circle.receive() == set()

    letter = written(portal, "agreement")
    assert letter.subject == "Midshire WARP has an agreement to accept"
    assert "/agreement" in letter.text
    _accept(signed_in(circle.lead), circle)
    page = words(desk.get_page("/desk/agreement"))
    assert "Not accepted yet: 1 organisation" in page
    assert "Sam Hartley, its main contact" in page
    assert (
        signed_in(factories.coordinator(factories.warp("Westmarch")))
        .get(f"/desk/agreement?warp={circle.warp.slug}")
        .status_code
        == 404
    )


def test_nobody_overwrites_or_publishes_a_text_they_have_not_seen(circle: Circle, signed_in: Any) -> None:
    desk, grace = signed_in(circle.priya), factories.coordinator(circle.warp)
    desk.post_form("/desk/agreement", "Save and see", english="Keep the labels.")
    today = clock.local(clock.now()).strftime("%d/%m/%Y")
    forms = {path: _fields(desk.get_page(path)) for path in ("/desk/agreement", "/desk/agreement/preview")}
    agreement_writing.write(circle.warp, {"en": "Tell everybody."}, grace.id)
    db.session.commit()
    for path, form in forms.items():
        typed = {**form, "english": "Keep them well.", "welsh": "", "day": today}
        answer = desk.post(path, data=typed, headers={"Origin": "http://localhost"})
        assert answer.status_code == 409
        assert "Somebody changed it meanwhile, to: Tell everybody." in answer.text
    assert "Keep them well." in desk.post("/desk/agreement", data=typed | forms["/desk/agreement"]).text
    draft = agreement_writing.draft(circle.warp.id)
    assert draft is not None
    assert (draft.text, agreements.newest(circle.warp.id)) == ({"en": "Tell everybody."}, None)
    desk.post_form("/desk/agreement/preview", "Publish", day=today)


def _fields(page: Any) -> dict[str, str]:
    return {field["name"]: field.get("value", "") for field in page.select("form[method=post] input[name]")}


def test_who_stands_in_publishes_nothing(circle: Circle, signed_in: Any) -> None:
    agreement_writing.write(circle.warp, TEXT, circle.priya.id)
    stand_in = factories.coordinator(circle.warp)
    role = db.session.scalars(select(factories.Coordinator).where(factories.Coordinator.person_id == stand_in.id)).one()
    role.until = clock.now() + timedelta(days=3)
    db.session.commit()
    desk = signed_in(stand_in)
    assert "Whoever stands in" in words(desk.get_page("/desk/agreement"))
    assert desk.get("/desk/agreement/preview").status_code == 404
