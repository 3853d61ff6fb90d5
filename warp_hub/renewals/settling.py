"""What a coordinator does about somebody of whom a year's asking left a doubt."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from warp_hub import audit, clock
from warp_hub.db import session
from warp_hub.memberships import authority, leaving, people
from warp_hub.memberships.confirming import begin_anew, bring_back
from warp_hub.memberships.models import Organisation, Person, Post, State
from warp_hub.memberships.renewal_models import Answer, MailboxRenewal, StaffAnswer


def find(person_id: UUID, by: UUID | None) -> Person | None:
    """Return somebody whose place this coordinator may change, or None."""
    person = people.find_person(person_id)
    if by is None or person is None or person.state is not State.ACTIVE or not authority.may_manage(by, person.id):
        return None
    return person


def still_here(person: Person, by: UUID) -> None:
    """Say that somebody is still with the organisations this coordinator serves: the doubt about them is gone."""
    posts = [post.id for post, of in _posts(person) if authority.may_serve(by, of.id)]
    for said in session.scalars(select(StaffAnswer).where(StaffAnswer.post_id.in_(posts))):
        said.answer, said.answered_on, said.person_id = Answer.STILL_HERE, clock.today(), by
    audit.record("person.still-here", actor=by, detail={"person": str(person.id), "answer": Answer.STILL_HERE.value})


def may_take_out(person: Person, by: UUID) -> bool:
    """Say whether this coordinator may take somebody out of an organisation of theirs."""
    return any(authority.may_change_post(by, person.id, of.id) for _, of in _posts(person))


def has_left(person: Person, by: UUID) -> None:
    """Take somebody out of the organisations that this coordinator serves; raise NotTheirs where they may not."""
    posts = [of for _, of in _posts(person) if authority.may_change_post(by, person.id, of.id)]
    if not posts:
        raise authority.NotTheirs(str(person.id))
    leaving.take_out_of(person, posts, by, "no longer there, by the coordinator's word")


def let_back(person: Person, by: UUID) -> int:
    """Give somebody back the posts that ended for want of an answer, and another year; return how many posts."""
    held = select(MailboxRenewal).where(MailboxRenewal.person_id == person.id).with_for_update()
    renewal = session.scalars(held.execution_options(populate_existing=True)).one_or_none()
    if renewal is None or renewal.suspended_on is None:
        return 0
    authority.require_person(by, person)
    restored = bring_back(person, renewal)
    begin_anew(renewal, clock.today())
    audit.record("person.let-back", actor=by, detail={"person": str(person.id), "posts": restored})
    return restored


def write_again(person: Person, by: UUID) -> None:
    """Write again to an address that was refused for good."""
    people.resume_mail(person, by)


def _posts(person: Person) -> Sequence[tuple[Post, Organisation]]:
    held = select(Post, Organisation).join(Organisation, Organisation.id == Post.organisation_id)
    held = held.where(Post.person_id == person.id, Post.state.in_((State.ACTIVE, State.SUSPENDED)))
    return [(post, of) for post, of in session.execute(held.order_by(Organisation.name))]
