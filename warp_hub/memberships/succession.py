"""A council that is replaced by another: its people and names go on there, what was addressed to it does not.

Reorganisations end councils by the dozen. The successor is a member already; what the old one received stays where it
was addressed, since nobody gave it to the new one.
"""

from uuid import UUID

from sqlalchemy import select

from warp_hub import audit
from warp_hub.db import new_id, session
from warp_hub.memberships import invitations, organisations, people
from warp_hub.memberships.authority import GONE, NotTheirs, may_name_lead, require_decision, serves_alone
from warp_hub.memberships.models import Membership, Organisation, Person, Post, PostKind, State, Warp
from warp_hub.memberships.reading import domain_of

_GOES_ON = (State.ACTIVE, State.INVITED)


def replace(old: Organisation, new: Organisation, warp: Warp, reason: str, by: UUID) -> int:
    """End an organisation's place in a WARP in favour of another member of it; return how many people went along.

    Who leads the old one leads the new one while it has room for them. Where another WARP looks after the new one too,
    whoever has no address there says yes first, by an invitation. The old one's places elsewhere, and its posts
    as long as it has any, stay as they are.
    """
    require_decision(by, old, warp)
    both = select(Organisation).where(Organisation.id.in_((old.id, new.id))).order_by(Organisation.id)
    session.scalars(both.with_for_update(key_share=True)).all()
    ended = organisations.find_membership(old, warp)
    if ended is None or ended.state in GONE:
        raise organisations.NotAMember(old.name)
    place = organisations.find_membership(new, warp)
    if old.id == new.id or place is None or place.state is not State.ACTIVE:
        raise NotTheirs(warp.slug)
    moved = sum(_take_along(post, new, reason, by) for post in _posts(old.id))
    organisations.leave(old, warp, by, reason)
    session.flush()
    if _stands_nowhere(old.id):
        for post in _posts(old.id):
            if post.state is not State.LEFT:
                post.state = State.LEFT
                _note("person.left-post", post, by, reason=reason)
    _keep_names(old, new)
    old.successor_id = new.id
    detail = {"organisation": str(old.id), "successor": str(new.id), "reason": reason, "people": moved}
    audit.record("organisation.replaced", actor=by, warp=warp.id, detail=detail)
    return moved


def _take_along(post: Post, new: Organisation, reason: str, by: UUID) -> bool:
    if post.state not in _GOES_ON:
        return False
    held = select(Post).where(Post.person_id == post.person_id, Post.organisation_id == new.id)
    there = session.scalars(held).one_or_none()
    if there is not None and there.state is not State.LEFT:
        return False
    if there is None:
        there = Post(id=new_id(), person_id=post.person_id, organisation_id=new.id)
        session.add(there)
    may_lead = post.kind is PostKind.LEAD and may_name_lead(by, new.id) and _leads(new.id) < people.most_leads(new)
    there.kind = PostKind.LEAD if may_lead else PostKind.OFFICER
    person = session.get_one(Person, post.person_id)
    counts = serves_alone(by, new.id) or domain_of(person.email) in organisations.live_domains(new.id)
    there.state = post.state if counts else State.INVITED
    session.flush()
    _note("person.appointed", there, by, kind=there.kind.value, reason=reason)
    if not counts:
        invitations.write_to(person, by)
    elif there.state is State.INVITED:
        invitations.go_on(person.id, post.organisation_id, new.id)
    return True


def _note(action: str, post: Post, by: UUID, **detail: str) -> None:
    told = {"person": str(post.person_id), "organisation": str(post.organisation_id), **detail}
    audit.record(action, actor=by, detail=told)


def _keep_names(old: Organisation, new: Organisation) -> None:
    """Let texts that name the old one, or its domains, be recognised as the new one's."""
    known = {new.name, new.short_name, *new.also_known_as}
    names = (old.name, old.short_name, *old.also_known_as)
    new.also_known_as = [*new.also_known_as, *dict.fromkeys(name for name in names if name and name not in known)]
    for domain in organisations.domains_of(old.id):
        organisations.add_domain(new, domain.domain, is_former=True)


def _posts(organisation_id: UUID) -> list[Post]:
    held = select(Post).where(Post.organisation_id == organisation_id).order_by(Post.kind != PostKind.LEAD, Post.id)
    return list(session.scalars(held))


def _leads(organisation_id: UUID) -> int:
    held = select(Post.id).where(Post.organisation_id == organisation_id, Post.kind == PostKind.LEAD)
    return len(session.scalars(held.where(Post.state.in_(_GOES_ON))).all())


def _stands_nowhere(organisation_id: UUID) -> bool:
    held = select(Membership.id).where(Membership.organisation_id == organisation_id, Membership.state != State.LEFT)
    return session.scalar(held.limit(1)) is None
