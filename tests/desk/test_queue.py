"""The walk of a warning: a coordinator passes it on, the right members see it, nobody else does."""

import re

import pytest
from sqlalchemy import text

from tests.advisories.stix_objects import indicator, report
from warp_hub import clock, db
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.sharing.models import Choice
from warp_hub.tlp import Marking, Outlet, permits


def _words(page) -> str:
    return page.get_text(" ", strip=True)


def _decide(browser, item, warp, choice: str, status: int = 303):
    page = browser.get_page(f"/desk/warnings/{item.id}")
    token = page.find("input", {"name": "csrf_token"})["value"]
    answer = browser.post(
        f"/desk/warnings/{item.id}/decision",
        data={"csrf_token": token, "warp": str(warp.id), "choice": choice},
    )
    assert answer.status_code == status, answer.status_code
    return answer


def test_a_warning_waits_on_every_desk_of_its_source_and_nowhere_else(desk, signed_in) -> None:
    (item,) = desk.receives(report(name="Patch the firewall", marking=Marking.AMBER))
    for coordinator in (desk.priya, desk.ffion):
        assert "Patch the firewall" in _words(signed_in(coordinator).get_page("/desk/warnings"))
        assert "Warnings to decide (1)" in _words(signed_in(coordinator).get_page("/desk"))
    for person in (desk.sam, desk.owen):
        signed_in(person).get_page(f"/advisories/{item.id}", status=404)
        signed_in(person).get_page(f"/desk/warnings/{item.id}", status=404)
        assert "Patch the firewall" not in _words(signed_in(person).get_page("/advisories"))


def test_each_pass_on_adds_only_its_own_warp(desk, signed_in) -> None:
    evil = indicator("evil.attacker.example", marking=Marking.AMBER)
    item, _ = desk.receives(report(evil, name="Amber warning", marking=Marking.AMBER), evil)
    sam, owen = signed_in(desk.sam), signed_in(desk.owen)
    _decide(signed_in(desk.priya), item, desk.midshire, "pass_on")
    assert "evil[.]attacker[.]example" in str(sam.get_page(f"/advisories/{item.id}"))
    owen.get_page(f"/advisories/{item.id}", status=404)
    _decide(signed_in(desk.ffion), item, desk.westmarch, "pass_on")
    assert "evil[.]attacker[.]example" in str(owen.get_page(f"/advisories/{item.id}"))
    assert sorted(desk.now(item).recipients) == sorted([desk.midshire.id, desk.westmarch.id])


def test_who_will_see_this_is_who_then_sees_it(desk, signed_in) -> None:
    (item,) = desk.receives(report(marking=Marking.AMBER))
    page = _words(signed_in(desk.priya).get_page(f"/desk/warnings/{item.id}"))
    assert re.search(r"2 organisations, 2 people; 2 notice only", page), page


@pytest.mark.parametrize(("button", "choice"), [("keep", Choice.KEEP), ("not_for_us", Choice.NOT_FOR_US)])
def test_what_is_kept_or_set_aside_waits_no_more_and_reaches_nobody(desk, signed_in, button, choice) -> None:
    (item,) = desk.receives(report(name="Not now", marking=Marking.GREEN))
    _decide(signed_in(desk.priya), item, desk.midshire, button)
    assert "Not now" not in _words(signed_in(desk.priya).get_page("/desk/warnings"))
    kept = "Not now" in _words(signed_in(desk.priya).get_page("/desk/warnings?show=kept"))
    assert kept is (choice is Choice.KEEP)
    assert "Not now" in _words(signed_in(desk.ffion).get_page("/desk/warnings"))
    signed_in(desk.sam).get_page(f"/advisories/{item.id}", status=404)


def test_a_coordinator_decides_only_for_the_warp_they_run(desk, signed_in) -> None:
    (item,) = desk.receives(report(marking=Marking.GREEN))
    _decide(signed_in(desk.priya), item, desk.westmarch, "pass_on", status=404)
    assert desk.now(item).published_at is None


def test_a_coordinator_by_one_factor_decides_nothing(desk, signed_in) -> None:
    desk.receives(report(marking=Marking.GREEN))
    answer = signed_in(desk.priya, Proof.PASSWORD).get("/desk/warnings")
    assert answer.status_code == 302
    assert "/sign-in/code" in answer.location or "second" in answer.location


def test_several_are_decided_at_once(desk, signed_in) -> None:
    items = desk.receives(*(report(name=f"Warning {n}", marking=Marking.GREEN) for n in range(3)))
    browser = signed_in(desk.priya)
    token = browser.get_page("/desk/warnings").find("input", {"name": "csrf_token"})["value"]
    chosen = [f"{item.id}:{desk.midshire.id}" for item in items[:2]]
    asked = {"csrf_token": token, "choice": "pass_on", "item": chosen}
    page = browser.post("/desk/warnings", data=asked)
    assert "Pass on 2 warnings to members?" in page.get_data(as_text=True)
    assert not any(desk.now(item).published_at for item in items)
    page = browser.post("/desk/warnings", data={**asked, "confirmed": "yes"}, follow_redirects=True)
    assert "2 warnings decided." in page.get_data(as_text=True)
    assert [desk.now(item).published_at is not None for item in items] == [True, True, False]


@pytest.mark.parametrize("data", [{"choice": "publish"}, {"choice": "pass_on", "warp": "x"}, {}])
def test_a_forged_decision_changes_nothing(desk, signed_in, data) -> None:
    (item,) = desk.receives(report(marking=Marking.GREEN))
    browser = signed_in(desk.priya)
    token = browser.get_page(f"/desk/warnings/{item.id}").find("input", {"name": "csrf_token"})["value"]
    answer = browser.post(f"/desk/warnings/{item.id}/decision", data={"csrf_token": token, **data})
    assert answer.status_code in (400, 404)
    assert desk.now(item).published_at is None


def test_a_note_is_for_its_own_warp_and_its_markdown_is_inert(desk, signed_in) -> None:
    (item,) = desk.receives(report(marking=Marking.GREEN))
    priya = signed_in(desk.priya)
    _decide(priya, item, desk.midshire, "pass_on")
    priya.post_form(
        f"/desk/warnings/{item.id}", "Add the note", english="We *tested* it. <script>alert(1)</script>", welsh="Da"
    )
    page = signed_in(desk.sam).get_page(f"/advisories/{item.id}")
    assert "We tested it." in _words(page)
    assert "TLP:AMBER Note from Midshire WARP" in _words(page)
    assert "TLP:AMBER Note from Midshire WARP" in _words(page)
    assert page.find("script", string=re.compile("alert")) is None
    assert "tested" not in _words(signed_in(desk.owen).get_page(f"/advisories/{item.id}"))
    assert "tested" not in _words(signed_in(desk.sam, Proof.MAILBOX).get_page(f"/advisories/{item.id}"))


def test_an_empty_note_is_told_beside_its_field_and_loses_nothing(desk, signed_in) -> None:
    (item,) = desk.receives(report(marking=Marking.GREEN))
    page = signed_in(desk.priya).post_form(f"/desk/warnings/{item.id}", "Add the note", english="", welsh="Rhywbeth")
    assert "Write a note" in _words(page)
    assert "Rhywbeth" in str(page)


def test_a_held_warning_goes_out_only_after_its_label_is_chosen(desk, signed_in) -> None:
    unknown = "marking-definition--0f6d1a1e-77a6-4b3f-9a55-2f1c1d5f7a10"
    (item,) = desk.receives(report(name="Of unknown label", marking=unknown))
    priya = signed_in(desk.priya)
    for path in ("/desk", "/desk/warnings"):
        assert "Label not known" in _words(priya.get_page(path))
    assert "Pass on to members" not in _words(priya.get_page(f"/desk/warnings/{item.id}"))
    _decide(priya, item, desk.midshire, "pass_on")
    assert desk.now(item).published_at is None
    priya.post_form(f"/desk/warnings/{item.id}", "Save the label", marking="TLP:AMBER")
    _decide(priya, item, desk.midshire, "pass_on")
    assert "Of unknown label" in _words(signed_in(desk.sam).get_page(f"/advisories/{item.id}"))
    signed_in(desk.owen).get_page(f"/advisories/{item.id}", status=404)


def test_a_raised_label_takes_effect_at_the_next_read_and_is_not_lowered_here(desk, signed_in) -> None:
    (item,) = desk.receives(report(marking=Marking.GREEN))
    priya, sam, owen = signed_in(desk.priya), signed_in(desk.sam), signed_in(desk.owen)
    _decide(priya, item, desk.midshire, "pass_on")
    assert owen.get_page(f"/advisories/{item.id}")
    priya.post_form(f"/desk/warnings/{item.id}", "Save the label", marking="TLP:AMBER")
    assert sam.get_page(f"/advisories/{item.id}")
    owen.get_page(f"/advisories/{item.id}", status=404)
    page = priya.post_form(f"/desk/warnings/{item.id}", "Save the label", marking="TLP:CLEAR")
    assert "lowered only with the consent" in _words(page)
    assert desk.now(item).marking is Marking.AMBER


def test_raising_to_red_leaves_it_to_whoever_raised_it(desk, signed_in) -> None:
    (item,) = desk.receives(report(marking=Marking.GREEN))
    priya = signed_in(desk.priya)
    _decide(priya, item, desk.midshire, "pass_on")
    priya.post_form(f"/desk/warnings/{item.id}", "Save the label", marking="TLP:RED")
    assert priya.get_page(f"/advisories/{item.id}")
    signed_in(desk.sam).get_page(f"/advisories/{item.id}", status=404)
    signed_in(desk.ffion).get_page(f"/desk/warnings/{item.id}", status=404)


def test_early_notice_reaches_the_named_alone_until_its_moment(desk, signed_in) -> None:
    (item,) = desk.receives(report(name="Fixed on Tuesday", marking=Marking.GREEN))
    priya = signed_in(desk.priya)
    _early(priya, item, desk.owen.email)
    _decide(priya, item, desk.midshire, "pass_on")
    page = _words(signed_in(desk.owen).get_page(f"/advisories/{item.id}"))
    assert "Early notice, not public" in page
    signed_in(desk.sam).get_page(f"/advisories/{item.id}", status=404)
    assert "Fixed on Tuesday" not in _words(signed_in(desk.sam).get_page("/advisories"))


def _early(browser, item, email: str, until: str = "24/12/2027 09:00"):
    token = browser.get_page(f"/desk/warnings/{item.id}").find("input", {"name": "csrf_token"})["value"]
    data = {"csrf_token": token, "until": until, "people": f" {email.upper()} \n"}
    return browser.post(f"/desk/warnings/{item.id}/early-notice", data=data, follow_redirects=True)


@pytest.mark.parametrize(
    ("until", "said"), [("soon", "like 24/12/2026 09:00"), ("01/01/2020 09:00", "This moment has passed")]
)
def test_a_wrong_moment_is_told_and_what_was_typed_stays(desk, signed_in, until: str, said: str) -> None:
    (item,) = desk.receives(report(marking=Marking.GREEN))
    page = _early(signed_in(desk.priya), item, desk.owen.email, until).get_data(as_text=True)
    assert said in page
    assert until in page
    assert "Nobody here has the address" in _early(signed_in(desk.priya), item, "stranger@elsewhere.example").get_data(
        as_text=True
    )


def test_a_withdrawn_warning_is_gone_for_everybody_at_once(desk, signed_in) -> None:
    (item,) = desk.receives(report(name="Withdrawn", marking=Marking.GREEN))
    priya = signed_in(desk.priya)
    _decide(priya, item, desk.midshire, "pass_on")
    priya.post_form(f"/desk/warnings/{item.id}", "Withdraw it from everybody", reason="A mistake of the source")
    signed_in(desk.sam).get_page(f"/advisories/{item.id}", status=404)
    assert "is withdrawn" in _words(priya.get_page(f"/desk/warnings/{item.id}"))


def test_passing_on_what_must_be_acted_on_today_defers_its_notice(desk, signed_in) -> None:
    (item,) = desk.receives(report(marking=Marking.GREEN, labels=["act-today"]))
    _decide(signed_in(desk.priya), item, desk.midshire, "pass_on")
    jobs = db.session.execute(text("SELECT task_name, args::text FROM procrastinate_jobs")).all()
    assert ("announce", f'{{"item_id": "{item.id}"}}') in [tuple(job) for job in jobs]


def test_a_red_item_that_is_read_is_recorded(desk, signed_in) -> None:
    (item,) = desk.receives(report(marking=Marking.RED))
    priya = signed_in(desk.priya)
    _decide(priya, item, desk.midshire, "pass_on")
    priya.get_page(f"/advisories/{item.id}")
    rows = db.session.execute(text("SELECT actor, action FROM audit WHERE item_id = :id"), {"id": item.id}).all()
    assert (desk.priya.id, "read") in [tuple(row) for row in rows]


def test_a_refused_warning_and_one_that_never_was_look_the_same(desk, signed_in) -> None:
    (item,) = desk.receives(report(marking=Marking.AMBER))
    _decide(signed_in(desk.priya), item, desk.midshire, "pass_on")
    owen = signed_in(desk.owen)
    refused = owen.get(f"/advisories/{item.id}")
    absent = owen.get("/advisories/00000000-0000-4000-8000-000000000000")
    assert refused.status_code == absent.status_code == 404
    assert refused.data == absent.data
    assert sorted(refused.headers.keys()) == sorted(absent.headers.keys())


@pytest.fixture
def behind(desk, signed_in):
    """Return two warnings and three indicators: one behind the first, one behind both, one behind the second."""
    one, both, two = (indicator(f"{name}.attacker.example", marking=Marking.GREEN) for name in ("one", "both", "two"))
    first = report(one, both, name="First", marking=Marking.GREEN)
    second = report(both, two, name="Second", marking=Marking.GREEN)
    return desk.receives(first, second, one, both, two)


def _received(desk, items) -> list[bool]:
    viewer = viewer_of(desk.owen.id, Proof.FULL)
    return [permits(viewer, desk.now(item).handling(), Outlet.PAGE, clock.now()) for item in items]


def test_what_stands_behind_an_early_warning_alone_is_as_early(desk, signed_in, behind) -> None:
    first, second, *support = behind
    priya = signed_in(desk.priya)
    _early(priya, first, desk.sam.email)
    _decide(priya, first, desk.midshire, "pass_on")
    _decide(priya, second, desk.midshire, "pass_on")
    assert _received(desk, [first, second, *support]) == [False, True, False, True, True]


def test_raising_a_warning_raises_what_stands_behind_it_alone(desk, signed_in, behind) -> None:
    first, second, *support = behind
    priya = signed_in(desk.priya)
    for item in (first, second):
        _decide(priya, item, desk.midshire, "pass_on")
    priya.post_form(f"/desk/warnings/{first.id}", "Save the label", marking="TLP:AMBER")
    assert _received(desk, [first, second, *support]) == [False, True, False, True, True]
    assert "one[.]attacker" in str(signed_in(desk.sam).get_page(f"/advisories/{first.id}"))


def test_withdrawing_a_warning_withdraws_what_stands_behind_it_alone(desk, signed_in, behind) -> None:
    first, second, *support = behind
    priya = signed_in(desk.priya)
    for item in (first, second):
        _decide(priya, item, desk.midshire, "pass_on")
    priya.post_form(f"/desk/warnings/{first.id}", "Withdraw it from everybody", reason="Wrong")
    assert _received(desk, [first, second, *support]) == [False, True, False, True, True]
