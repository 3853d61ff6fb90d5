"""What organisers do, and what nobody else may: announcing, changing, calling off, seeing who comes."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests import factories
from tests.training.conftest import LINK, School
from warp_hub import clock, db
from warp_hub.memberships.viewers import Proof
from warp_hub.sharing.models import Item, ItemKind
from warp_hub.sharing.visibility import house_read
from warp_hub.tlp import Marking
from warp_hub.training.models import OpenTo, TrainingSession

GOOD = {
    "open_to": "own WARP",
    "marking": "TLP:GREEN",
    "title": "Phishing clinic",
    "kind": "lunch and learn",
    "day": "24/11/2027",
    "starts": "12:30",
    "ends": "13:15",
    "where": "online",
    "join_link": LINK,
    "english": "Bring a *suspicious* mail. <script>alert(1)</script>",
}


def _words(page: Any) -> str:
    return page.get_text(" ", strip=True)


def _announce(browser: Any, warp: Any, status: int = 303, **given: str) -> Any:
    token = browser.get_page("/desk/training/new").find("input", {"name": "csrf_token"})["value"]
    answer = browser.post("/desk/training/new", data={"csrf_token": token, "warp": str(warp.id), **GOOD, **given})
    assert answer.status_code == status, answer.status_code
    return answer


def _session(title: str) -> TrainingSession:
    db.session.rollback()
    asked = select(TrainingSession).join(Item, Item.id == TrainingSession.id).where(Item.title == title)
    return db.session.scalars(house_read(asked, "test")).one()


def test_a_session_is_announced_by_form_and_met_by_members(school: School, signed_in) -> None:
    priya = signed_in(school.priya)
    answer = _announce(priya, school.midshire)
    of = _session("Phishing clinic")
    assert answer.location.endswith(f"/desk/training/{of.id}")
    assert of.starts_at.isoformat() == "2027-11-24T12:30:00+00:00"
    assert LINK in _words(priya.get_page(f"/desk/training/{of.id}"))
    page = signed_in(school.sam).get_page(f"/training/{of.id}")
    assert "Wednesday 24 November 2027, 12:30 to 13:15" in _words(page)
    assert "Bring a suspicious mail." in _words(page)
    assert page.find("script", string=re.compile("alert")) is None
    assert "Phishing clinic" in _words(signed_in(school.owen).get_page("/training"))


def test_summer_time_is_meant_as_the_wall_says(school: School, signed_in) -> None:
    _announce(signed_in(school.priya), school.midshire, day="01/07/2027", starts="10:00", ends="11:00")
    assert _session("Phishing clinic").starts_at.isoformat() == "2027-07-01T09:00:00+00:00"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"title": ""}, "Enter a title"),
        ({"day": "tomorrow"}, "Enter a day like 24/12/2026"),
        ({"day": "01/01/2020"}, "This moment has passed"),
        ({"day": "01/01/0001"}, "Enter a day like 24/12/2026"),
        ({"starts": "noon"}, "Enter a time like 10:00"),
        ({"ends": "12:30"}, "It must end after it starts"),
        ({"day": "28/03/2027", "starts": "01:30", "ends": "03:00"}, "the clocks go forward that night"),
        ({"where": "place", "place": " "}, "Enter the place"),
        ({"join_link": "javascript:alert(1)"}, "begins with https://"),
        ({"capacity": "0"}, "from 1 to 10,000"),
        ({"marking": "TLP:AMBER", "open_to": "all WARPs"}, "choose TLP:GREEN"),
        ({"marking": "TLP:RED"}, "Not a valid choice"),
    ],
)
def test_what_does_not_fit_is_told_and_what_was_typed_stays(school: School, signed_in, given, said) -> None:
    page = _announce(signed_in(school.priya), school.midshire, status=422, **given).get_data(as_text=True)
    assert said in page
    assert "<title>\n" not in page
    assert "Error:" in page.split("</title>")[0]
    assert "Bring a *suspicious* mail." in page


def test_only_a_warps_own_coordinators_fully_signed_in_announce_and_run_its_sessions(school: School, signed_in) -> None:
    item_id = school.announces(title="Ours")
    ffion = signed_in(school.ffion)
    _announce(ffion, school.midshire, status=404)
    token = ffion.get_page("/desk/training/new").find("input", {"name": "csrf_token"})["value"]
    assert "Ours" not in _words(ffion.get_page("/desk/training"))
    for path in ("", "/change"):
        assert ffion.get(f"/desk/training/{item_id}{path}").status_code == 404
    for path in ("/change", "/call-off", "/attendance"):
        assert ffion.post(f"/desk/training/{item_id}{path}", data={"csrf_token": token}).status_code == 404
    for browser in (signed_in(school.sam), signed_in(school.priya, Proof.PASSWORD)):
        assert browser.get("/desk/training").status_code in (302, 404)
        assert browser.get(f"/desk/training/{item_id}").status_code in (302, 404)


def test_a_change_is_made_by_form_and_told(school: School, signed_in) -> None:
    item_id = school.announces()
    school.books(school.sam, item_id)
    school.letters()
    priya = signed_in(school.priya)
    page = priya.post_form(f"/desk/training/{item_id}/change", "Save", day="25/11/2027")
    assert "Those who come are told." in _words(page)
    (letter,) = school.letters()
    assert "Thursday 25 November 2027" in letter["Subject"]
    page = priya.post_form(f"/desk/training/{item_id}/change", "Save", title="A better title")
    assert "Those who come" not in _words(page)
    assert school.letters() == []
    page = priya.post_form(f"/desk/training/{item_id}/change", "Save")
    assert _session("A better title").sequence == 2


def test_a_session_is_called_off_and_then_changed_no_more(school: School, signed_in) -> None:
    item_id = school.announces()
    school.books(school.sam, item_id)
    priya = signed_in(school.priya)
    page = priya.post_form(f"/desk/training/{item_id}", "Call it off")
    assert "This session will not take place." in _words(page)
    assert "Call it off" not in _words(page)
    token = page.find("input", {"name": "csrf_token"})
    token = priya.get_page("/sign-out").find("input", {"name": "csrf_token"}) if token is None else token
    again = priya.post(f"/desk/training/{item_id}/call-off", data={"csrf_token": token["value"]})
    assert again.status_code == 409


def test_who_comes_is_for_the_organisers_eyes_alone(school: School, signed_in) -> None:
    item_id = school.announces(capacity=1)
    for person in (school.sam, school.grace):
        school.books(person, item_id)
    page = _words(signed_in(school.priya).get_page(f"/desk/training/{item_id}"))
    assert "Who has a place (1)" in page
    assert f"Sam Hartley , {school.council.name}" in page
    assert "Waiting list (1)" in page
    assert "1 booked of 1 places, 1 waiting" in _words(signed_in(school.priya).get_page("/desk/training"))
    for person in (school.grace, school.owen, school.ffion):
        browser = signed_in(person)
        for path in ("/training", f"/training/{item_id}"):
            assert "Sam Hartley" not in str(browser.get_page(path))
            assert "1 booked" not in str(browser.get_page(path))


def test_the_database_itself_shows_a_booking_to_nobody_else(school: School) -> None:
    from warp_hub.sharing.visibility import select_visible
    from warp_hub.tlp import Outlet
    from warp_hub.training.models import Booking

    item_id = school.announces()
    school.books(school.sam, item_id)

    def seen_by(person: Any, proof: Proof = Proof.FULL) -> int:
        viewer = school.viewer(person, proof)
        with db.acting("web"), db.as_viewer(viewer.settings()):
            asked = select_visible(Booking, viewer, Outlet.PAGE).where(Booking.item_id == item_id)
            return len(db.session.scalars(asked).all())

    assert [seen_by(person) for person in (school.sam, school.priya)] == [1, 1]
    assert seen_by(school.sam, Proof.MAILBOX) == 1
    colleague = factories.person(school.council)
    assert [seen_by(person) for person in (colleague, school.grace, school.owen, school.ffion)] == [0, 0, 0, 0]


def test_who_came_is_ticked_once_the_session_has_begun(school: School, signed_in) -> None:
    item_id = school.announces(starts_at=clock.now() + timedelta(hours=1))
    for person in (school.sam, school.grace):
        school.books(person, item_id)
    with clock.at(clock.now() + timedelta(hours=2)):
        priya = signed_in(school.priya)
        page = priya.get_page(f"/desk/training/{item_id}")
        box = next(label for label in page.find_all("label") if "Sam Hartley" in label.get_text())
        token = page.find("input", {"name": "csrf_token"})["value"]
        ticked = {"csrf_token": token, "came": box["for"].removeprefix("came-")}
        answer = priya.post(f"/desk/training/{item_id}/attendance", data=ticked, follow_redirects=True)
        assert "Saved: 1 person came." in answer.get_data(as_text=True)
        page = priya.get_page(f"/desk/training/{item_id}")
        assert len(page.find_all("input", {"checked": True})) == 1


def test_what_is_over_is_carried_by_no_digest_and_found_no_letter(school: School) -> None:
    from warp_hub.training import reminders

    over = school.announces(title="Over", starts_at=clock.now() + timedelta(hours=1))
    school.announces(title="To come")
    with clock.at(clock.now() + timedelta(hours=4)):
        assert reminders.close_digests() == 1
        db.session.commit()
        assert reminders.close_digests() == 0
    rows = house_read(select(Item.id, Item.passed_by).where(Item.kind == ItemKind.TRAINING_SESSION), "test")
    assert {item_id: bool(by) for item_id, by in db.session.execute(rows)}[over] is False


def test_bookings_are_forgotten_after_a_while(school: School) -> None:
    from warp_hub.training import bookings

    item_id = school.announces(marking=Marking.CLEAR)
    school.books(school.sam, item_id)
    with clock.at(clock.now() + timedelta(days=415)):
        assert bookings.forget_old() == 1
    db.session.rollback()
    assert bookings.forget_old() == 0


def test_a_session_is_in_the_digest_of_those_it_is_for_until_it_is_over(school: School) -> None:
    from warp_hub.digests.compose import compose
    from warp_hub.training import reminders

    school.announces(title="Ours", starts_at=clock.now() + timedelta(hours=1))
    for_all = school.announces(title="For all", open_to=OpenTo.ALL)

    def told(person: Any, warp: Any) -> list[str]:
        viewer = school.viewer(person)
        with db.as_viewer(viewer.settings()):
            return [one.title for one in compose(viewer, warp.id, clock.now() - timedelta(days=7)).new]

    assert told(school.sam, school.midshire) == ["For all", "Ours"]
    assert told(school.owen, school.westmarch) == ["For all"]
    with clock.at(clock.now() + timedelta(hours=4)):
        reminders.close_digests()
        db.session.commit()
        assert told(school.sam, school.midshire) == ["For all"]
    school.calls_off(for_all)
    assert told(school.owen, school.westmarch) == []


def test_the_desk_leads_to_the_sessions_one_runs(school: School, signed_in) -> None:
    page = signed_in(school.priya).get_page("/desk")
    assert page.find("a", href="/desk/training").get_text(strip=True) == "Training that you run"


def test_a_page_says_what_a_session_is_in_one_word(school: School, signed_in) -> None:
    item_id = school.announces()
    rows = signed_in(school.sam).get_page(f"/training/{item_id}").select(".govuk-summary-list__value")
    assert rows[0].get_text(strip=True) == "Exercise"
    assert rows[0].find("ul") is None
