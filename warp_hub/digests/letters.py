"""Writing a digest at the moment it goes: composed anew, for what its reader may see then."""

from collections.abc import Collection, Sequence
from functools import partial
from uuid import UUID

from sqlalchemy import select

from warp_hub import clock
from warp_hub.alerts import answer_links
from warp_hub.alerts.printing import PLACES
from warp_hub.db import session
from warp_hub.digests import runs, subscriptions, unsubscribing, words
from warp_hub.digests.compose import Digest, compose
from warp_hub.digests.recalled import Recalled, recalled
from warp_hub.digests.selection import since_when
from warp_hub.mail import Cancelled, Letter, Rendered, addresses, rendering
from warp_hub.memberships.models import Warp
from warp_hub.memberships.settings import Cadence
from warp_hub.sharing import deliveries
from warp_hub.sharing.models import ItemKind
from warp_hub.tlp import Viewer

TEMPLATE = "digests/email/digest"
NOT_THEIRS = "they receive nothing"
HOME, MY_LIST, WITHDRAWN = "/", "/account/interests", "/advisories/withdrawn"


def render(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:
    """Return a digest as it goes; what its reader lost sight of since it was posted is not in it."""
    run = runs.find(letter.id)
    warp = _warp(letter.warp_id)
    if run is None or run.horizon is None or warp is None:
        return Cancelled("nothing is known of it any more")
    if viewer.person is None:
        return Cancelled(NOT_THEIRS)
    if subscriptions.cadence_of(letter.person_id, warp) is Cadence.NEVER:
        return Cancelled("they unsubscribed")
    since = since_when(warp.id, [letter.person_id], run.started_at)[letter.person_id]
    digest = compose(viewer, warp.id, since, run.horizon)
    if digest.is_empty:
        return Cancelled(runs.NOTHING_NEW)
    withdrawn = recalled(viewer, warp.id, since, run.horizon)
    return write(digest, viewer, warp, run_id=run.id, withdrawn=withdrawn)


def render_test(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:
    """Return the digest that its reader would get now, which counts for nothing."""
    warp = _warp(letter.warp_id)
    if warp is None:
        return Cancelled("nothing is known of it any more")
    if viewer.person is None:
        return Cancelled(NOT_THEIRS)
    since = since_when(warp.id, [letter.person_id], clock.now())[letter.person_id]
    digest = compose(viewer, warp.id, since)
    return Cancelled(runs.NOTHING_NEW) if digest.is_empty else write(digest, viewer, warp)


def write(
    digest: Digest, viewer: Viewer, warp: Warp, *, run_id: UUID | None = None, withdrawn: Sequence[Recalled] = ()
) -> Rendered:
    """Return the letter of a digest, in the language of the moment; its delivery covers the run it is of."""
    assert viewer.person is not None
    person_id = viewer.person
    entries = (*digest.new, *digest.changed)
    return rendering.letter(
        TEMPLATE,
        unsubscribe_url=unsubscribing.address_of(person_id, warp.id),
        list_name=f"digest.{warp.slug}",
        on_sent=None if run_id is None else partial(_covered, run_id, digest),
        on_left=partial(deliveries.note_letter, person_id, digest.printed, digest.noticed, clock.now()),
        composed_at=clock.now(),
        addresses={one.id: addresses.opening(person_id, one.path) for one in entries},
        questions=answer_links.questions(viewer, digest.printed),
        list_url=addresses.opening(person_id, _where({one.kind for one in entries})),
        sign_in_url=addresses.signing_in(_where({one.kind for one in digest.notices})),
        attention_url=addresses.signing_in(HOME),
        withdrawn=withdrawn,
        withdrawn_url=addresses.opening(person_id, WITHDRAWN),
        my_list_url=addresses.opening(person_id, MY_LIST) if digest.mine else "",
        **words.of_letter(digest, warp),
        **addresses.of_every_letter(person_id),
    )


def _where(kinds: Collection[ItemKind]) -> str:
    """Return the list that has all of these, or the first page where they are of several kinds."""
    return PLACES[next(iter(kinds))] if len(kinds) == 1 else HOME


def _covered(run_id: UUID, digest: Digest) -> None:
    runs.delivered(run_id, digest.printed, digest.noticed, clock.now())


def _warp(warp_id: UUID | None) -> Warp | None:
    return session.scalars(select(Warp).where(Warp.id == warp_id)).one_or_none()
