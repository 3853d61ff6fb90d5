"""How long members have to answer: set on a page by whoever runs the WARP for good, and recorded."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from tests import factories
from warp_hub import clock, db
from warp_hub.alerts import askings
from warp_hub.audit import Audit
from warp_hub.memberships import stand_ins
from warp_hub.memberships.models import Warp
from warp_hub.memberships.settings import WarpSettings, settings_of
from warp_hub.sharing.models import Severity

PAGE = "/desk/answers/midshire"
FILLED = {
    "answer_days_act_today": "2",
    "answer_days_this_week": "10",
    "at": "16:30",
    "nation": "Scotland",
    "answers_close_after_days": "60",
}


def _words(page) -> str:
    return " ".join(page.get_text(" ").split())


def _settings() -> WarpSettings:
    db.session.rollback()
    return settings_of(db.session.scalars(select(Warp).where(Warp.slug == "midshire")).one())


def test_a_coordinator_sets_the_five_and_it_is_recorded_and_counts_from_then_on(desk, signed_in) -> None:
    priya = signed_in(desk.priya)
    assert priya.get_page("/desk/settings").select(f'a[href="{PAGE}"]')
    page = priya.post_form(PAGE, "Save", **FILLED)
    assert "It counts for what is asked from now on." in _words(page)
    assert page.select_one("#at")["value"] == "16:30"
    settings = _settings()
    assert settings.answers_close_after_days == 60
    # Monday is St Andrew's Day, on which only Scotland does not work.
    due = askings.due_at(Severity.ACT_TODAY, settings, datetime(2026, 11, 27, 10, tzinfo=UTC))
    assert due == datetime(2026, 12, 2, 16, 30, tzinfo=UTC)
    (row,) = db.session.scalars(select(Audit).where(Audit.action == "warp.settings-changed"))
    assert row.actor == desk.priya.id
    assert row.detail["changed"] == sorted(["answer_at", "nation", *(name for name in FILLED if name[:6] == "answer")])
    assert (row.detail["was"]["answer_at"], row.detail["is"]["answer_at"]) == ("17:00:00", "16:30:00")


@pytest.mark.parametrize(
    ("name", "wrong", "told"),
    [
        ("answer_days_act_today", "0", "from 1 to 5"),
        ("answer_days_this_week", "1", "from 2 to 20"),
        ("answers_close_after_days", "181", "from 7 to 180"),
        ("at", "11:59", "from 12:00 to 20:00"),
        ("at", "soon", "a time like 17:00"),
    ],
)
def test_what_is_below_a_floor_is_said_at_its_field_and_changes_nothing(desk, signed_in, name, wrong, told) -> None:
    page = signed_in(desk.priya).post_form(PAGE, "Save", **{**FILLED, name: wrong})
    assert told in _words(page.select_one(f"#{name}-error"))
    assert _settings() == WarpSettings()


@pytest.mark.parametrize(
    ("name", "lowest", "highest"),
    [("answer_days_act_today", 1, 5), ("answer_days_this_week", 2, 20), ("answers_close_after_days", 7, 180)],
)
def test_the_bounds_on_the_page_are_those_of_the_settings(name: str, lowest: int, highest: int) -> None:
    WarpSettings(**{name: lowest})
    WarpSettings(**{name: highest})
    for beyond in (lowest - 1, highest + 1):
        with pytest.raises(ValidationError):
            WarpSettings(**{name: beyond})


def test_it_is_not_there_for_others_nor_for_a_stand_in(desk, signed_in) -> None:
    signed_in(desk.ffion).get_page(PAGE, status=404)
    signed_in(desk.sam).get_page(PAGE, status=404)
    stands_in = factories.person(factories.organisation(desk.midshire), lead=True)
    db.session.commit()
    stand_ins.name(desk.priya.id, desk.midshire, stands_in.id, clock.now() + timedelta(days=3))
    db.session.commit()
    assert "You stand in" in _words(signed_in(stands_in).get_page("/desk"))
    signed_in(stands_in).get_page(PAGE, status=404)
