"""Sessions are rows: whoever has the cookie is their person until they end, time out or become void.

The row is the only record of when somebody signed in, and goes 30 days after its last use; the audit, which is kept for
good, has nothing of it.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update

from warp_hub import clock, config
from warp_hub.db import new_id, session
from warp_hub.memberships.models import Person, State
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.signin.federation import accounts
from warp_hub.signin.models import Session, Way

FRESH_FOR = timedelta(minutes=10)
KEPT_FOR = timedelta(days=30)
GIVEN_BY_HAND = (Proof.PASSWORD, Proof.FULL)


@dataclass(frozen=True)
class ByAccount:
    """By which account at a provider somebody came, and when they proved there who they are, where it says so."""

    account_id: UUID
    proved_at: datetime | None


def open_session(person_id: UUID, proof: Proof, by: ByAccount | None = None, way: Way | None = None) -> str:
    """Open a session of this proof, given this way, and return the value of its cookie."""
    token, now = _new_token(), clock.now()
    given_at = min(by.proved_at, now) if by and by.proved_at else None if by else now
    opened = Session(
        id=new_id(),
        token_hash=_hash(token),
        person_id=person_id,
        proof=proof,
        started=now,
        fresh_at=given_at if proof in GIVEN_BY_HAND else None,
        last_seen=_minute(now),
        desks=_desks(person_id, proof),
        account_id=by.account_id if by else None,
        way=Way.PROVIDER if by else way,
    )
    session.add(opened)
    return token


def find(token: str) -> tuple[Session, Person] | None:
    """Return the session of this cookie and its person, or None when it is over for whatever reason."""
    held = select(Session, Person).join(Person, Person.id == Session.person_id)
    found = session.execute(held.where(Session.token_hash == _hash(token))).one_or_none()
    if found is None or not _holds(found[0], found[1], clock.now()):
        return None
    return found[0], found[1]


def owner_of(token: str) -> UUID | None:
    """Return whose session this cookie was, over or not, while they may still sign in."""
    held = select(Person.id).join(Session, Session.person_id == Person.id)
    return session.scalar(held.where(Session.token_hash == _hash(token), Person.state == State.ACTIVE))


def proof_of(session_id: UUID) -> Proof:
    """Return what a session has proved, whatever it may see with that."""
    return session.scalars(select(Session.proof).where(Session.id == session_id)).one()


def is_by_account(session_id: UUID) -> bool:
    """Say whether an account at a provider opened a session."""
    return session.scalars(select(Session.account_id).where(Session.id == session_id)).one() is not None


def prove(session_id: UUID, proof: Proof, way: Way | None = None) -> str:
    """Raise what a session has proved, now; return the new value of its cookie, the old one is worth nothing.

    A passkey, once given, stays the way: whoever shows it and then gives a code has still shown it.
    """
    held = select(Session).where(Session.id == session_id, Session.ended.is_(None)).with_for_update()
    proved = session.scalars(held.execution_options(populate_existing=True)).one()
    token = _new_token()
    proved.token_hash = _hash(token)
    proved.proof = proof
    proved.fresh_at = clock.now()
    proved.desks = _desks(proved.person_id, proof)
    if way is not None and proved.way is not Way.PASSKEY:
        proved.way = way
    return token


def is_fresh(of: Session) -> bool:
    """Say whether a password, code or passkey was given a moment ago."""
    return of.proof in GIVEN_BY_HAND and of.fresh_at is not None and clock.now() - of.fresh_at <= FRESH_FOR


def ends_at(of: Session) -> datetime:
    """Return when a session ends however much it is used, to the minute."""
    return _minute(of.started) + timedelta(hours=config.current().session_hours)


def see(of: Session) -> bool:
    """Note that a session is in use, to the minute; say whether there was anything to note."""
    minute = _minute(clock.now())
    if minute <= of.last_seen:
        return False
    session.execute(update(Session).where(Session.id == of.id, Session.last_seen < minute).values(last_seen=minute))
    return True


def open_sessions(person_id: UUID) -> Sequence[Session]:
    """Return where a person is signed in, the last used first."""
    now = clock.now()
    held = (
        select(Session, Person)
        .join(Person, Person.id == Session.person_id)
        .where(Session.person_id == person_id, Session.ended.is_(None))
        .order_by(Session.last_seen.desc(), Session.started.desc())
    )
    return [row for row, person in session.execute(held) if _holds(row, person, now)]


def end(session_id: UUID, person_id: UUID) -> bool:
    """End one session of this person; say whether there was one."""
    return _end(person_id, Session.id == session_id) > 0


def end_others(person_id: UUID, but: UUID | None) -> int:
    """End every session of a person but one; return how many."""
    return _end(person_id, Session.id != but if but is not None else Session.id.is_not(None))


def sweep() -> int:
    """Remove sessions that nobody can have used for a month; return how many."""
    unused = delete(Session).where(Session.last_seen < clock.now() - KEPT_FOR)
    return int(session.execute(unused).rowcount)  # type: ignore[attr-defined]


def _end(person_id: UUID, which: object) -> int:
    ended = (
        update(Session)
        .where(Session.person_id == person_id, Session.ended.is_(None), which)  # type: ignore[arg-type]
        .values(ended=clock.now())
    )
    return int(session.execute(ended).rowcount)  # type: ignore[attr-defined]


def _holds(of: Session, person: Person, now: datetime) -> bool:
    settings = config.current()
    if of.ended is not None or person.state is not State.ACTIVE:
        return False
    if person.void_before is not None and of.started <= person.void_before:
        return False
    if now - of.last_seen > timedelta(minutes=settings.idle_minutes + 1):  # last_seen is cut to the minute
        return False
    if of.account_id is not None and not accounts.still_opens(of.account_id):
        return False
    return now - of.started <= timedelta(hours=settings.session_hours)


def _desks(person_id: UUID, proof: Proof) -> list[UUID]:
    return sorted(viewer_of(person_id, proof).keeps - {person_id})


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _new_token() -> str:
    return secrets.token_urlsafe(32)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()
