"""Invitations: a single-use way in for one person, of which only a hash is kept; and posts nobody confirmed yet.

The secret follows from the invitation's id and the installation's secret, so that the letter which carries it
is written when it leaves and neither the outbox nor a backup of the database holds a way in.
"""

import base64
import hashlib
import hmac
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from warp_hub import audit, clock, config, mail
from warp_hub.db import new_id, session
from warp_hub.memberships import confirming
from warp_hub.memberships.authority import require_person
from warp_hub.memberships.models import Invitation, Membership, Person, Post, State, Warp

LETTER = "invitation"
LIVES = timedelta(days=14)
AGAIN_AFTER = timedelta(hours=1)


class InvitationOver(Exception):
    """The invitation was used, ran out, was made void or never was; which of them is nobody's business."""


def mint(person: Person, by: UUID | None = None, ttl: timedelta = LIVES) -> str:
    """Return the secret of a new invitation; those before it are over."""
    _void_others(person.id)
    now = clock.now()
    invitation = Invitation(id=new_id(), person_id=person.id, made_at=now, expires_at=now + ttl, token_hash=b"")
    secret = _secret(invitation.id)
    invitation.token_hash = _hash(secret)
    session.add(invitation)
    session.flush()
    audit.record("person.invited", actor=by, detail={"person": str(person.id)})
    return secret


def invite(person: Person, by: UUID | None = None, ttl: timedelta = LIVES) -> None:
    """Invite a person by letter."""
    require_person(by, person)
    mint(person, by, ttl)
    mail.post(LETTER, person.id, expires_at=clock.now() + ttl)


def ask(person: Person) -> None:
    """Invite a person who asks for it and has shown that the mailbox is theirs; not twice within the hour."""
    lately = select(Invitation.id).where(Invitation.person_id == person.id, Invitation.used_at.is_(None))
    if session.scalars(lately.where(Invitation.made_at > clock.now() - AGAIN_AFTER).limit(1)).first() is None:
        mint(person, person.id)
        mail.post(LETTER, person.id, expires_at=clock.now() + LIVES)


def confirm(person: Person, by_what: str, warp: Warp | None = None) -> int:
    """Make the posts count that were only noted, in one WARP or in all, since their person said so; return how many."""
    noted = select(Post).where(Post.person_id == person.id, Post.state == State.INVITED)
    if warp is not None:
        members = select(Membership.organisation_id).where(Membership.warp_id == warp.id)
        noted = noted.where(Post.organisation_id.in_(members.where(Membership.state == State.ACTIVE)))
    posts = session.scalars(noted.with_for_update().execution_options(populate_existing=True)).all()
    for post in posts:
        post.state = State.ACTIVE
        detail = {"organisation": str(post.organisation_id), "by": by_what}
        audit.record("post.confirmed", actor=person.id, warp=warp.id if warp else None, detail=detail)
    session.flush()
    confirming.confirm_mailbox(person, by_what)
    return len(posts)


def find(secret: str) -> Person | None:
    """Return whom a secret invites now, or None."""
    invitation = session.scalars(select(Invitation).where(Invitation.token_hash == _hash(secret))).one_or_none()
    return None if invitation is None else _guest(invitation)


def redeem(secret: str) -> Person:
    """Use an invitation up and return its person; of several who try at once only the first does."""
    held = select(Invitation).where(Invitation.token_hash == _hash(secret)).with_for_update()
    invitation = session.scalars(held.execution_options(populate_existing=True)).one_or_none()
    person = None if invitation is None else _guest(invitation)
    if person is None:
        raise InvitationOver
    _void_others(person.id)
    audit.record("invitation.redeemed", actor=person.id)
    confirm(person, "invitation")
    return person


def secret_for_letter(person_id: UUID) -> str | None:
    """Return the secret of a person's open invitation, for the letter that carries it; None without one."""
    held = select(Invitation).where(Invitation.person_id == person_id, Invitation.used_at.is_(None))
    invitation = session.scalars(held.order_by(Invitation.made_at.desc()).limit(1)).one_or_none()
    if invitation is None or _guest(invitation) is None:
        return None
    secret = _secret(invitation.id)
    # After a change of the installation's secret the hash is another's: such an invitation is over.
    return secret if hmac.compare_digest(_hash(secret), invitation.token_hash) else None


def _guest(invitation: Invitation) -> Person | None:
    if invitation.used_at is not None or invitation.expires_at <= clock.now():
        return None
    person = session.scalars(select(Person).where(Person.id == invitation.person_id)).one()
    is_void = person.void_before is not None and invitation.made_at <= person.void_before
    return None if is_void or person.state is not State.ACTIVE else person


def _void_others(person_id: UUID) -> None:
    opened = (Invitation.person_id == person_id, Invitation.used_at.is_(None))
    session.execute(update(Invitation).where(*opened).values(used_at=clock.now()))


def _secret(invitation_id: UUID) -> str:
    key = config.current().secret().encode()
    told = hmac.digest(key, b"invitation:" + invitation_id.bytes, "sha256")
    return base64.urlsafe_b64encode(told).rstrip(b"=").decode()


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
