"""The outbox: posting a letter with its cause, finding what is due, what is in trouble, what is old."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import Select, delete, func, select, update

from warp_hub import background, clock, config
from warp_hub.db import new_id, session
from warp_hub.mail.models import Letter, LetterState

TASK = "deliver"
PART = "mail"
MOST_A_RUN = 500
_TIME_TO_RUN = timedelta(minutes=10)
_TIME_TO_SEND = timedelta(minutes=15)
_KEPT = timedelta(days=365)
_OPEN = (LetterState.WAITING, LetterState.SENDING, LetterState.UNKNOWN)
_TROUBLE = (LetterState.UNKNOWN, LetterState.FAILED)


class LetterNotInTrouble(Exception):
    """Only a letter that failed, and is still worth sending, can be tried again."""


@dataclass(frozen=True)
class Health:
    """How the mail stands: letters by what troubles them, and what troubles the way out."""

    waiting: int
    unknown: int
    failed_lately: int
    oldest_waiting: datetime | None
    trouble: str | None


def post(
    kind: str,
    person_id: UUID,
    *,
    warp_id: UUID | None = None,
    item_ids: Iterable[UUID] = (),
    expires_at: datetime,
    not_before: datetime | None = None,
) -> Letter:
    """Put one letter into the outbox; it leaves when, and only when, the caller's transaction commits."""
    given = {"warp_id": warp_id, "item_ids": item_ids, "expires_at": expires_at, "not_before": not_before}
    (letter,) = post_all(kind, [person_id], **given)  # type: ignore[arg-type]
    return letter


def post_all(
    kind: str,
    person_ids: Iterable[UUID],
    *,
    warp_id: UUID | None = None,
    item_ids: Iterable[UUID] = (),
    expires_at: datetime,
    not_before: datetime | None = None,
) -> list[Letter]:
    """Put the same letter to several people into the outbox, one letter each; none goes `not_before` its time."""
    now, items = clock.now(), list(item_ids)
    letters = [
        Letter(
            id=(letter_id := new_id()),
            kind=kind,
            person_id=person_id,
            warp_id=warp_id,
            item_ids=items,
            message_id=_message_id(letter_id),
            created_at=now,
            expires_at=expires_at,
            next_try_at=not_before or now + _TIME_TO_RUN,
        )
        for person_id in person_ids
    ]
    session.add_all(letters)
    if not_before is None:
        background.defer_many(session, TASK, [{"letter_id": str(letter.id)} for letter in letters])
    return letters


def start_due() -> str:
    """Put what waits for its next try on the queue, oldest first, and doubt sendings that were cut off."""
    cut_off = _doubt_what_was_cut_off()
    now = clock.now()
    due = (
        select(Letter.id)
        .where(Letter.state.in_((LetterState.WAITING, LetterState.UNKNOWN)), Letter.next_try_at <= now)
        .order_by(Letter.next_try_at)
        .limit(MOST_A_RUN)
        .with_for_update(skip_locked=True)
    )
    ids = session.scalars(due).all()
    session.execute(update(Letter).where(Letter.id.in_(ids)).values(next_try_at=now + _TIME_TO_RUN))
    background.defer_many(session, TASK, [{"letter_id": str(letter_id)} for letter_id in ids])
    return f"{len(ids)} tried again, {cut_off} cut off"


def doubt(letter: Letter, why: str) -> None:
    """Note that nobody knows whether the letter arrived: it is tried once more, under the same Message-ID."""
    letter.times_unknown += 1
    letter.claim, letter.reason, letter.next_try_at = None, why, clock.now()
    if letter.times_unknown > 1:
        letter.state, letter.finished_at = LetterState.FAILED, clock.now()
    else:
        letter.state = LetterState.UNKNOWN


def select_troubled(warp_id: UUID | None = None) -> Select[Letter]:
    """Select the letters of a WARP (of all without one) that failed or of which nobody knows, newest first."""
    troubled = select(Letter).where(Letter.state.in_(_TROUBLE)).order_by(Letter.created_at.desc(), Letter.id)
    return troubled if warp_id is None else troubled.where(Letter.warp_id == warp_id)


def retry(letter: Letter) -> None:
    """Send a failed letter again; raise LetterNotInTrouble for any other and for one that expired."""
    if letter.state is not LetterState.FAILED or letter.expires_at <= clock.now():
        raise LetterNotInTrouble
    letter.state, letter.reason, letter.finished_at = LetterState.WAITING, None, None
    letter.attempts, letter.times_unknown, letter.address_refused = 0, 0, False
    letter.next_try_at = clock.now() + _TIME_TO_RUN
    background.defer(session, TASK, letter_id=str(letter.id))


def health() -> Health:
    """Return how the mail stands."""
    waiting = Letter.state.in_((LetterState.WAITING, LetterState.SENDING))
    lately = (Letter.state == LetterState.FAILED) & (Letter.finished_at > clock.now() - timedelta(days=7))
    counts = select(
        func.count().filter(waiting),
        func.count().filter(Letter.state == LetterState.UNKNOWN),
        func.count().filter(lately),
        func.min(Letter.created_at).filter(waiting),
    ).where(Letter.state.in_(_OPEN) | lately)
    _, trouble = background.heartbeats().get(PART, (None, None))
    return Health(*session.execute(counts).one(), trouble)


def forget_old() -> int:
    """Remove letters that were finished long ago; return how many."""
    gone = session.execute(delete(Letter).where(Letter.finished_at < clock.now() - _KEPT))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _doubt_what_was_cut_off() -> int:
    cut_off = select(Letter).where(Letter.state == LetterState.SENDING, Letter.claimed_at < clock.now() - _TIME_TO_SEND)
    letters = session.scalars(cut_off.with_for_update(skip_locked=True)).all()
    for letter in letters:
        doubt(letter, "the worker stopped while sending it: nobody knows whether it arrived")
    session.flush()
    return len(letters)


def _message_id(letter_id: UUID) -> str:
    return f"<{letter_id}@{domain()}>"


def domain() -> str:
    """Return the hub's own domain for Message-ID, List-Id and greeting; never the machine's name or address."""
    host = urlsplit(config.current().base_url).hostname or ""
    is_name = not host.replace(".", "").isdigit() and ":" not in host
    return host if is_name else "warp-hub.invalid"
