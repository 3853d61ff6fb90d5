"""Once a year a lead of each organisation says who is still there; where nobody answers, the coordinator is told.

Nothing ends because a lead is silent: only their word, or their coordinator's, takes anybody out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert

from warp_hub import audit, clock, mail
from warp_hub.db import session
from warp_hub.memberships import authority, leaving
from warp_hub.memberships.models import Membership, Organisation, Person, Post, PostKind, State
from warp_hub.memberships.renewal_models import Answer, StaffAnswer, StaffRenewal
from warp_hub.renewals import terms
from warp_hub.renewals.terms import ORDINARY, Terms

ASK = "staff_renewal"
_LETTER_LIVES = timedelta(days=14)


@dataclass(frozen=True)
class Colleague:
    """Somebody about whom a lead is asked, and what was last said of them."""

    post: Post
    person: Person
    said: StaffAnswer | None


def look_after() -> dict[str, int]:
    """Begin the years that nobody counts, ask and remind the leads that are due; return how many organisations."""
    _begin_years()
    rows = session.scalars(_standing()).all()
    held = terms.of_organisations([renewal.organisation_id for renewal in rows])
    steps = [_step(renewal, held.get(renewal.organisation_id, ORDINARY)) for renewal in rows]
    return {"organisations asked": steps.count("asked"), "organisations reminded": steps.count("reminded")}


def may_answer(person_id: UUID | None, organisation_id: UUID) -> bool:
    """Say whether somebody may say who is still at an organisation: a lead there, or a coordinator of it."""
    if person_id is None:
        return False
    return authority.leads(person_id, organisation_id) or authority.may_serve(person_id, organisation_id)


def colleagues(organisation_id: UUID, but: UUID | None = None) -> list[Colleague]:
    """Return who holds a post at an organisation, without whoever asks, by name."""
    held = (
        select(Post, Person, StaffAnswer)
        .join(Person, Person.id == Post.person_id)
        .outerjoin(StaffAnswer, StaffAnswer.post_id == Post.id)
        .where(Post.organisation_id == organisation_id, Post.state == State.ACTIVE, Person.state == State.ACTIVE)
        .order_by(Person.name, Person.id)
    )
    return [Colleague(*row) for row in session.execute(held) if row[1].id != but]


def answer(organisation: Organisation, answers: Mapping[UUID, Answer], by: UUID) -> list[str]:
    """Keep what somebody says of each post, and end this year's round; return the names of who is taken out.

    Whom they may not take out (another lead, a coordinator) is left to the coordinator, who sees what was said.
    """
    taken_out = []
    for one in colleagues(organisation.id, but=by):
        said = answers.get(one.post.id)
        if said is None:
            continue
        _keep(one.post, said, by)
        if said is Answer.HAS_LEFT and authority.may_change_post(by, one.person.id, organisation.id):
            taken_out.append(one.person.name)
            leaving.take_out(one.person, organisation, by, "no longer there, as was said when asked")
    _end_round(organisation.id)
    counted = {answer.value: sum(said is answer for said in answers.values()) for answer in Answer}
    audit.record("staff.confirmed", actor=by, detail={"organisation": str(organisation.id), **counted})
    return taken_out


def leads_of(organisation_id: UUID) -> Sequence[Person]:
    """Return who leads an organisation, by name."""
    held = select(Person).join(Post, Post.person_id == Person.id).order_by(Person.name)
    held = held.where(Post.organisation_id == organisation_id, Post.kind == PostKind.LEAD)
    return session.scalars(held.where(Post.state == State.ACTIVE, Person.state == State.ACTIVE)).all()


def led_by(person_id: UUID) -> Sequence[Organisation]:
    """Return the organisations that somebody leads, by name."""
    held = select(Organisation).join(Post, Post.organisation_id == Organisation.id).order_by(Organisation.name)
    held = held.where(Post.person_id == person_id, Post.kind == PostKind.LEAD, Post.state == State.ACTIVE)
    return [found for found in session.scalars(held) if authority.leads(person_id, found.id)]


def _keep(post: Post, said: Answer, by: UUID) -> None:
    values = {"answer": said, "answered_on": clock.today(), "person_id": by}
    kept = insert(StaffAnswer).values(post_id=post.id, **values)
    session.execute(kept.on_conflict_do_update(index_elements=[StaffAnswer.post_id], set_=values))


def _end_round(organisation_id: UUID) -> None:
    held = select(StaffRenewal).where(StaffRenewal.organisation_id == organisation_id).with_for_update()
    for renewal in session.scalars(held.execution_options(populate_existing=True)):
        renewal.counted_from, renewal.asked_on, renewal.due_on, renewal.reminded = clock.today(), None, None, 0


def _step(renewal: StaffRenewal, by: Terms) -> str:
    today = clock.today()
    if renewal.asked_on is None or renewal.due_on is None:
        if today < by.asked(renewal.counted_from):
            return ""
        if not _is_anybody_to_ask_about(renewal.organisation_id):
            renewal.counted_from = today
            return ""
        renewal.asked_on, renewal.due_on = today, max(by.due(renewal.counted_from), today + by.ask)
        return _write(renewal, "asked")
    if by.reminders_due(renewal.asked_on, today) > renewal.reminded:
        renewal.reminded = by.reminders_due(renewal.asked_on, today)
        return _write(renewal, "reminded")
    return ""


def _write(renewal: StaffRenewal, step: str) -> str:
    to = [lead.id for lead in leads_of(renewal.organisation_id)]
    mail.post_all(ASK, to, item_ids=[renewal.organisation_id], expires_at=clock.now() + _LETTER_LIVES)
    session.flush()
    return step


def _is_anybody_to_ask_about(organisation_id: UUID) -> bool:
    """Say whether there is more than a single lead, of whom nobody but the coordinator could say anything."""
    leads = leads_of(organisation_id)
    return bool(colleagues(organisation_id, but=leads[0].id if len(leads) == 1 else None))


def _standing() -> Select[StaffRenewal]:
    belongs = select(Membership.id).where(
        Membership.organisation_id == StaffRenewal.organisation_id, Membership.state == State.ACTIVE
    )
    held = select(StaffRenewal).where(belongs.exists()).order_by(StaffRenewal.organisation_id)
    return held.with_for_update(skip_locked=True).execution_options(populate_existing=True)


def _begin_years() -> None:
    counted = select(StaffRenewal.organisation_id).where(StaffRenewal.organisation_id == Membership.organisation_id)
    new = select(Membership.organisation_id).where(Membership.state == State.ACTIVE, ~counted.exists()).distinct()
    for organisation_id in session.scalars(new):
        begun = insert(StaffRenewal).values(organisation_id=organisation_id, counted_from=clock.today(), reminded=0)
        session.execute(begun.on_conflict_do_nothing())
