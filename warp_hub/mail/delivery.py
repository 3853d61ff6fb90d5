"""Delivery: claim and commit, write for one person, send, mark.

Between send and mark a crash leaves the letter `sending`; after a while it is doubted, listed and tried once
more under the same Message-ID. So nothing is lost, and a kill makes at most one duplicate.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from flask_babel import force_locale
from sqlalchemy import func, select

from warp_hub import background, clock, db
from warp_hub.db import new_id, session
from warp_hub.mail import message, outbox
from warp_hub.mail.carriers import Carrier, carrier
from warp_hub.mail.letters import Cancelled, Recipient, Render, Rendered
from warp_hub.mail.models import Letter, LetterState
from warp_hub.mail.troubles import CarrierDown, PutOff, Refused, Unclear

MOST_ATTEMPTS = 12
MOST_REFUSALS = 3
FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=4)
PAUSE = timedelta(minutes=1)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class People:
    """What delivery asks of those who know people: who a letter goes to, and to stop mail to an address."""

    load: Callable[[UUID], Recipient | None]
    suspend: Callable[[UUID, str], None]


@dataclass(frozen=True)
class _Result:
    """How one try ended."""

    state: LetterState
    reason: str | None = None
    wait: timedelta | None = None
    refused_address: bool = False
    trouble: str | None = None
    asked_server: bool = False
    on_sent: Callable[[], None] | None = None
    on_left: Callable[[], None] | None = None


def deliver(
    letter_id: UUID, letters: Mapping[str, Render], people: People, by: Carrier | None = None
) -> LetterState | None:
    """Try to send one letter; return its state, or None where it is not to be sent now.

    Commits three times: the claim, the mark, and nothing in between but what the recipient may read.
    """
    letter = _claim(letter_id)
    if letter is None:
        return None
    try:
        result = _attempt(letter, letters, people, by or carrier())
    except CarrierDown as down:
        result = _Result(LetterState.WAITING, str(down), PAUSE, trouble=str(down))
    except PutOff as later:
        result = replace(_later(letter, str(later)), asked_server=True)
    except Refused as refused:
        result = _Result(LetterState.FAILED, str(refused), refused_address=refused.address, asked_server=True)
    return _mark(letter, result, people)


def _claim(letter_id: UUID) -> Letter | None:
    """Take the letter for us alone, or leave it: to another worker, to its end, to a better moment."""
    open_states = (LetterState.WAITING, LetterState.UNKNOWN)
    held = select(Letter).where(Letter.id == letter_id, Letter.state.in_(open_states))
    letter = session.scalars(held.with_for_update(skip_locked=True)).one_or_none()
    if letter is None:
        session.rollback()
        return None
    now = clock.now()
    if letter.expires_at <= now:
        letter.state, letter.reason, letter.finished_at = LetterState.CANCELLED, "it came too late", now
    elif way_is_shut():
        letter.next_try_at = now + PAUSE
    else:
        letter.state, letter.claim, letter.claimed_at = LetterState.SENDING, new_id(), now
        letter.attempts += 1
    session.commit()
    session.expunge(letter)
    return letter if letter.state is LetterState.SENDING else None


def way_is_shut() -> bool:
    """Say whether the carrier was found down a moment ago, so that not every letter waits for it anew."""
    at, trouble = background.heartbeats().get(outbox.PART, (None, None))
    return trouble is not None and at is not None and at > clock.now() - PAUSE


def _attempt(letter: Letter, letters: Mapping[str, Render], people: People, by: Carrier) -> _Result:
    recipient = people.load(letter.person_id)
    session.rollback()
    if recipient is None or recipient.refusal:
        return _Result(LetterState.CANCELLED, recipient.refusal if recipient else "the person is not known")
    try:
        rendered = _write(letter, letters, recipient)
        if isinstance(rendered, Cancelled):
            return _Result(LetterState.CANCELLED, rendered.reason)
        if recipient.stopped and rendered.to is None:
            return _Result(LetterState.CANCELLED, recipient.stopped)
        ready = message.build(letter, recipient, rendered)
    except message.UnusableAddress:
        return _Result(LetterState.FAILED, "the address cannot be used", refused_address=True)
    except Exception as error:
        _log.error("a letter of kind %s could not be written: %s", letter.kind, background.place_of(error))
        return _later(letter, f"it could not be written: {type(error).__name__}")
    try:
        by.send(ready, f"{letter.kind}-{letter.id}", again=letter.times_unknown > 0)
    except Unclear as unclear:
        return _Result(LetterState.UNKNOWN, str(unclear), on_left=rendered.on_left)
    except Refused as refused:
        # What another address of theirs refuses says nothing about their own.
        raise Refused(str(refused), address=refused.address and rendered.to is None) from None
    return _Result(LetterState.SENT, asked_server=True, on_sent=rendered.on_sent, on_left=rendered.on_left)


def _write(letter: Letter, letters: Mapping[str, Render], recipient: Recipient) -> Rendered | Cancelled:
    with force_locale(recipient.language), db.as_viewer(recipient.viewer.settings()):
        return letters[letter.kind](letter, recipient.viewer)


def _later(letter: Letter, reason: str) -> _Result:
    if letter.attempts >= MOST_ATTEMPTS:
        return _Result(LetterState.FAILED, f"given up after {letter.attempts} tries: {reason}")
    wait = min(FIRST_WAIT * 2 ** (letter.attempts - 1), LONGEST_WAIT)
    return _Result(LetterState.WAITING, reason, wait)


def _mark(letter: Letter, result: _Result, people: People) -> LetterState | None:
    """Note how the try ended, unless somebody doubted us meanwhile and took the letter over."""
    session.rollback()
    held = select(Letter).where(Letter.id == letter.id, Letter.claim == letter.claim).with_for_update()
    row = session.scalars(held).one_or_none()
    if row is None:
        session.rollback()
        return None
    _note(row, result)
    if result.refused_address and _refusals(row.person_id) >= MOST_REFUSALS:
        people.suspend(row.person_id, result.reason or "")
    if result.trouble or result.asked_server:
        background.beat(outbox.PART, result.trouble)
    for noting in (result.on_left, result.on_sent):
        _tell_the_room(noting)
    session.commit()
    return row.state


def _note(row: Letter, result: _Result) -> None:
    row.claim, row.reason, row.address_refused = None, result.reason, result.refused_address
    match result.state:
        case LetterState.UNKNOWN:
            outbox.doubt(row, result.reason or "")
            row.next_try_at += FIRST_WAIT
        case LetterState.WAITING:
            row.state, row.next_try_at = LetterState.WAITING, clock.now() + (result.wait or PAUSE)
            row.attempts -= 1 if result.trouble else 0  # a server that is down is no fault of the letter
        case ended:
            row.state, row.finished_at = ended, clock.now()
    session.flush()


def _refusals(person_id: UUID) -> int:
    """Count how often an address was refused for good since something last arrived there."""
    sent = select(func.max(Letter.finished_at)).where(Letter.person_id == person_id, Letter.state == LetterState.SENT)
    last = session.scalar(sent)
    refused = select(func.count()).where(Letter.person_id == person_id, Letter.address_refused)
    return session.scalar(refused if last is None else refused.where(Letter.finished_at > last)) or 0


def _tell_the_room(noting: Callable[[], None] | None) -> None:
    """Let the room note the delivery; whatever goes wrong there, the letter is gone and marked as such."""
    if noting is None:
        return
    try:
        with session.begin_nested():
            noting()
    except Exception as error:
        _log.error("a room could not note a delivery: %s", background.place_of(error))
