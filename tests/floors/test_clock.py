"""The clock runs on from a set moment, inside one context, and only there."""

from datetime import UTC, datetime, timedelta

import pytest

from warp_hub import clock


def test_a_set_clock_runs_on_and_is_given_back() -> None:
    then = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    with clock.at(then):
        first = clock.now()
        assert timedelta(0) <= first - then < timedelta(seconds=1)
        with clock.at(then + timedelta(days=1)):
            assert clock.now() - then >= timedelta(days=1)
        assert clock.now() >= first
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=1)


def test_a_moment_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"), clock.at(datetime(2026, 3, 1)):
        pass


def test_wall_time_follows_the_clock_change() -> None:
    assert clock.local(datetime(2026, 10, 25, 0, 30, tzinfo=UTC)).strftime("%H:%M %Z") == "01:30 BST"
    assert clock.local(datetime(2026, 10, 25, 1, 30, tzinfo=UTC)).strftime("%H:%M %Z") == "01:30 GMT"
