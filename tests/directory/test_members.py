"""Members: organisations always, people by their own choice and field by field, to their own WARPs and nobody else."""

from typing import Any

from tests import factories
from tests.directory.conftest import HELP, PHONE, ROLE, Town, fresh, shows, words
from warp_hub import db
from warp_hub.directory import listing
from warp_hub.memberships import people, profiles
from warp_hub.memberships.models import State
from warp_hub.memberships.viewers import Proof, viewer_of

EVERYTHING = ("name", "role", "telephone", "email", "help")


def test_of_people_only_what_they_show_is_shown(signed_in: Any, town: Town) -> None:
    shows(town.tom, "name", "role")
    shows(town.sam, "role", "telephone", "email", "help")
    seen = words(signed_in(town.declan).get_page("/members"))
    assert {"Ashcombe Council", "Brightwater Ltd", "Associate", "Tom Fielding", ROLE} <= {
        told for told in ("Ashcombe Council", "Brightwater Ltd", "Associate", "Tom Fielding", ROLE) if told in seen
    }
    for kept in (PHONE, HELP, "tom@", "Sam Hartley", "sam@", "Priya", "Larkhaven", "Owen"):
        assert kept not in seen


def test_everything_that_is_shown_stands_on_the_page_and_is_found(signed_in: Any, town: Town) -> None:
    shows(town.tom, *EVERYTHING)
    shows(town.priya, "name", "telephone")
    sam = signed_in(town.sam)
    seen = words(sam.get_page("/members"))
    for told in ("Coordinators of Midshire", "Priya Shah", "Tom Fielding", ROLE, PHONE, HELP, "tom@ashcombe.example"):
        assert told in seen
    for asked in ("passkeys", "tom field", "ashcombe", "security officer"):
        assert "Tom Fielding" in words(sam.get_page(f"/members?q={asked}")), asked
    assert "There are no members to show" in words(sam.get_page("/members?q=%25"))


def test_what_somebody_does_not_show_is_not_found_either(signed_in: Any, town: Town) -> None:
    shows(town.tom, "name")
    shows(town.owen, *EVERYTHING)
    sam = signed_in(town.sam)
    with db.acting("work"):
        for asked in ("passkeys", "security officer", "960", "tom@", "Owen", "Larkhaven"):
            assert not listing.members(viewer_of(town.sam.id, Proof.FULL), {"q": asked}).page.rows, asked
    assert "There are no members to show" in words(sam.get_page("/members?q=passkeys"))


def test_who_receives_at_no_address_sees_nobody(signed_in: Any, town: Town) -> None:
    shows(town.tom, *EVERYTHING)
    lapsed = factories.person(factories.organisation(town.midshire, state=State.LAPSED))
    for nobody in (factories.person(town.ashcombe, post=State.APPLIED), lapsed, factories.person()):
        seen = words(signed_in(nobody).get_page("/members"))
        assert "There are no members to show" in seen
        assert "Ashcombe" not in seen
    for proof in (Proof.MAILBOX, Proof.PASSWORD):
        answer = signed_in(town.sam, proof).get("/members")
        assert (answer.status_code, "Ashcombe" in answer.get_data(as_text=True)) == (302, False)


def test_who_has_gone_is_shown_no_longer(signed_in: Any, town: Town) -> None:
    others = [factories.person(town.ashcombe, name=f"Gone {number}") for number in range(2)]
    for person in (town.tom, *others):
        shows(person, *EVERYTHING)
    people.suspend(town.tom, "away")
    people.leave(others[0])
    people.leave_post(others[1], town.ashcombe)
    db.session.commit()
    seen = words(signed_in(town.sam).get_page("/members"))
    assert ("Ashcombe Council" in seen, "Tom" in seen, "Gone" in seen) == (True, False, False)


def test_a_long_list_is_turned_page_by_page_without_a_name_in_the_address(signed_in: Any, town: Town) -> None:
    for number in range(26):
        factories.organisation(town.midshire).name = f"Borough {number:02}"
    db.session.commit()
    sam = signed_in(town.sam)
    first = sam.get_page("/members?warp=midshire")
    onward = first.find("a", rel="next")["href"]
    second = sam.get_page(onward)
    names = [[title.text for title in page.select("h3")] for page in (first, second)]
    assert names[0] + names[1] == sorted(names[0] + names[1])
    assert len(set(names[0] + names[1])) == 28
    assert "orough" not in onward
    assert [title.text for title in sam.get_page(second.find("a", rel="prev")["href"]).select("h3")] == names[0]
    from_elsewhere = sam.get_page(f"/members?after={town.larkhaven.id}")
    assert [title.text for title in from_elsewhere.select("h3")] == names[0]


def test_what_i_show_is_mine_to_choose_and_i_see_what_others_will(signed_in: Any, town: Town) -> None:
    tom = signed_in(town.tom)
    assert "Nothing. You are not shown among the members." in words(tom.get_page("/account/profile"))
    said = {"name": "Tom Fielding", "role": ROLE, "telephone": PHONE, "shows_name": "y", "shows_telephone": "y"}
    page = tom.post_form("/account/profile", "Save", **said)
    assert PHONE in words(page.select_one(".govuk-inset-text"))
    assert ROLE not in words(page.select_one(".govuk-inset-text"))
    assert PHONE in words(signed_in(town.declan).get_page("/members"))
    wrong = tom.post_form("/account/profile", "Save", status=422, telephone="call me", role="=1+1")
    assert "Enter a telephone number" in words(wrong)
    assert wrong.find(id="telephone")["value"] == "call me"


def test_a_profile_takes_nothing_but_its_own_fields(signed_in: Any, town: Town) -> None:
    tom = signed_in(town.tom)
    page = tom.get_page("/account/profile")
    token = page.select_one('input[name="csrf_token"]')["value"]
    more = {"state": "suspended", "email": "evil@evil.example", "person_id": str(town.sam.id), "id": str(town.sam.id)}
    sent = {"csrf_token": token, "name": "Tom F", "language": "cy", **more}
    answer = tom.post(
        f"/account/profile?person_id={town.sam.id}&name=Other", data=sent, headers={"Origin": "http://localhost"}
    )
    assert answer.status_code == 303
    assert (fresh(town.tom).name, town.tom.language) == ("Tom F", "cy")
    assert "Name corrected , by Tom F" in words(signed_in(town.priya).get_page(f"/desk/people/{town.tom.id}"))
    assert (town.tom.email, town.tom.state) == ("tom@ashcombe.example", State.ACTIVE)
    assert profiles.details_of(fresh(town.sam)).name == "Sam Hartley"
