"""Personal tokens: what someone gives a tool of theirs (a firewall, a SIEM) to fetch with, in place of themselves.

A token receives what its owner receives, up to a label of its own, never TLP:RED and nothing early. It is shown
once; 256 random bits need no slow hash, so what is kept is their SHA-256. It dies with its day, with its owner's
place, and with everything else of theirs at `void_before`.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update

from warp_hub import audit, clock, mail, stix
from warp_hub.access import TOKEN_PREFIX
from warp_hub.db import new_id, session
from warp_hub.memberships.models import Person, State, Token
from warp_hub.memberships.people import find_person_by_email
from warp_hub.memberships.reading import read_name
from warp_hub.memberships.viewers import viewer_in_absence
from warp_hub.tlp import Marking, RedIsForEyes, Viewer

LETTER = "token_made"
LETTER_LIVES = timedelta(days=3)
LIVES = timedelta(days=90)
LONGEST_LIFE = timedelta(days=365)
LONGEST_NAME = 60
MOST = 20
KEPT_FOR = timedelta(days=90)
CEILINGS = tuple(marking for marking in Marking if marking is not Marking.RED)
HIGHEST = Marking.AMBER_STRICT
_RANDOM_BYTES = 32


class TokenRefused(Exception):
    """A token cannot be made; the text is one sentence that says why."""

    for_the_command_line = True


class NameTaken(TokenRefused):
    """The person has a token of this name that still works."""


class TooManyTokens(TokenRefused):
    """The person has as many tokens as one may have."""


class LivesTooLong(TokenRefused):
    """A token ends within a year, and not before it begins."""


@dataclass(frozen=True)
class TokenFound:
    """A good token: whose it is, and the viewer its owner is through it."""

    token_id: UUID
    person_id: UUID
    name: str
    email: str
    language: str
    ceiling: Marking
    viewer: Viewer


def mint(person_id: UUID, name: str, ceiling: Marking, expires_at: datetime, by: UUID | None = None) -> str:
    """Return a new token, which nobody can find out again, and tell its owner by letter that there is one.

    Raises TokenRefused, RedIsForEyes or Unreadable.
    """
    if ceiling is Marking.RED:
        raise RedIsForEyes
    now, called = clock.now(), read_name(name, longest=LONGEST_NAME)
    if not now < expires_at <= now + LONGEST_LIFE:
        raise LivesTooLong("A token lives for a year at most.")
    _make_room(person_id, called, now)
    secret = TOKEN_PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
    made = Token(
        id=new_id(),
        person_id=person_id,
        name=called,
        secret_hash=_hash(secret),
        ceiling=ceiling,
        made_at=now,
        expires_at=expires_at,
    )
    session.add(made)
    session.flush()
    told = {"token": str(made.id), "person": str(person_id), "ceiling": ceiling.value}
    audit.record("token.made", actor=by, detail=told | {"until": expires_at.date().isoformat()})
    mail.post(LETTER, person_id, expires_at=now + LETTER_LIVES)
    return secret


def find(email: str, secret: str) -> TokenFound | None:
    """Return the token of this owner, narrowed to its label; None for whatever is wrong with it or with them."""
    held = select(Token, Person).join(Person, Person.id == Token.person_id).where(Token.secret_hash == _hash(secret))
    row = session.execute(held).one_or_none()
    owner = row[1].email if row is not None else ""
    is_theirs = hmac.compare_digest(_folded(owner), _folded(email))
    if row is None or not is_theirs or not _is_alive(row[0], row[1], clock.now()):
        return None
    token, person = row
    whole = viewer_in_absence(person.id)
    if not whole.is_member:
        return None
    viewer = whole.under(token.ceiling)
    return TokenFound(token.id, person.id, person.name, person.email, person.language, token.ceiling, viewer)


def note_use(token_id: UUID) -> bool:
    """Note that a token was used today; say whether there was anything to note."""
    today = clock.now().date()
    unused = or_(Token.last_used_on.is_(None), Token.last_used_on < today)
    used = update(Token).where(Token.id == token_id, unused).values(last_used_on=today)
    return bool(session.execute(used).rowcount)  # type: ignore[attr-defined]


def tokens_of(person_id: UUID) -> Sequence[Token]:
    """Return a person's tokens that were not stopped, those that ran out too, the newest first."""
    held = select(Token).join(Person, Person.id == Token.person_id).where(Token.person_id == person_id)
    not_void = or_(Person.void_before.is_(None), Token.made_at > Person.void_before)
    return session.scalars(held.where(Token.revoked_at.is_(None), not_void).order_by(Token.made_at.desc())).all()


def revoke(token_id: UUID, person_id: UUID) -> bool:
    """Stop one token of this person at once; say whether there was one."""
    which = (Token.id == token_id, Token.person_id == person_id, Token.revoked_at.is_(None))
    stopped = session.execute(update(Token).where(*which).values(revoked_at=clock.now()))
    if not stopped.rowcount:  # type: ignore[attr-defined]
        return False
    audit.record("token.stopped", actor=person_id, detail={"token": str(token_id)})
    return True


def sweep() -> int:
    """Remove tokens that ended long ago; return how many."""
    before = clock.now() - KEPT_FOR
    over = delete(Token).where(or_(Token.expires_at < before, Token.revoked_at < before))
    return int(session.execute(over).rowcount)  # type: ignore[attr-defined]


def create_by_command(email: str, name: str, ceiling: str | None) -> Iterator[str]:
    """Make a token for the operator; yield what it is, and last the token alone."""
    person = find_person_by_email(email)
    if person is None:
        raise TokenRefused(f"there is no person with the address {email}")
    label = HIGHEST if ceiling is None else _read_ceiling(ceiling)
    expires_at = clock.now() + LIVES
    secret = mint(person.id, name, label, expires_at)
    yield f"a token for {person.email}, up to {label.value}, until {expires_at:%d %B %Y}; it is shown this once:"
    yield secret


def _make_room(person_id: UUID, name: str, now: datetime) -> None:
    """Take what ran out of the way of a new token of its name; raise where there is no room."""
    live = (Token.person_id == person_id, Token.revoked_at.is_(None))
    session.execute(update(Token).where(*live, Token.expires_at <= now).values(revoked_at=now))
    void = select(Person.void_before).where(Person.id == person_id).scalar_subquery()
    session.execute(update(Token).where(*live, Token.made_at <= void).values(revoked_at=now))
    if session.scalar(select(Token.id).where(*live, Token.name == name)) is not None:
        raise NameTaken(f"There is a token called {name} already.")
    if (session.scalar(select(func.count()).select_from(Token).where(*live)) or 0) >= MOST:
        raise TooManyTokens(f"One person may have {MOST} tokens. Stop one first.")


def _is_alive(token: Token, person: Person, now: datetime) -> bool:
    if token.revoked_at is not None or token.expires_at <= now or person.state is not State.ACTIVE:
        return False
    return person.void_before is None or token.made_at > person.void_before


def _read_ceiling(text: str) -> Marking:
    label = stix.read_label(text).marking or stix.read_label(f"TLP:{text}").marking
    if label not in CEILINGS:
        raise TokenRefused(f"a token may carry {', '.join(CEILINGS[:-1])} or {CEILINGS[-1]}, not {text}")
    return label


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode(errors="replace")).digest()


def _folded(email: str) -> bytes:
    return email.strip().casefold().encode(errors="replace")
