"""Saying yes to the welcome letter, by a link that is one person's for one WARP; nothing is stored for it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from warp_hub.db import session
from warp_hub.mail import links
from warp_hub.memberships import agreements, invitations, people
from warp_hub.memberships.models import Membership, Person, Post, State, Warp
from warp_hub.moving.inviting import LIVES

PURPOSE = "keep sending"


@dataclass(frozen=True)
class Answer:
    """Who came by a link, to which WARP it speaks, and whether they have said yes already."""

    person: Person
    warp: Warp
    is_given: bool


def sign(person_id: UUID, warp_id: UUID) -> str:
    """Return what the welcome letter of a WARP to this person carries."""
    return links.sign(PURPOSE, person_id, warp=str(warp_id))


def by_link(token: str) -> Answer | None:
    """Return who came by a link; None for one that is forged, over, or of somebody who is on the list no more."""
    claim = links.read(PURPOSE, token, LIVES)
    person = None if claim is None else people.find_person(claim.person_id)
    if claim is None or person is None or person.state is not State.ACTIVE:
        return None
    if person.void_before is not None and claim.issued_at <= person.void_before:
        return None
    warp = session.scalars(select(Warp).where(Warp.id == UUID(claim.data["warp"]))).one()
    states = _posts(person.id, warp.id)
    return Answer(person, warp, State.INVITED not in states) if states else None


def waits_for(answer: Answer) -> list[str]:
    """Return the organisations of somebody for which the WARP's agreement has to be accepted before mail begins."""
    return [one.organisation.name for one in agreements.demands(answer.person.id) if one.warp.id == answer.warp.id]


def say_yes(answer: Answer) -> None:
    """Let a person have what goes to members of the WARP by mail; said twice, it stays said."""
    invitations.confirm(answer.person, "welcome letter", answer.warp)


def ask_for_invitation(answer: Answer) -> bool:
    """Have somebody who said yes sent what they need to sign in fully; say whether they had said it."""
    if answer.is_given:
        invitations.ask(answer.person)
    return answer.is_given


def _posts(person_id: UUID, warp_id: UUID) -> set[State]:
    """Return how somebody stands at the members of a WARP: noted, or a member."""
    held = (
        select(Post.state)
        .join(Membership, Membership.organisation_id == Post.organisation_id)
        .where(Post.person_id == person_id, Membership.warp_id == warp_id, Membership.state == State.ACTIVE)
        .where(Post.state.in_((State.INVITED, State.ACTIVE)))
    )
    return set(session.scalars(held))
