"""Reminders of a question: on the day it is due and on the working day after, at nine; at most these two, ever.

An organisation that has answered gets none, and the letter says nothing where it has answered since, or where the
question is closed or the warning withdrawn. Those who lead an organisation for security are written to, or all of its
people where nobody does; where only those are asked whose systems it matches, those people.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import load_only

from warp_hub import clock, mail
from warp_hub.alerts import answer_links, answers, choices, matching
from warp_hub.alerts.answer_models import Answer, AnswerReminder, AskedOf, Asking, Step
from warp_hub.alerts.printing import COLUMNS, PLACES, entry
from warp_hub.alerts.wording import warp_name
from warp_hub.background import moment_of
from warp_hub.db import session
from warp_hub.mail import Cancelled, Letter, Rendered, addresses, rendering
from warp_hub.memberships import reach
from warp_hub.memberships.models import Membership, Post, PostKind, State, Warp
from warp_hub.memberships.settings import WarpSettings, settings_of
from warp_hub.memberships.working_days import working_days_after
from warp_hub.sharing import deliveries
from warp_hub.sharing.models import Item
from warp_hub.sharing.visibility import house_read, select_visible
from warp_hub.tlp import Marking, Outlet, Viewer

KIND = "answer_reminder"
TEMPLATE = "alerts/email/answer_reminder"
AT = time(9)
LATE = timedelta(hours=8)
LOOKED_BACK = timedelta(days=14)  # longer than any row of days on which nobody works


def remind_due() -> int:
    """Post the reminders that are due, each once ever, and return how many; called by the worker, which commits."""
    return sum(_remind(asking, warp, step) for asking, warp, step in _due(clock.now()))


def render(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:
    """Return a reminder for what its reader may see of the warning now, unless it is answered or over."""
    needed = answers.needing(viewer, letter.item_ids[:1], Outlet.NOTICE)
    if not needed:
        return Cancelled("it is answered, or nobody asks them any more")
    if not choices.wants_alerts(letter.person_id):
        return Cancelled("they do not want to be told at once")
    ((item_id, due_at),) = needed.items()
    printable = select_visible(Item, viewer, Outlet.MAIL).options(load_only(*COLUMNS, raiseload=True))
    item = session.scalars(printable.where(Item.id == item_id)).one_or_none()
    counted = select_visible(Item, viewer, Outlet.NOTICE).with_only_columns(Item.marking, Item.kind, Item.embargo_until)
    label, kind, embargo_until = session.execute(counted.where(Item.id == item_id)).one()
    # What is for named people is not even named by its address.
    is_for_the_named = label is Marking.RED or (embargo_until is not None and embargo_until > clock.now())
    path = "/" if is_for_the_named else f"{PLACES[kind]}/{item_id}"
    printed, noticed = ([], [item_id]) if item is None else ([item_id], [])
    context: dict[str, Any] = {
        "label": None if is_for_the_named else label,
        "entry": None if item is None else entry(item),
        "due_at": due_at,
        "is_over": due_at <= clock.now(),
        "address": addresses.signing_in(path) if item is None else addresses.opening(letter.person_id, path),
        "answer_address": None if item is None else answer_links.address(letter.person_id, item_id),
        "why": _why(letter.warp_id),
        **addresses.of_every_letter(letter.person_id),
    }
    stop = choices.unsubscribe_address(letter.person_id)
    left = partial(deliveries.note_letter, letter.person_id, printed, noticed, clock.now())
    return rendering.letter(TEMPLATE, unsubscribe_url=stop, list_name=choices.LIST, on_left=left, **context)


def _due(now: datetime) -> Iterator[tuple[Asking, Warp, Step]]:
    """Yield the questions of whose reminder the time has come and is not long past."""
    lately = (Asking.due_at > now - LOOKED_BACK, Asking.due_at < now + timedelta(days=1))
    wanted = select(Asking).join(Item, Item.id == Asking.item_id).where(Item.marking != Marking.RED)
    wanted = wanted.where(Asking.closed_at.is_(None), Asking.of_whom != AskedOf.NOBODY, *lately)
    warps = {warp.id: warp for warp in session.scalars(select(Warp))}
    for asking in session.scalars(house_read(wanted.order_by(Asking.item_id), "answers")).all():
        warp = warps[asking.warp_id]
        settings = settings_of(warp)
        for step, day in _days(asking, settings).items():
            at = moment_of(day, AT, settings.zone_info)
            if asking.asked_at < at <= now < at + LATE:
                yield asking, warp, step


def _days(asking: Asking, settings: WarpSettings) -> Mapping[Step, date]:
    due = clock.local(asking.due_at, settings.zone_info).date()
    return {Step.DUE_TODAY: due, Step.OVERDUE: next(working_days_after(due, settings.nation))}


def _remind(asking: Asking, warp: Warp, step: Step) -> int:
    people = _people(asking)
    answers.take_turn(asking.item_id)  # two workers at once write to nobody twice
    silent = set(people) - _answered(asking.item_id) - _reminded(asking.item_id, step)
    if not silent:
        return 0
    rows = [{"item_id": asking.item_id, "organisation_id": one, "step": step} for one in silent]
    session.execute(insert(AnswerReminder).on_conflict_do_nothing(), rows)
    written_to = {person for one in silent for person in people[one]}
    wanting = sorted(written_to - choices.who_stopped(written_to))
    expires_at = clock.now() + LATE
    mail.post_all(KIND, wanting, warp_id=warp.id, item_ids=[asking.item_id], expires_at=expires_at)
    return len(wanting)


def _people(asking: Asking) -> dict[UUID, set[UUID]]:
    """Return whom to write to for each organisation that is asked and may have the warning."""
    wanted = house_read(select(*matching.HANDLING).where(Item.id == asking.item_id), "answers")
    may_have = reach.receivers(matching.handling_of(session.execute(wanted).one()), Outlet.NOTICE)
    if asking.of_whom is AskedOf.MATCHING:
        may_have &= matching.matched_people(asking.item_id)
    held: Any = (
        select(Post.organisation_id, Post.person_id, Post.kind)
        .join(Membership, Membership.organisation_id == Post.organisation_id)
        .where(Membership.warp_id == asking.warp_id, Membership.state == State.ACTIVE, Post.state == State.ACTIVE)
    )
    everyone: dict[UUID, set[UUID]] = defaultdict(set)
    leads: dict[UUID, set[UUID]] = defaultdict(set)
    for row in session.execute(held):
        if row.person_id in may_have:
            everyone[row.organisation_id].add(row.person_id)
            if row.kind is PostKind.LEAD:
                leads[row.organisation_id].add(row.person_id)
    return everyone if asking.of_whom is AskedOf.MATCHING else everyone | leads


def _answered(item_id: UUID) -> set[UUID]:
    return set(session.scalars(house_read(select(Answer.organisation_id).where(Answer.item_id == item_id), "answers")))


def _reminded(item_id: UUID, step: Step) -> set[UUID]:
    told = select(AnswerReminder.organisation_id).where(AnswerReminder.item_id == item_id, AnswerReminder.step == step)
    return set(session.scalars(told))


def _why(warp_id: UUID | None) -> str:
    warp = session.scalars(select(Warp).where(Warp.id == warp_id)).one_or_none()
    if warp is None:
        return str(_("You get this because your WARP asks whether a warning affects you."))
    return str(_("You get this because %(warp)s asks whether a warning affects you.", warp=warp_name(warp)))
