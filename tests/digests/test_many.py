"""Thousands of personal digests are chosen and posted in one go, well within a minute."""

import time
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import func, select

from tests import factories
from tests.digests.post_room import PostRoom
from tests.sizes import SIZES
from warp_hub import clock, db, mail
from warp_hub.digests import schedule
from warp_hub.digests.compose import CARRIED
from warp_hub.memberships.models import Membership, MembershipKind, Organisation, Person, Post, PostKind, State
from warp_hub.sharing.store import load
from warp_hub.tlp import Marking

A_MINUTE = 60
PEOPLE_AT_ONE = 4


def test_everybodys_digest_is_in_the_outbox_within_a_minute(post_room: PostRoom) -> None:
    warp = factories.warp("Midshire", settings={"digest_days": list(range(7))})
    everyone(SIZES.digests, warp.id)
    for hours in range(1, 40):
        marking, kind = list(Marking)[hours % 4], CARRIED[hours % len(CARRIED)]
        factories.item(marking, to=[warp], kind=kind, passed_by=[warp.id], published=timedelta(hours=-hours))
    began = time.perf_counter()
    started = schedule.start_due(clock.now())
    db.session.commit()
    took = time.perf_counter() - began
    print(f"{SIZES.digests} digests in the outbox: {took:.2f} s")
    assert sum(one.posted for one in started) == SIZES.digests
    assert db.session.scalar(select(func.count()).select_from(mail.Letter)) == SIZES.digests
    assert took < A_MINUTE * max(SIZES.digests, 100) / 5000


def everyone(count: int, warp_id: object) -> None:
    """Add people at member organisations of a WARP, a few at each."""
    homes = [uuid4() for _ in range(count // PEOPLE_AT_ONE + 1)]
    people = [uuid4() for _ in range(count)]
    load(
        Organisation,
        [
            {"id": home, "name": f"Body {home}", "short_name": "", "kind": "", "region": "", "also_known_as": []}
            for home in homes
        ],
    )
    load(
        Membership,
        [
            {"organisation_id": home, "warp_id": warp_id, "kind": MembershipKind.FULL, "state": State.ACTIVE}
            for home in homes
        ],
    )
    load(
        Person,
        [
            {"id": who, "email": f"{who}@a.example", "name": "Robin", "language": "en", "state": State.ACTIVE}
            for who in people
        ],
    )
    load(
        Post,
        [
            {
                "person_id": who,
                "organisation_id": homes[number // PEOPLE_AT_ONE],
                "kind": PostKind.OFFICER,
                "state": State.ACTIVE,
            }
            for number, who in enumerate(people)
        ],
    )
    db.session.commit()
