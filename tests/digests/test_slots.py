"""When a digest is due: local wall time, once a local day, on both clock-change nights as well."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from warp_hub.digests.slots import Slot, latest_slot, next_beginning
from warp_hub.memberships.settings import Cadence, WarpSettings

EVERY_DAY = tuple(range(7))
WARP = uuid4()


def settings(at: time = time(7, 30), **given_settings: object) -> WarpSettings:
    return WarpSettings(digest_at=at, **given_settings)  # type: ignore[arg-type]


def slot(now: datetime, of: WarpSettings, cadence: Cadence = Cadence.DAILY) -> Slot:
    found = latest_slot(WARP, of, cadence, now)
    assert found is not None
    return found


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type]


def beginnings(of: WarpSettings, begin: datetime, end: datetime) -> list[tuple[date, datetime]]:
    """Return the periods a clock that looks every minute meets, each with the minute it first met it."""
    met: dict[date, datetime] = {}
    moment = begin
    while moment <= end:
        met.setdefault(slot(moment, of).period, moment)
        moment += timedelta(minutes=1)
    return list(met.items())


def test_the_time_is_wall_time_in_winter_and_in_summer() -> None:
    assert slot(utc(2026, 1, 14, 12), settings()).begins == utc(2026, 1, 14, 7, 30)
    assert slot(utc(2026, 7, 15, 12), settings()).begins == utc(2026, 7, 15, 6, 30)


def test_before_the_time_the_last_slot_is_that_of_the_day_before() -> None:
    assert slot(utc(2026, 1, 14, 7, 29), settings()).period == date(2026, 1, 13)
    assert slot(utc(2026, 1, 14, 7, 30), settings()).period == date(2026, 1, 14)


def test_a_weekend_has_no_digest_and_monday_has_one() -> None:
    assert slot(utc(2026, 1, 18, 12), settings()).period == date(2026, 1, 16)
    assert slot(utc(2026, 1, 19, 12), settings()).period == date(2026, 1, 19)


def test_a_weekly_digest_comes_on_its_day_alone() -> None:
    of = settings(weekly_day=3)
    assert slot(utc(2026, 1, 14, 12), of, Cadence.WEEKLY).period == date(2026, 1, 8)
    assert slot(utc(2026, 1, 15, 12), of, Cadence.WEEKLY).period == date(2026, 1, 15)


def test_half_past_one_comes_once_in_the_night_in_which_it_comes_twice() -> None:
    of = settings(time(1, 30), digest_days=EVERY_DAY)
    met = beginnings(of, utc(2026, 10, 24, 12), utc(2026, 10, 25, 12))
    assert met == [(date(2026, 10, 24), utc(2026, 10, 24, 12)), (date(2026, 10, 25), utc(2026, 10, 25, 0, 30))]


def test_half_past_one_comes_as_half_past_two_in_the_night_in_which_it_does_not_exist() -> None:
    of = settings(time(1, 30), digest_days=EVERY_DAY)
    met = beginnings(of, utc(2026, 3, 28, 12), utc(2026, 3, 29, 12))
    assert met == [(date(2026, 3, 28), utc(2026, 3, 28, 12)), (date(2026, 3, 29), utc(2026, 3, 29, 1, 30))]


def test_each_warp_has_its_own_zone() -> None:
    assert slot(utc(2026, 7, 15, 12), settings(zone="Europe/Athens")).begins == utc(2026, 7, 15, 4, 30)


def test_a_slot_ends_when_the_next_one_begins() -> None:
    friday = slot(utc(2026, 1, 16, 12), settings())
    assert friday.ends == utc(2026, 1, 19, 7, 30)
    assert slot(utc(2026, 1, 19, 12), settings(), Cadence.WEEKLY).ends == utc(2026, 1, 26, 7, 30)


def test_a_warp_without_days_has_no_daily_digest() -> None:
    assert latest_slot(WARP, settings(digest_days=()), Cadence.DAILY, utc(2026, 1, 14, 12)) is None


@given(
    now=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC)),
    at=st.times(),
    days=st.sets(st.sampled_from(EVERY_DAY), min_size=1).map(tuple),
    zone=st.sampled_from(["Europe/London", "Europe/Athens", "America/St_Johns", "Pacific/Chatham", "UTC"]),
)
def test_a_slot_has_begun_and_the_next_one_has_not(now: datetime, at: time, days: tuple[int, ...], zone: str) -> None:
    of = settings(at, digest_days=days, zone=zone)
    found = slot(now, of)
    assert found.begins <= now < found.ends
    assert found.period.weekday() in days
    assert next_beginning(of, Cadence.DAILY, found.begins) == found.ends
