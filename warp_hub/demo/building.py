"""The demonstration's history, written under a set clock: what was pulled, decided, passed on and sent."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from warp_hub import audit, clock, jobs
from warp_hub.advisories import intake, queue, reading, sources
from warp_hub.advisories.models import Advisory, SourceKind
from warp_hub.background import worker
from warp_hub.db import session
from warp_hub.demo import community, warnings
from warp_hub.demo.community import Community
from warp_hub.demo.source import Source
from warp_hub.digests import schedule
from warp_hub.memberships.models import Warp
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.sharing.models import Item, Severity
from warp_hub.tlp import Marking, Viewer

Say = Callable[[str], object]
Post = Callable[[], object]

SOURCE = "National Cyber Warnings"
SERVED = ("midshire", "westmarch", "northmere")
ROUNDS = (27, 20, 14, 9, 5, 3, 1)
LEFT_WAITING = 6
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
        audit.record("built the demonstration")
        session.commit()
    say(f"founded {len(built.warps)} WARPs, {len(built.organisations)} bodies, {len(built.people)} people")

    shelf = warnings.objects(now)
    for days in ROUNDS:
        is_last = days == ROUNDS[-1]
        _live_through(built, source, shelf, now - timedelta(days=days), LEFT_WAITING if is_last else 0)
        with clock.at(now - timedelta(days=days) + timedelta(hours=1)):
            post()
    source.shelf = shelf
    with clock.at(now - timedelta(hours=3)):
        intake.pull_source(SOURCE)
    with clock.at(now - timedelta(hours=2)):
        _decide_early_notice(built)
        _decide_what_waits(built, LEFT_WAITING)
        post()
    source.put(warnings.later(now))
    say(intake.pull_source(SOURCE).line())


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


def _live_through(
    built: Community, source: Source, shelf: list[tuple[datetime, dict[str, object]]], day: datetime, leave: int
) -> None:
    source.shelf = [(added, thing) for added, thing in shelf if added <= day]
    with clock.at(day):
        intake.pull_source(SOURCE)
    with clock.at(day + timedelta(hours=1)):
        _decide_what_waits(built, leave)


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
