"""What a person gives to come in, checked: a password, a code, a link from a letter.

Each check is throttled by who is meant and by where it comes from, and says no more than yes or no.
"""

import hashlib
import logging
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from warp_hub import audit, clock, mail
from warp_hub.db import session
from warp_hub.mail import links
from warp_hub.memberships import people
from warp_hub.memberships.directory import warps_of
from warp_hub.memberships.models import Person, State
from warp_hub.memberships.reading import Unreadable, read_address
from warp_hub.memberships.viewers import Proof
from warp_hub.pages.redirects import local_path
from warp_hub.signin import codes, passkeys, passwords, recovery, sessions, throttle
from warp_hub.signin.models import Credential
from warp_hub.signin.passkeys import PasskeyCopied, PasskeyRefused

log = logging.getLogger(__name__)

OPEN_LINK_LIVES = timedelta(days=30)
RESET_LINK_LIVES = timedelta(hours=1)
NOTICE_LIVES = timedelta(days=2)


@dataclass(frozen=True)
class Arrival:
    """Someone who came by a link from a letter, and the page it leads to."""

    person: Person
    onward: str


def check_password(typed_address: str, password: str, source: str) -> Person | None:
    """Return the person whose password this is; None for any other, after the same work. May raise TooManyTries."""
    address = normalised(typed_address)
    turn = throttle.take_turn("password", address, source)
    held = select(Person, Credential).outerjoin(Credential, Credential.person_id == Person.id)
    person, credential = session.execute(held.where(func.lower(Person.email) == address)).one_or_none() or (None, None)
    is_right = passwords.matches(credential.password_hash if credential else None, password)
    if not is_right or person is None or person.state is not State.ACTIVE:
        turn.failed()
        log.warning("sign-in refused from %s", throttle.network_of(source))
        return None
    turn.succeeded()
    if credential is not None and passwords.is_outdated(credential.password_hash):
        credential.password_hash = passwords.hash_of(password)
    return person


def check_code(person_id: UUID, typed: str, source: str) -> bool:
    """Say whether this is the person's code of now, and use it up. May raise TooManyTries."""
    turn = throttle.take_turn("code", str(person_id), source)
    if codes.accept(person_id, typed):
        turn.succeeded()
        return True
    turn.failed()
    log.warning("second step refused from %s", throttle.network_of(source))
    return False


def check_recovery_code(person_id: UUID, typed: str, source: str) -> bool:
    """Say whether this is an unused recovery code of the person's, use it up, and tell them by letter.

    May raise TooManyTries.
    """
    turn = throttle.take_turn("recovery", str(person_id), source)
    if not recovery.accept(person_id, typed):
        turn.failed()
        log.warning("recovery code refused from %s", throttle.network_of(source))
        return False
    turn.succeeded()
    mail.post("recovery_code_used", person_id, expires_at=clock.now() + NOTICE_LIVES)
    return True


def check_passkey(
    answer: str, browser: str, source: str, typed_address: str = "", only: UUID | None = None
) -> tuple[Person, Proof]:
    """Return whose passkey answered and what that proves; raise PasskeyRefused, PasskeyCopied or TooManyTries.

    A passkey of anybody but `only`, or of whoever has the address that was typed, is refused. Its owner hears by
    letter that one may have been copied.
    """
    turn = throttle.take_turn("passkey", "", source)
    try:
        passkey, verified = passkeys.accept(answer, browser)
        person = people.find_person(passkey.person_id)
        if person is None or only not in (None, person.id):
            raise PasskeyRefused
        if typed_address.strip() and normalised(typed_address) != person.email.lower():
            raise PasskeyRefused
    except PasskeyRefused:
        turn.failed()
        log.warning("passkey refused from %s", throttle.network_of(source))
        raise
    except PasskeyCopied as copied:
        turn.failed()
        owner = copied.passkey.person_id
        mail.post("passkey_copied", owner, expires_at=clock.now() + NOTICE_LIVES)
        audit.record("passkey.copied", actor=owner)
        raise
    turn.succeeded()
    return person, Proof.FULL if verified else Proof.PASSWORD


def set_password(person: Person, password: str, keep: UUID | None = None) -> None:
    """Give a person this password; every session but the one to keep ends, and they are told by letter."""
    held = select(Credential).where(Credential.person_id == person.id).with_for_update()
    credential = session.scalars(held.execution_options(populate_existing=True)).one_or_none()
    hashed, now = passwords.hash_of(password), clock.now()
    if credential is None:
        session.add(Credential(person_id=person.id, password_hash=hashed, password_set_at=now))
        session.flush()
    else:
        credential.password_hash, credential.password_set_at = hashed, now
        mail.post("password_changed", person.id, expires_at=now + NOTICE_LIVES)
    sessions.end_others(person.id, keep)
    audit.record("password.set", actor=person.id)


def tell(person_id: UUID, kind: str) -> None:
    """Tell a person by letter that how they sign in has changed."""
    mail.post(kind, person_id, expires_at=clock.now() + NOTICE_LIVES)


def by_open_link(token: str) -> Arrival | None:
    """Return who came by a link that opens a page, or None when it is over."""
    claim = links.read("open", token, OPEN_LINK_LIVES)
    person = None if claim is None else _still(claim)
    return None if person is None or claim is None else Arrival(person, local_path(claim.data.get("next")))


def by_reset_link(token: str) -> Person | None:
    """Return who came by a link to a new password, or None when it is over, used, or older than the password."""
    claim = links.read("reset", token, RESET_LINK_LIVES)
    person = None if claim is None else _still(claim)
    if person is None or claim is None or claim.data.get("version") != password_version(person.id):
        return None
    return person


def password_version(person_id: UUID) -> str:
    """Return what changes when a person's password does, and tells nothing of it."""
    stored = session.scalar(select(Credential.password_hash).where(Credential.person_id == person_id))
    return hashlib.sha256((stored or "none").encode()).hexdigest()[:32]


def known_of(person_id: UUID, name: str, email: str) -> tuple[str, ...]:
    """Return what others know of a person, which makes a bad password."""
    return name, email, *(warp.name for warp in warps_of(person_id))


def normalised(typed_address: str) -> str:
    """Return an address in the form in which it is compared and counted, even when it is none."""
    try:
        return read_address(typed_address).lower()
    except Unreadable:
        return typed_address.strip().lower()[:320]


def _still(claim: links.Claim) -> Person | None:
    """Return the person of a link if they may still come in and it is younger than what made links void."""
    person = people.find_person(claim.person_id)
    if person is None or person.state is not State.ACTIVE:
        return None
    return None if person.void_before is not None and claim.issued_at <= person.void_before else person
