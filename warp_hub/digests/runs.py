"""Runs: one person's digest of one WARP for one local day, from its selection to its delivery."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from warp_hub import mail
from warp_hub.db import new_id, session
from warp_hub.digests.models import DigestRun, DigestSlot, Watermark
from warp_hub.digests.selection import Selection, something_for
from warp_hub.mail import Letter, LetterState

NOTHING_NEW = "nothing new"
KIND = "digest"


def begin(
    warp_id: UUID, period: date, people: Mapping[UUID, str | None], *, expires_at: datetime, now: datetime
) -> tuple[int, int]:
    """Give each person a run, and a letter where there is news; return how many letters and how many skipped.

    `people` maps each to the reason why no mail goes to them, or None. Who has a run for the period already
    is left alone.
    """
    reachable = [person for person, refusal in people.items() if refusal is None]
    selection = something_for(warp_id, reachable, now)
    rows = [_run(warp_id, period, person, refusal, selection, now) for person, refusal in people.items()]
    if rows:
        session.execute(insert(DigestRun).on_conflict_do_nothing(), rows)
    ours = set(session.scalars(select(DigestRun.id).where(DigestRun.warp_id == warp_id, DigestRun.period == period)))
    kept = [row for row in rows if row["id"] in ours]
    with_news = {row["person_id"]: row["id"] for row in kept if row["skipped"] is None}
    _post(warp_id, with_news, expires_at)
    return len(with_news), len(kept) - len(with_news)


def delivered(run_id: UUID, printed: Collection[UUID], noticed: Collection[UUID], now: datetime) -> None:
    """Note that a digest has gone: the person is covered until its horizon, and never less than before."""
    run = session.scalars(select(DigestRun).where(DigestRun.id == run_id)).one_or_none()
    if run is None or run.horizon is None:
        return
    run.delivered_at, run.printed, run.noticed = now, sorted(printed), sorted(noticed)
    mark = insert(Watermark).values(person_id=run.person_id, warp_id=run.warp_id, covered_until=run.horizon)
    further = func.greatest(Watermark.covered_until, mark.excluded.covered_until)
    moved = mark.on_conflict_do_update(
        index_elements=[Watermark.person_id, Watermark.warp_id], set_={"covered_until": further}
    )
    session.execute(moved)


def find(letter_id: UUID) -> DigestRun | None:
    """Return the run that became this letter."""
    return session.scalars(select(DigestRun).where(DigestRun.letter_id == letter_id)).one_or_none()


def reopen(warp_id: UUID, period: date, people: Collection[UUID]) -> None:
    """Remove the runs of a period that brought these people nothing and will not any more."""
    ended = select(Letter.id).where(Letter.state.in_((LetterState.CANCELLED, LetterState.FAILED)))
    fruitless = or_(DigestRun.letter_id.is_(None), DigestRun.letter_id.in_(ended))
    theirs = (DigestRun.warp_id == warp_id, DigestRun.period == period, DigestRun.person_id.in_(people))
    session.execute(delete(DigestRun).where(*theirs, DigestRun.delivered_at.is_(None), fruitless))


def forget(before: date) -> int:
    """Remove the runs and slots of periods before a date; watermarks stay."""
    session.execute(delete(DigestSlot).where(DigestSlot.period < before))
    return int(session.execute(delete(DigestRun).where(DigestRun.period < before)).rowcount)  # type: ignore[attr-defined]


def _post(warp_id: UUID, runs: Mapping[UUID, UUID], expires_at: datetime) -> None:
    """Put each person's letter into the outbox and note it in their run."""
    letters = mail.post_all(KIND, runs, warp_id=warp_id, expires_at=expires_at)
    known = [{"id": runs[letter.person_id], "letter_id": letter.id} for letter in letters]
    if known:
        session.execute(update(DigestRun), known)


def _run(
    warp_id: UUID, period: date, person: UUID, refusal: str | None, selection: Selection, now: datetime
) -> dict[str, Any]:
    skipped = refusal or (None if person in selection.people else NOTHING_NEW)
    return {
        "id": new_id(),
        "person_id": person,
        "warp_id": warp_id,
        "period": period,
        "started_at": now,
        "horizon": None if skipped else selection.horizon,
        "skipped": skipped,
        "printed": [],
        "noticed": [],
    }
