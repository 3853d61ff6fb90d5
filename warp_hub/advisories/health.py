"""How a source is doing: well, failed, without content, worth a remark, or silent for longer than it usually is."""

from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import median
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from warp_hub import clock
from warp_hub.advisories.models import Source, SourceRun, SourceWarp
from warp_hub.db import session

N_ = str  # marks a sentence for the translators
NOTHING_THERE = N_("there is nothing in it")
ALL_REFUSED = N_("all it sent needs checking")

# A source is silent when nothing new came for three times as long as usual, and for a day at least.
SILENCE, SHORTEST_SILENCE = 3, timedelta(days=1)
FEWEST_ARRIVALS, MOST_ARRIVALS = 4, 12
CERTIFICATE_ENDS = timedelta(days=30)


class Health(StrEnum):
    """How a source is doing, the worst first."""

    FAILED = "failed"
    PAUSED = "paused"
    NOT_ASKED = "not asked"
    EMPTY = "empty"
    REMARKABLE = "remarkable"
    WELL = "well"


def health_of(source: Source) -> Health:
    """Return how a source is doing."""
    if source.paused:
        return Health.PAUSED
    if source.failures:
        return Health.FAILED
    if source.last_ok_at is None:
        return Health.NOT_ASKED
    if source.empty:
        return Health.EMPTY
    return Health.REMARKABLE if source.remark else Health.WELL


def is_silent(source: Source, now: datetime) -> bool:
    """Say whether nothing new has come for much longer than is usual for this source."""
    if source.paused or source.last_new_at is None or source.usual_gap_minutes is None:
        return False
    usual = timedelta(minutes=source.usual_gap_minutes)
    return now - source.last_new_at > max(usual * SILENCE, SHORTEST_SILENCE)


def needs_attention(now: datetime) -> ColumnElement[bool]:
    """Say, in SQL, which sources a coordinator should look at."""
    minutes = func.extract("epoch", now - Source.last_new_at) / 60
    silent = and_(minutes > SILENCE * Source.usual_gap_minutes, Source.last_new_at < now - SHORTEST_SILENCE)
    troubled = or_(Source.failures > 0, Source.unsettled.is_(True), Source.empty != "", Source.remark != "", silent)
    ending = Source.certificate_until < now + CERTIFICATE_ENDS
    return and_(Source.paused.is_(False), or_(troubled, ending))


def needing_attention() -> dict[UUID, int]:
    """Return how many sources of each WARP a coordinator should look at; a WARP without any is left out."""
    held = select(SourceWarp.warp_id, func.count()).join(Source, Source.id == SourceWarp.source_id)
    held = held.where(needs_attention(clock.now())).group_by(SourceWarp.warp_id)
    return dict(session.execute(held).all())


def why_empty(source: Source, *, fetched: int, quarantined: int) -> str:
    """Return why a good run shows that a source brings nothing at all, or "" where it brings something."""
    if fetched and quarantined == fetched:
        return ALL_REFUSED
    if fetched:
        return ""
    # Nothing since the last time is the rule; nothing ever is not.
    return source.empty if source.last_new_at or source.empty else NOTHING_THERE


def usual_gap(source_id: UUID) -> int | None:
    """Return how many minutes usually lie between two runs that brought something new, once that can be told."""
    has_news = SourceRun.stored + SourceRun.updated > 0
    news = select(SourceRun.started_at).where(SourceRun.source_id == source_id, has_news)
    moments = session.scalars(news.order_by(SourceRun.started_at.desc()).limit(MOST_ARRIVALS)).all()
    if len(moments) < FEWEST_ARRIVALS:
        return None
    gaps = [later - earlier for later, earlier in pairwise(moments)]
    return max(1, int(median(gap.total_seconds() for gap in gaps) // 60))
