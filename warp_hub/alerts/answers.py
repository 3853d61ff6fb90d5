"""Answering "Does this affect you?" for one's organisation; nobody keeps which of its people did.

An organisation has one answer about a warning. It is given to one WARP, the first of its own that asked, and counted
there alone, so that no two WARPs' figures have an organisation in common. Whoever holds a post at the organisation may
give and change it. A verb's caller commits.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from warp_hub.alerts import matching
from warp_hub.alerts.answer_models import Answer, AnswerChoice, AnswerConsent, AskedOf, Asking
from warp_hub.db import among, new_id, session
from warp_hub.memberships.models import Membership, MembershipKind, Organisation, Post, State
from warp_hub.sharing.models import Item
from warp_hub.sharing.visibility import select_owned, select_visible
from warp_hub.tlp import Marking, Outlet, Viewer

MOST_WAITING = 50
_CLASS = 0x57415250_414E5357


class NotAsked(Exception):
    """Nobody asks this organisation about this warning, or not any more."""


@dataclass(frozen=True)
class Ours:
    """How one organisation of the viewer's stands to a question: `may_know` is None while they were never asked."""

    organisation_id: UUID
    name: str
    warp_id: UUID
    due_at: datetime
    is_open: bool
    answer: Answer | None
    may_know: bool | None


@dataclass(frozen=True)
class Waiting:
    """A warning that needs an answer of the viewer's organisation, and until when."""

    item: Item
    due_at: datetime


def answer_of(item_id: UUID, viewer: Viewer) -> Answer | None:
    """Return what an organisation of this viewer's has answered about a warning."""
    return next((one.answer for one in standing(item_id, viewer) if one.answer is not None), None)


def standing(item_id: UUID, viewer: Viewer, outlet: Outlet = Outlet.PAGE) -> list[Ours]:
    """Return the viewer's organisations that are asked about a warning or have answered, by name; mostly one."""
    asked = _asked(viewer, outlet).where(Asking.item_id == item_id).order_by(Asking.asked_at, Asking.id)
    first: dict[UUID, Any] = {}
    for row in session.execute(asked):
        held = first.get(row.organisation_id)
        if held is None or (held.closed_at is not None and row.closed_at is None):
            first[row.organisation_id] = row
    given = _given(item_id, viewer, outlet)
    consents = _consents(first, viewer)
    found = [_ours(row, given.get(row.organisation_id), consents.get(row.organisation_id)) for row in first.values()]
    return sorted((one for one in found if one.is_open or one.answer is not None), key=lambda one: one.name)


def give(
    item_id: UUID,
    viewer: Viewer,
    organisation_id: UUID,
    choice: AnswerChoice,
    *,
    may_know: bool,
    outlet: Outlet = Outlet.PAGE,
) -> Answer:
    """Keep an organisation's answer in place of any before, and whether its coordinator may know whose it is.

    Raises NotAsked. What was counted without a name stays without it.
    """
    ours = next((one for one in standing(item_id, viewer, outlet) if one.organisation_id == organisation_id), None)
    if ours is None or not ours.is_open:
        raise NotAsked(item_id)
    take_turn(item_id)
    answer = _given(item_id, viewer, outlet).get(organisation_id)
    if answer is None:
        answer = Answer(id=new_id(), item_id=item_id, organisation_id=organisation_id, warp_id=ours.warp_id)
        answer.named, answer.left_out, answer.counted = False, False, None
        session.add(answer)
    answer.choice = choice
    _show_name(answer, may_know=may_know)
    _remember(organisation_id, may_know=may_know)
    return answer


def waiting_for(viewer: Viewer, outlet: Outlet = Outlet.PAGE, most: int = MOST_WAITING) -> list[Waiting]:
    """Return the warnings that need an answer of this viewer's organisation, soonest due first."""
    rows = session.execute(_unanswered(viewer, outlet).with_only_columns(Asking.item_id, Asking.due_at)).all()
    due: dict[UUID, datetime] = {}
    for row in rows:
        due[row.item_id] = min(row.due_at, due.get(row.item_id, row.due_at))
    soonest = sorted(due, key=lambda item_id: (due[item_id], item_id))[:most]
    wanted = select_visible(Item, viewer, outlet).where(among(Item.id, soonest))
    items = {item.id: item for item in session.scalars(wanted)} if soonest else {}
    return [Waiting(items[item_id], due[item_id]) for item_id in soonest if item_id in items]


def needing(viewer: Viewer, item_ids: Collection[UUID], outlet: Outlet) -> dict[UUID, datetime]:
    """Return which of these warnings need an answer of this viewer's organisation, each with until when."""
    if not item_ids:
        return {}
    asked = _unanswered(viewer, outlet).where(among(Asking.item_id, item_ids))
    rows = session.execute(asked.with_only_columns(Asking.item_id, Asking.due_at).order_by(Asking.due_at.desc()))
    return {row.item_id: row.due_at for row in rows}


def given_among(item_ids: Collection[UUID], viewer: Viewer) -> dict[UUID, AnswerChoice]:
    """Return what an organisation of this viewer's has answered about each of these warnings; one, where two did."""
    if not item_ids:
        return {}
    posts = select(Post.organisation_id).where(Post.person_id == viewer.person, Post.state == State.ACTIVE)
    given = select_visible(Answer, viewer, Outlet.PAGE).where(among(Answer.item_id, item_ids))
    ours = given.where(Answer.organisation_id.in_(posts)).with_only_columns(Answer.item_id, Answer.choice)
    return {row.item_id: row.choice for row in session.execute(ours)}


def named_to(item_id: UUID, warp_id: UUID, viewer: Viewer) -> Sequence[tuple[str, AnswerChoice]]:
    """Return the answers of those who let the coordinators of a WARP know whose they are, by name."""
    if warp_id not in viewer.keeps:
        return []
    given = select_visible(Answer, viewer, Outlet.DESK).where(Answer.item_id == item_id, Answer.warp_id == warp_id)
    named = given.where(Answer.named.is_(True)).join(Organisation, Organisation.id == Answer.organisation_id)
    rows = session.execute(named.with_only_columns(Organisation.name, Answer.choice).order_by(Organisation.name))
    return [(row.name, row.choice) for row in rows]


def take_turn(item_id: UUID) -> None:
    """Wait until nobody else gives or counts an answer about this warning; held to the end of the transaction."""
    key = (item_id.int >> 64 ^ _CLASS) & (2**63 - 1)
    session.execute(select(func.pg_advisory_xact_lock(key)))


def _asked(viewer: Viewer, outlet: Outlet) -> Select[Any]:
    """Return the select of questions of the viewer's organisations: one row for each of them and WARP."""
    columns = (Asking.item_id, Asking.due_at, Asking.closed_at, Membership.warp_id, Organisation.id, Organisation.name)
    return (
        select_visible(Item, viewer, outlet)
        .join(Asking, Asking.item_id == Item.id)
        .join(Membership, Membership.warp_id == Asking.warp_id)
        .join(Post, Post.organisation_id == Membership.organisation_id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Post.person_id == viewer.person, Post.state == State.ACTIVE, Membership.state == State.ACTIVE)
        # What became for named people asks nobody any more.
        .where(Item.marking != Marking.RED)
        .where(or_(Item.marking != Marking.AMBER_STRICT, Membership.kind == MembershipKind.FULL))
        .where(Asking.of_whom != AskedOf.NOBODY)
        .with_only_columns(*columns[:4], Organisation.id.label("organisation_id"), Organisation.name)
    )


def _unanswered(viewer: Viewer, outlet: Outlet) -> Select[Any]:
    answered = exists().where(Answer.item_id == Asking.item_id, Answer.organisation_id == Membership.organisation_id)
    is_meant = or_(Asking.of_whom == AskedOf.MEMBERS, matching.for_me(viewer, outlet))
    return _asked(viewer, outlet).where(Asking.closed_at.is_(None), ~answered, is_meant)


def _given(item_id: UUID, viewer: Viewer, outlet: Outlet) -> dict[UUID, Answer]:
    posts = select(Post.organisation_id).where(Post.person_id == viewer.person, Post.state == State.ACTIVE)
    given = select_visible(Answer, viewer, outlet).where(Answer.item_id == item_id, Answer.organisation_id.in_(posts))
    return {one.organisation_id: one for one in session.scalars(given.execution_options(populate_existing=True))}


def _ours(row: Any, answer: Answer | None, may_know: bool | None) -> Ours:
    return Ours(
        organisation_id=row.organisation_id,
        name=row.name,
        warp_id=row.warp_id if answer is None else answer.warp_id,
        due_at=row.due_at,
        is_open=row.closed_at is None,
        answer=answer,
        may_know=may_know,
    )


def _consents(organisations: Collection[UUID], viewer: Viewer) -> dict[UUID, bool]:
    asked = select_owned(AnswerConsent, viewer).where(AnswerConsent.organisation_id.in_(organisations))
    return {one.organisation_id: one.may_know for one in session.scalars(asked)} if organisations else {}


def _show_name(answer: Answer, *, may_know: bool) -> None:
    if may_know and answer.counted is None:
        answer.named = True
    elif not may_know and answer.named:
        # Who was named once is known: among those who are counted they would make the others fewer.
        answer.named, answer.left_out = False, True


def _remember(organisation_id: UUID, *, may_know: bool) -> None:
    said = insert(AnswerConsent).values(organisation_id=organisation_id, may_know=may_know)
    changed = {"may_know": said.excluded.may_know}
    session.execute(said.on_conflict_do_update(index_elements=[AnswerConsent.organisation_id], set_=changed))
