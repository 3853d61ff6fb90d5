"""The demonstration's history, written under a set clock: what was pulled, decided, passed on and sent."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from warp_hub import audit, clock, jobs, mail
from warp_hub.advisories import intake, queue, reading, sources
from warp_hub.advisories.models import Advisory, SourceKind
from warp_hub.background import worker
from warp_hub.background.slots import moment_of
from warp_hub.db import session
from warp_hub.demo import (
    answering,
    community,
    guests,
    joining,
    keys,
    mailbox,
    members,
    questions,
    renewals,
    reports,
    sessions,
    supplier,
    systems,
    warnings,
    wider,
    written,
)
from warp_hub.demo.agenda import Agenda
from warp_hub.demo.community import Community
from warp_hub.demo.source import Source
from warp_hub.desk import totals
from warp_hub.digests import schedule
from warp_hub.discussions import telling
from warp_hub.incidents import release
from warp_hub.jobs.timetable import put_records_away
from warp_hub.memberships import stand_ins, tokens
from warp_hub.memberships.models import Warp
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.sharing.models import Item, Severity
from warp_hub.tlp import Marking, Viewer
from warp_hub.training import reminders

Say = Callable[[str], object]
Post = Callable[[], object]

SOURCE = "National Cyber Warnings"
SERVED = ("midshire", "westmarch", "northmere")
ROUNDS = (27, 20, 14, 9, 5, 3, 1)
LEFT_WAITING = 6
MORNING = time(8, 30)
DAYS_OF_DIGESTS = range(5)
TOOL = "Firewall at the town hall"
NOTE = {
    "en": "Two members tested 7.4.9 on the 100F last night, without trouble. Ring us if you need a hand.",
    "cy": "Profodd dau aelod 7.4.9 ar y 100F neithiwr, heb drafferth. Ffoniwch ni os oes angen help.",
}


def build(source: Source, post: Post, say: Say) -> None:
    """Write the community and its month of history; `post` sends the letters of each day on that day."""
    now = clock.now()
    with clock.at(now - timedelta(days=30)):
        built = community.found()
        sources.add(SOURCE, source.url, SourceKind.TAXII21, SERVED, "TLP:GREEN", allow_private=True)
        members.note_joining(built)
        audit.record("built the demonstration")
        session.commit()
        keys.make_all(built)
    say(f"founded {len(built.warps)} WARPs, {len(built.organisations)} bodies, {len(built.people)} people")

    agenda = Agenda()
    _plan_warnings(agenda, built, source, post, now)
    reports.plan(agenda, built, now)
    sessions.plan(agenda, built, now)
    questions.plan(agenda, built, now)
    systems.plan(agenda, built, now)
    guests.plan(agenda, built, now)
    renewals.plan(agenda, built, now)
    answering.plan(agenda, built, now)
    written.plan(agenda, built, now)
    supplier.plan(agenda, now)
    mailbox.plan(agenda, built, now)
    wider.plan(agenda, built, now)
    joining.plan(agenda, built, now)
    for day in range(28, 0, -1):
        agenda.at(_morning(now, day), lambda: _begin_day(post))
    agenda.live(now)
    _name_stand_in(built)
    members.fill_in(built)
    _misspell_an_address(built)
    token = tokens.mint(built.people["lead-midshire"].id, TOOL, Marking.AMBER, now + tokens.LIVES)
    put_records_away()
    release.forget()
    session.commit()
    say(f"a token of lead-midshire@demo.example, shown this once: {token}")
    source.put(warnings.later(now))
    say(intake.pull_source(SOURCE).line())
    wider.tell_of_recalls()


def point_to(source: Source) -> None:
    """Tell the hub where the loopback source listens this time."""
    found = sources.find(SOURCE)
    found.url, found.next_try_at = source.url, clock.now()
    session.commit()


def poster(app: Flask, url: str) -> Post:
    """Return what has a worker do all that waits, at the time it is called."""
    return lambda: worker.work_until_idle(url, jobs.inside(app))


def send_digest(post: Post) -> int:
    """Begin Midshire's digest and have it written into the mail folder; return how many letters it is."""
    midshire = session.scalars(select(Warp).where(Warp.slug == "midshire")).one()
    started = schedule.start_due(clock.now(), midshire.id)
    session.commit()
    post()
    return sum(one.posted for one in started)


def _plan_warnings(agenda: Agenda, built: Community, source: Source, post: Post, now: datetime) -> None:
    """Put each pull on the agenda, and each WARP's decisions an hour after it."""
    shelf = warnings.objects(now)
    for days in ROUNDS:
        day, leave = now - timedelta(days=days), LEFT_WAITING if days == ROUNDS[-1] else 0
        offered = [(added, thing) for added, thing in shelf if added <= day]
        agenda.at(day, partial(_pull, source, offered))
        agenda.at(day + timedelta(hours=1), partial(_decide_what_waits, built, leave))
        agenda.at(day + timedelta(hours=2), post)
    agenda.at(now - timedelta(hours=3), partial(_pull, source, shelf))
    agenda.at(now - timedelta(hours=2), partial(_decide_early_notice, built))
    agenda.at(now - timedelta(hours=2), partial(_decide_what_waits, built, LEFT_WAITING))
    agenda.at(now - timedelta(hours=2), post)


def _pull(source: Source, offered: list[tuple[datetime, dict[str, Any]]]) -> None:
    source.shelf = offered
    intake.pull_source(SOURCE)


def _morning(now: datetime, days_ago: int) -> datetime:
    return moment_of(clock.local(now).date() - timedelta(days=days_ago), MORNING)


def _begin_day(post: Post) -> None:
    """Do what the timetable does by itself, and deliver what waits."""
    totals.record()
    reminders.close_digests()
    reminders.remind_due()
    telling.tell_due()
    session.commit()
    if mail.health().waiting and clock.today().weekday() in DAYS_OF_DIGESTS:
        post()


def _misspell_an_address(built: Community) -> None:
    """Let one address have an accent that no mail server of ours takes: its digest fails and waits on the desk."""
    person = next(one for one in built.people.values() if one.id == built.at["Inglestone District Council"])
    person.email = person.email.replace("e", "é", 1)


def _name_stand_in(built: Community) -> None:
    """Westmarch's coordinator is away next week."""
    warp, other = built.warps["westmarch"], built.second_coordinators["westmarch"]
    stand_ins.name(built.people["coordinator-westmarch"].id, warp, other, clock.now() + timedelta(days=10))


def _decide_what_waits(built: Community, leave: int) -> None:
    """Let each WARP's coordinator decide as a person would, the urgent ones first; the last few are left waiting."""
    for slug in SERVED:
        viewer, warp = _coordinator(built, slug), built.warps[slug].id
        asked = reading.select_queue(viewer).order_by(Advisory.received_at, Item.title)
        waiting = sorted((item for _, item, keeper in session.execute(asked) if keeper == warp), key=_urgency)
        for number, item in enumerate(waiting[: max(len(waiting) - leave, 0)]):
            _decide(item, warp, viewer, number + len(slug))
        session.commit()


def _urgency(item: Item) -> int:
    return item.severity.rank if item.severity else len(Severity)


def _decide(item: Item, warp: UUID, viewer: Viewer, number: int) -> None:
    if item.held is not None:
        return
    if number % 11 == 7 and item.marking is Marking.CLEAR:
        queue.set_aside(item, warp, viewer)
    elif number % 13 == 5:
        queue.keep(item, warp, viewer)
    else:
        queue.pass_on(item, warp, viewer)
    if item.title.startswith(warnings.UPDATED):
        queue.write_note(item, warp, NOTE, viewer)


def _decide_early_notice(built: Community) -> None:
    """Pass one warning on to named people only, until next week."""
    viewer, warp = _coordinator(built, "midshire"), built.warps["midshire"].id
    items = [item for _, item, _ in session.execute(reading.select_queue(viewer))]
    early = next(item for item in items if item.title.startswith(warnings.EMBARGOED))
    people = [built.people["lead-midshire"].id, built.people["national"].id]
    queue.give_early_notice(early, clock.now() + timedelta(days=5), people, viewer)
    queue.pass_on(early, warp, viewer)
    session.commit()


def _coordinator(built: Community, slug: str) -> Viewer:
    return viewer_of(built.coordinators[slug], Proof.FULL)
