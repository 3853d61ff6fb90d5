"""Telling those who follow: a named reply soon, at most one letter an item in half an hour; the rest next morning.

A letter about a reply of "a member" goes with the morning's round, to the author as to everybody, so that no
row of the outbox or of a job tells when it was written.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import or_, select, update

from warp_hub import clock, mail
from warp_hub.background.slots import latest_day
from warp_hub.db import session
from warp_hub.discussions import following
from warp_hub.discussions.models import Reply
from warp_hub.mail.models import Letter
from warp_hub.sharing.visibility import house_read

KIND = "reply"
MORNING = time(7)
AT_MOST_EVERY = timedelta(minutes=30)
WORTH_SENDING_FOR = timedelta(days=3)
MOST_AT_ONCE = 1000


def tell_due() -> str:
    """Post the letters that are due; return how many, for the timetable."""
    now = clock.now()
    said: dict[UUID, list[Reply]] = defaultdict(list)
    for reply in _untold(now):
        said[reply.item_id].append(reply)
    for item_id in _told_lately(now) & said.keys():
        del said[item_id]
    posted = sum(_tell(item_id, replies) for item_id, replies in said.items())
    return f"{posted} letters" if posted else ""


def _untold(now: datetime) -> Sequence[Reply]:
    spoken_before = latest_day(now, MORNING) or date.min
    is_due = or_(Reply.author.is_not(None), Reply.said_on < spoken_before)
    untold = select(Reply).where(~Reply.told, is_due).order_by(Reply.item_id, Reply.place).limit(MOST_AT_ONCE)
    return session.scalars(house_read(untold, "telling who follows")).all()


def _told_lately(now: datetime) -> set[UUID]:
    lately = select(Letter.item_ids).where(Letter.kind == KIND, Letter.created_at > now - AT_MOST_EVERY)
    return {ids[0] for ids in session.scalars(lately) if ids}


def _tell(item_id: UUID, replies: Sequence[Reply]) -> int:
    """Post a letter to each who follows, about what others said; the item's id comes first, then the replies'."""
    expires, posted = clock.now() + WORTH_SENDING_FOR, 0
    for person in following.followers_of(item_id):
        others = [reply.id for reply in replies if reply.author != person and reply.gone is None]
        if others:
            mail.post(KIND, person, item_ids=[item_id, *others], expires_at=expires)
            posted += 1
    told = update(Reply).where(Reply.id.in_([reply.id for reply in replies])).values(told=True)
    session.execute(told.execution_options(synchronize_session=False))
    return posted
