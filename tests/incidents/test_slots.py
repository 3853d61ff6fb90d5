"""The times at which incidents go out, and how far a WARP may loosen them."""

from datetime import UTC, datetime, time

import pytest
from pydantic import ValidationError

from warp_hub.incidents import slots
from warp_hub.memberships.settings import WarpSettings
from warp_hub.memberships.working_days import Nation

USUAL = WarpSettings()


def _utc(*at: int) -> datetime:
    return datetime(*at, tzinfo=UTC)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("filed", "goes"),
    [
        (_utc(2026, 12, 3, 5, 59), _utc(2026, 12, 3, 10)),
        (_utc(2026, 12, 3, 6, 0), _utc(2026, 12, 3, 10)),
        (_utc(2026, 12, 3, 6, 1), _utc(2026, 12, 3, 15)),
        (_utc(2026, 12, 3, 11, 1), _utc(2026, 12, 4, 10)),
        (_utc(2026, 12, 4, 12, 0), _utc(2026, 12, 7, 10)),  # Friday noon: Monday
        (_utc(2026, 12, 5, 3, 0), _utc(2026, 12, 7, 10)),
        (_utc(2026, 7, 2, 5, 0), _utc(2026, 7, 2, 9)),  # summer: 10:00 is 09:00 UTC
        (_utc(2026, 12, 24, 12, 0), _utc(2026, 12, 29, 10)),  # Christmas, a weekend and the day after: Tuesday
    ],
)
def test_what_is_filed_is_held_four_hours_and_goes_at_ten_or_three(filed: datetime, goes: datetime) -> None:
    assert slots.may_go_out(USUAL, filed) == goes


def test_the_newest_time_is_found_over_a_weekend() -> None:
    assert slots.latest(USUAL, _utc(2026, 12, 6, 12)) == _utc(2026, 12, 4, 15)
    assert slots.latest(USUAL, _utc(2026, 12, 7, 9, 59)) == _utc(2026, 12, 4, 15)
    assert slots.latest(USUAL, _utc(2026, 12, 7, 10)) == _utc(2026, 12, 7, 10)


def test_a_bank_holiday_of_its_nation_is_no_working_day_of_a_warp() -> None:
    scottish = WarpSettings(nation=Nation.SCOTLAND)
    assert slots.latest(USUAL, _utc(2026, 12, 28, 12)) == _utc(2026, 12, 24, 15)
    friday, saint_andrews = _utc(2026, 11, 27, 12), _utc(2026, 11, 30, 12)
    for settings, goes, newest in (
        (USUAL, _utc(2026, 11, 30, 10), _utc(2026, 11, 30, 10)),
        (scottish, _utc(2026, 12, 1, 10), _utc(2026, 11, 27, 15)),
    ):
        assert (slots.may_go_out(settings, friday), slots.latest(settings, saint_andrews)) == (goes, newest)


def test_the_record_names_a_time_by_its_day_and_number() -> None:
    assert slots.name_of(USUAL, _utc(2026, 12, 3, 10)) == "2026-12-03/1"
    assert slots.name_of(USUAL, _utc(2026, 12, 3, 15)) == "2026-12-03/2"


@pytest.mark.parametrize(
    "unsafe",
    [
        {"release_hold_hours": 3},
        {"release_hold_hours": 25},
        {"release_alone_waits": 0},
        {"release_alone_waits": 3},
        {"release_at": []},
        {"release_at": ["10:00", "11:00"]},
        {"release_at": ["08:00", "10:00", "12:00", "14:00", "16:00"]},
        {"urgent_contacts": [{"name": "x", "web": "javascript:alert(1)"}]},
    ],
)
def test_no_warp_can_make_its_releases_tell_more_than_they_may(unsafe: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        WarpSettings.model_validate(unsafe)


def test_a_warp_may_choose_its_own_times() -> None:
    chosen = WarpSettings.model_validate({"release_at": ["16:00", "09:30"], "release_hold_hours": 12})
    assert chosen.release_at == (time(9, 30), time(16))
    assert slots.may_go_out(chosen, _utc(2026, 12, 3, 10)) == _utc(2026, 12, 4, 9, 30)
