"""Seeing a digest before it goes, and sending one outside the timetable."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask_babel import force_locale
from sqlalchemy import select

from warp_hub import audit, clock, db, mail
from warp_hub.db import session
from warp_hub.digests import letters, runs, subscriptions
from warp_hub.digests.compose import compose
from warp_hub.digests.selection import since_when, something_for
from warp_hub.mail import Rendered
from warp_hub.memberships.models import Person, Warp
from warp_hub.memberships.settings import settings_of
from warp_hub.memberships.viewers import viewer_in_absence
from warp_hub.tlp import Viewer

_SECRET_OF_A_LINK = re.compile(r"=[\w.-]{30,}")

TEST_KIND = "digest-test"
WORTH_SENDING_FOR = timedelta(hours=24)


@dataclass(frozen=True)
class Sent:
    """What sending outside the timetable did, or would do."""

    posted: int
    skipped: int


def warps_of_desk(ids: Collection[UUID]) -> Sequence[Warp]:
    """Return the WARPs a coordinator runs, by name."""
    return session.scalars(select(Warp).where(Warp.id.in_(ids)).order_by(Warp.name)).all()


def chosen(warps: Sequence[Warp], slug: str | None) -> Warp | None:
    """Return the WARP that was asked for, the first when none was, None for any other."""
    if slug is None:
        return warps[0] if warps else None
    return next((warp for warp in warps if warp.slug == slug), None)


def letter_for(viewer: Viewer, warp: Warp) -> Rendered | None:
    """Return the digest a viewer would get now, in the transaction that is theirs; None for nothing new."""
    if viewer.person is None:
        return None
    since = since_when(warp.id, [viewer.person], clock.now())[viewer.person]
    digest = compose(viewer, warp.id, since)
    return None if digest.is_empty else letters.write(digest, viewer, warp)


def preview(warp: Warp, person: Person) -> Rendered | None:
    """Return the digest a person would get now; for the operator, who leaves a trace. None for nothing new."""
    viewer = viewer_in_absence(person.id)
    with force_locale(person.language), db.as_viewer(viewer.settings()):
        letter = letter_for(viewer, warp)
    audit.record("digest.previewed", warp=warp.id, detail={"person": str(person.id)})
    return letter


def forecast(warp: Warp) -> Sent:
    """Return how many would get a WARP's digest if it went to all who want it now, and how many would not."""
    people = subscriptions.subscribers(warp.id)
    reachable = [who for who, refusal in people.items() if refusal is None]
    posted = len(something_for(warp.id, reachable, clock.now()).people)
    audit.record("digest.previewed", warp=warp.id)
    return Sent(posted, len(people) - posted)


def on_page(letter: Rendered) -> str:
    """Return a letter's text as a page shows it: what makes its links work stays out."""
    return _SECRET_OF_A_LINK.sub("=…", letter.text)


def post_test(person_id: UUID, warp: Warp) -> None:
    """Post a digest that counts for nothing to the coordinator who asked for it."""
    mail.post(TEST_KIND, person_id, warp_id=warp.id, expires_at=clock.now() + WORTH_SENDING_FOR)
    audit.record("digest.test_sent", actor=person_id, warp=warp.id)


def send_now(warp: Warp, person: Person | None = None) -> Sent:
    """Post a WARP's digest at once, to all who want it or to one person; for the operator, who leaves a trace.

    It is today's: who has had today's digest gets no second one, who unsubscribed gets none.
    """
    now = clock.now()
    people = subscriptions.subscribers(warp.id)
    if person is not None:
        people = {who: refusal for who, refusal in people.items() if who == person.id}
    today = clock.local(now, settings_of(warp).zone_info).date()
    runs.reopen(warp.id, today, people)
    posted, skipped = runs.begin(warp.id, today, people, expires_at=now + WORTH_SENDING_FOR, now=now)
    detail = {"person": str(person.id) if person else None, "posted": posted, "skipped": skipped}
    audit.record("digest.sent", warp=warp.id, detail=detail)
    return Sent(posted, skipped)
