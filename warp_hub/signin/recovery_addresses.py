"""A way in for the day the council's mail is down: a letter to an address elsewhere, and a recovery code with it.

Neither is worth anything alone: the link asks for a code of the printed sheet, and no other letter ever goes to that
address. It is registered with a fresh proof, told to the council's mailbox, confirmed from its own, and sleeps for
two days, so that whoever sat down at somebody's open computer does not come in by it the same evening.
"""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update

from warp_hub import audit, clock, mail
from warp_hub.db import session
from warp_hub.mail import links
from warp_hub.memberships import people
from warp_hub.memberships.models import OrganisationDomain, Person, Post, State
from warp_hub.memberships.reading import read_address
from warp_hub.signin.recovery_models import RecoveryAddress

CONFIRM, WAY_IN = "recovery_address_confirm", "recovery_link"
ADDED, REMOVED, USED = "recovery_address_added", "recovery_address_removed", "recovery_address_used"
CONFIRM_WITHIN = timedelta(days=1)
SLEEPS = timedelta(days=2)
LINK_LIVES = timedelta(hours=1)
_TOLD_WITHIN = timedelta(days=2)
USE_KEPT = timedelta(days=30)


class SameMail(Exception):
    """The address is of the council's own mail, which would be down on the same day."""


def find(person_id: UUID) -> RecoveryAddress | None:
    """Return the address that a person gave, confirmed or not, or None."""
    return session.scalars(select(RecoveryAddress).where(RecoveryAddress.person_id == person_id)).one_or_none()


def find_good(person_id: UUID) -> RecoveryAddress | None:
    """Return the address that works or waits for its yes; None where there is none, or all of before was made void."""
    kept = find(person_id)
    return kept if kept is not None and _is_whole(kept) else None


def ask(person: Person, typed: str) -> RecoveryAddress:
    """Register an address in place of one before; write to it for a yes, and to the person that it was asked for."""
    address = read_address(typed)
    if _is_of_same_mail(person, address):
        raise SameMail(address)
    kept = find(person.id)
    if kept is None:
        kept = RecoveryAddress(person_id=person.id)
        session.add(kept)
    kept.address, kept.asked_at, kept.confirmed_at, kept.used_at = address, clock.now(), None, None
    session.flush()
    mail.post(CONFIRM, person.id, expires_at=clock.now() + CONFIRM_WITHIN)
    mail.post(ADDED, person.id, expires_at=clock.now() + _TOLD_WITHIN)
    audit.record("recovery-address.asked-for", actor=person.id)
    return kept


def remove(person_id: UUID) -> bool:
    """Forget a person's recovery address and tell them; say whether there was one."""
    kept = find(person_id)
    if kept is None:
        return False
    session.delete(kept)
    mail.post(REMOVED, person_id, expires_at=clock.now() + _TOLD_WITHIN)
    audit.record("recovery-address.removed", actor=person_id)
    return True


def confirm(token: str) -> bool:
    """Let an address be good from two days on, by the link that went to it; say whether the link was one."""
    kept = to_confirm(token)
    if kept is None:
        return False
    kept.confirmed_at = clock.now()
    audit.record("recovery-address.confirmed", actor=kept.person_id)
    return True


def to_confirm(token: str) -> RecoveryAddress | None:
    """Return the address that this link would confirm now."""
    kept = _of_link(CONFIRM, token, CONFIRM_WITHIN)
    return kept if kept is not None and kept.confirmed_at is None else None


def to_come_in(token: str) -> Person | None:
    """Return who may come in by this link and a recovery code, or None when it is over, used or void."""
    kept = _of_link(WAY_IN, token, LINK_LIVES)
    return people.find_person(kept.person_id) if kept is not None and is_awake(kept) else None


def note_use(person_id: UUID) -> None:
    """Let no earlier link come in again, and tell the person, in their own mailbox, that one did."""
    held = select(RecoveryAddress).where(RecoveryAddress.person_id == person_id).with_for_update()
    kept = session.scalars(held.execution_options(populate_existing=True)).one()
    kept.used_at = clock.now()
    mail.post(USED, person_id, expires_at=clock.now() + _TOLD_WITHIN)


def link_for_letter(kind: str, person_id: UUID) -> tuple[str, str] | None:
    """Return the address and the secret of the letter of this kind; None where nothing may go there."""
    kept = find(person_id)
    if kept is None or not _is_whole(kept) or (kind == WAY_IN and not is_awake(kept)):
        return None
    return kept.address, links.sign(kind, person_id, version=_version(kept))


def is_awake(kept: RecoveryAddress) -> bool:
    """Say whether somebody may come in by an address now."""
    return kept.confirmed_at is not None and clock.now() >= awake_from(kept.confirmed_at)


def awake_from(confirmed_at: datetime) -> datetime:
    """Return from when an address is good that was confirmed then."""
    return confirmed_at + SLEEPS


def sweep() -> int:
    """Forget addresses that nobody confirmed, those of people who left, and when one was used; return how many."""
    used = update(RecoveryAddress).where(RecoveryAddress.used_at < clock.now() - USE_KEPT).values(used_at=None)
    forgotten = session.execute(used, execution_options={"synchronize_session": False})
    left = select(Person.id).where(Person.state == State.LEFT)
    stale = RecoveryAddress.confirmed_at.is_(None) & (RecoveryAddress.asked_at < clock.now() - 2 * CONFIRM_WITHIN)
    gone = delete(RecoveryAddress).where(stale | RecoveryAddress.person_id.in_(left))
    return sum(done.rowcount for done in (forgotten, session.execute(gone)))  # type: ignore[attr-defined]


def _of_link(kind: str, token: str, lives: timedelta) -> RecoveryAddress | None:
    claim = links.read(kind, token, lives)
    kept = None if claim is None else find(claim.person_id)
    if claim is None or kept is None or claim.data.get("version") != _version(kept):
        return None
    return kept if _is_whole(kept) else None


def _is_whole(kept: RecoveryAddress) -> bool:
    """Say whether its person may sign in, and nothing since made void what they had."""
    person = people.find_person(kept.person_id)
    if person is None or person.state is not State.ACTIVE:
        return False
    return person.void_before is None or kept.asked_at > person.void_before


def _version(kept: RecoveryAddress) -> str:
    """Return what changes whenever the address, its yes or its use does, and tells nothing of them."""
    told = f"{kept.address}\n{kept.asked_at.isoformat()}\n{kept.confirmed_at}\n{kept.used_at}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _is_of_same_mail(person: Person, address: str) -> bool:
    held = (
        select(OrganisationDomain.domain)
        .join(Post, Post.organisation_id == OrganisationDomain.organisation_id)
        .where(Post.person_id == person.id)
    )
    theirs = {*session.scalars(held), person.email.rpartition("@")[2].lower()}
    domain = address.rpartition("@")[2].lower()
    return any(domain == of or domain.endswith(f".{of}") or of.endswith(f".{domain}") for of in theirs)
