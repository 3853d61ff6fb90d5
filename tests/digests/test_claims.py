"""A slot belongs to whoever claimed it first."""

from tests import factories
from tests.digests.post_room import PostRoom
from warp_hub import clock, db
from warp_hub.digests import schedule


def test_a_slot_that_another_clock_has_claimed_is_left_alone(post_room: PostRoom) -> None:
    midshire = factories.warp("Midshire")
    (slot, *_) = schedule.due(clock.now(), midshire.id)

    assert schedule.start(slot, clock.now()) is not None
    db.session.commit()
    assert schedule.start(slot, clock.now()) is None
