"""Invitations: a single-use way in for one person, of which only a hash is kept; and posts nobody confirmed yet.

An invitation is for what its writer may speak for: the organisations that they lead, or whose WARP they run. Accepted,
it lets the posts there count, and no others: two who invite the same person write two letters, each asking for itself.

The secret follows from the invitation's id and the installation's secret, so that the letter which carries it
is written when it leaves and neither the outbox nor a backup of the database holds a way in.
"""

import base64
import hashlib
import hmac
from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, Uuid, cast, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from warp_hub import audit, clock, config, mail
from warp_hub.db import new_id, session
from warp_hub.memberships import confirming
from warp_hub.memberships.authority import leads, may_serve, require_person
from warp_hub.memberships.models import Invitation, Membership, Organisation, Person, Post, State, Warp

LETTER = "invitation"
LIVES = timedelta(days=14)
AGAIN_AFTER = timedelta(hours=1)


class InvitationOver(Exception):
    """The invitation was used, ran out, was made void or never was; which of them is nobody's business."""


def mint(person: Person, by: UUID | None = None, ttl: timedelta = LIVES) -> str:
    """Return the secret of a new invitation; those before it are over which are for no other organisation."""
    return _secret(_make(person, by, ttl).id)


def write_to(person: Person, by: UUID | None = None, ttl: timedelta = LIVES) -> None:
    """Invite a person by letter; who may is the caller's to have asked."""
    made = _make(person, by, ttl)
    mail.post(LETTER, person.id, item_ids=[made.id], expires_at=made.expires_at)


def invite(person: Person, by: UUID | None = None, ttl: timedelta = LIVES) -> None:
    """Invite a person by letter; raise NotTheirs where their place is not `by`'s to change."""
    require_person(by, person)
    write_to(person, by, ttl)


def ask(person: Person) -> None:
    """Invite a person who asks for it and has shown that the mailbox is theirs; not twice within the hour."""
    lately = select(Invitation.id).where(Invitation.person_id == person.id, Invitation.used_at.is_(None))
    if session.scalars(lately.where(Invitation.made_at > clock.now() - AGAIN_AFTER).limit(1)).first() is None:
        write_to(person, person.id)


def confirm(person: Person, by_what: str, warp: Warp) -> int:
    """Make somebody's posts in a WARP count that were only noted, since they said so; return how many."""
    members = select(Membership.organisation_id).where(Membership.warp_id == warp.id)
    return _confirm(person, by_what, members.where(Membership.state == State.ACTIVE), warp)


def go_on(person_id: UUID, old: UUID, new: UUID) -> None:
    """Let somebody's open invitations to an organisation be for the one that takes its place, too."""
    opened = (Invitation.person_id == person_id, Invitation.used_at.is_(None), Invitation.organisations.contains([old]))
    also = func.array_append(Invitation.organisations, new)
    session.execute(update(Invitation).where(*opened).values(organisations=also))


def find(secret: str) -> Person | None:
    """Return whom a secret invites now, or None."""
    invitation = _find(secret)
    return None if invitation is None else _guest(invitation)


def organisations_named(secret: str) -> Sequence[str]:
    """Return the names of the organisations for which a secret invites, by name; those still to be said yes to."""
    invitation = _find(secret)
    if invitation is None:
        return []
    noted = (Post.person_id == invitation.person_id, Post.state == State.INVITED)
    held = select(Organisation.name).join(Post, Post.organisation_id == Organisation.id).where(*noted)
    return session.scalars(held.where(Organisation.id.in_(invitation.organisations)).order_by(Organisation.name)).all()


def redeem(secret: str) -> Person:
    """Use an invitation up, let the posts count that it names, and return its person; of several at once the first."""
    held = select(Invitation).where(Invitation.token_hash == _hash(secret)).with_for_update()
    invitation = session.scalars(held.execution_options(populate_existing=True)).one_or_none()
    person = None if invitation is None else _guest(invitation)
    if invitation is None or person is None:
        raise InvitationOver
    _void_within(person.id, invitation.organisations)
    audit.record("invitation.redeemed", actor=person.id)
    _confirm(person, "invitation", invitation.organisations)
    return person


def secret_for_letter(person_id: UUID, which: Collection[UUID] = ()) -> str | None:
    """Return the secret of a person's open invitation, that one or the newest, for the letter that carries it."""
    held = select(Invitation).where(Invitation.person_id == person_id, Invitation.used_at.is_(None))
    held = held.where(Invitation.id.in_(which)) if which else held
    invitation = session.scalars(held.order_by(Invitation.made_at.desc()).limit(1)).one_or_none()
    if invitation is None or _guest(invitation) is None:
        return None
    secret = _secret(invitation.id)
    # After a change of the installation's secret the hash is another's: such an invitation is over.
    return secret if hmac.compare_digest(_hash(secret), invitation.token_hash) else None


def _make(person: Person, by: UUID | None, ttl: timedelta) -> Invitation:
    noted = select(Post.organisation_id).where(Post.person_id == person.id, Post.state == State.INVITED)
    named = [of for of in session.scalars(noted) if may_serve(by, of) or leads(by, of)]
    _void_within(person.id, named)
    made, now = new_id(), clock.now()
    invitation = Invitation(id=made, person_id=person.id, made_at=now, expires_at=now + ttl, organisations=named)
    invitation.token_hash = _hash(_secret(made))
    session.add(invitation)
    session.flush()
    audit.record("person.invited", actor=by, detail={"person": str(person.id)})
    return invitation


def _find(secret: str) -> Invitation | None:
    return session.scalars(select(Invitation).where(Invitation.token_hash == _hash(secret))).one_or_none()


def _confirm(person: Person, by_what: str, at: Select[UUID] | Sequence[UUID], warp: Warp | None = None) -> int:
    noted = select(Post).where(Post.person_id == person.id, Post.state == State.INVITED, Post.organisation_id.in_(at))
    posts = session.scalars(noted.with_for_update().execution_options(populate_existing=True)).all()
    for post in posts:
        post.state = State.ACTIVE
        detail = {"organisation": str(post.organisation_id), "by": by_what}
        audit.record("post.confirmed", actor=person.id, warp=warp.id if warp else None, detail=detail)
    session.flush()
    confirming.confirm_mailbox(person, by_what)
    return len(posts)


def _guest(invitation: Invitation) -> Person | None:
    if invitation.used_at is not None or invitation.expires_at <= clock.now():
        return None
    person = session.scalars(select(Person).where(Person.id == invitation.person_id)).one()
    is_void = person.void_before is not None and invitation.made_at <= person.void_before
    return None if is_void or person.state is not State.ACTIVE else person


def _void_within(person_id: UUID, organisations: Sequence[UUID]) -> None:
    """End somebody's open invitations that are for none but these organisations."""
    opened = (Invitation.person_id == person_id, Invitation.used_at.is_(None))
    within = Invitation.organisations.contained_by(cast(list(organisations), ARRAY(Uuid())))
    session.execute(update(Invitation).where(*opened, within).values(used_at=clock.now()))


def _secret(invitation_id: UUID) -> str:
    key = config.current().secret().encode()
    told = hmac.digest(key, b"invitation:" + invitation_id.bytes, "sha256")
    return base64.urlsafe_b64encode(told).rstrip(b"=").decode()


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
