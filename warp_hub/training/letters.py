"""Letters about a place in a session, each written when it goes: what no longer holds by then is not said.

The label decides what may be printed. Of a session above TLP:GREEN a letter and its calendar entry say when, and
nothing more: not its title, not where, not how to join.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from warp_hub import clock, mail, text
from warp_hub.db import session
from warp_hub.mail import Cancelled, Invitation, Letter, Rendered, addresses, rendering
from warp_hub.memberships.models import Person, Warp
from warp_hub.sharing.models import Item
from warp_hub.sharing.visibility import select_visible
from warp_hub.tlp import Marking, Outlet, Viewer
from warp_hub.training import bookings, calendars, seats, wording
from warp_hub.training.models import Booking, BookingState, TrainingSession

TEMPLATE = "training/email/session"
PLACES = "/training"
LONGEST_TITLE, LONGEST_TEXT = 160, 4000


@dataclass(frozen=True)
class Telling:
    """One kind of letter: its first words, its sentence, for whom it still holds, and what a calendar is to do."""

    begins: Any
    says: Any
    holds: Callable[[Any, Booking], bool]
    method: str = ""


@dataclass(frozen=True)
class Facts:
    """What may be printed of a session; `marking` is None where nothing but the time may."""

    item_id: UUID
    times: Any
    warp: Warp
    title: str
    marking: Marking | None = None
    chatham_house: bool = False
    where: str = ""
    join_link: str = ""
    text: str = ""

    @property
    def when(self) -> str:
        """Return when it is, in the reader's language."""
        return wording.when(self.times.starts_at, self.times.ends_at, self.times.zone)

    @property
    def path(self) -> str:
        """Return where the portal shows it."""
        return f"{PLACES}/{self.item_id}"


def _has_place(of: Any, booking: Booking) -> bool:
    return booking.state is BookingState.BOOKED and of.cancelled_at is None


def _waits(of: Any, booking: Booking) -> bool:
    return booking.state is BookingState.WAITING and of.cancelled_at is None


def _left(_of: Any, booking: Booking) -> bool:
    return booking.state is BookingState.CANCELLED


def _is_off(of: Any, booking: Booking) -> bool:
    return of.cancelled_at is not None and booking.state is not BookingState.CANCELLED


def _is_coming(of: Any, booking: Booking) -> bool:
    return _has_place(of, booking) and bool(of.starts_at > clock.now())


TELLINGS: Mapping[str, Telling] = {
    "training_booked": Telling(_l("Booked"), _l("Your place is booked."), _has_place, calendars.REQUEST),
    "training_waiting": Telling(
        _l("Waiting list"), _l("All places are taken. We write to you as soon as one is yours."), _waits
    ),
    "training_promoted": Telling(
        _l("You have a place"),
        _l("A place became free, and it is yours. If you cannot come, please cancel it, so that the next person can."),
        _has_place,
        calendars.REQUEST,
    ),
    "training_moved": Telling(
        _l("Changed"), _l("The time or the place has changed. This is what holds now."),
        lambda of, booking: _has_place(of, booking) or _waits(of, booking), calendars.REQUEST,
    ),
    "training_cancelled": Telling(_l("Cancelled"), _l("This session will not take place."), _is_off, calendars.CANCEL),
    "training_left": Telling(
        _l("Your booking is cancelled"), _l("You gave your place back."), _left, calendars.CANCEL
    ),
    "training_reminder": Telling(_l("Reminder"), _l("You have a place in this session. It is coming up."), _is_coming),
}  # fmt: skip


def render(kind: str, letter: Letter, viewer: Viewer) -> Rendered | Cancelled:
    """Return one letter about one session for what its reader may be told of it now."""
    facts = _facts(letter, viewer)
    booking = bookings.find_mine(facts.item_id, viewer) if facts is not None else None
    if facts is None or booking is None:
        return Cancelled("it is not for them any more")
    telling = TELLINGS[kind]
    if not telling.holds(facts.times, booking):
        return Cancelled("it does not hold any more")
    context: dict[str, Any] = dict(
        begins=telling.begins,
        says=telling.says,
        line=seats.count(facts.times, booking.organisation_id).line if booking.state is BookingState.WAITING else 0,
        facts=facts,
        warp_name=wording.name_of(facts.warp),
        address=_address(letter.person_id, facts),
        **addresses.of_every_letter(letter.person_id),
    )
    rendered = rendering.letter(TEMPLATE, **context)
    if not telling.method or booking.state is BookingState.WAITING:
        return rendered
    return replace(rendered, invitation=_invitation(telling.method, facts, booking))


LETTERS: Mapping[str, mail.Render] = {kind: partial(render, kind) for kind in TELLINGS}


def entry_of(facts: Facts, booking: Booking, status: str, *, attendee: str = "") -> calendars.Entry:
    """Return the calendar entry of one person's booking."""
    words = [facts.text, f"{_('Join here:')} {facts.join_link}" if facts.join_link else ""]
    return calendars.Entry(
        item_id=facts.item_id,
        sequence=facts.times.sequence + booking.changes,
        starts_at=facts.times.starts_at,
        ends_at=facts.times.ends_at,
        zone=facts.times.zone,
        title=f"{facts.marking.value} {facts.title}" if facts.marking else facts.title,
        url=rendering.hub_url("training.read_session", item_id=facts.item_id),
        organiser=facts.warp.name,
        status=status,
        where=facts.where,
        text="\n\n".join(filter(None, words)),
        attendee=attendee,
    )


def printed(of: TrainingSession, item: Item, warp: Warp, join_link: str) -> Facts:
    """Return what may be printed of a session that was read through an outlet by which its text may go."""
    said = of.text.get(wording.language()) or next(iter(of.text.values()), "")
    return Facts(
        item_id=of.id,
        times=of,
        warp=warp,
        title=text.harmless(text.one_line(item.title, LONGEST_TITLE)),
        marking=item.marking,
        chatham_house=item.chatham_house,
        where=text.harmless(text.one_line(wording.where(of))),
        join_link=join_link,
        text=text.harmless(text.shortened(text.plain(said), LONGEST_TEXT)),
    )


def _facts(letter: Letter, viewer: Viewer) -> Facts | None:
    item_id = letter.item_ids[0] if letter.item_ids else None
    by_mail = select_visible(TrainingSession, viewer, Outlet.MAIL).where(TrainingSession.id == item_id)
    found = session.execute(by_mail.add_columns(Item)).one_or_none()
    if found is not None:
        of, item = found
        return printed(of, item, _warp(of.warp_id), bookings.joining_link(of, viewer, Outlet.MAIL))
    of = TrainingSession
    times = (of.id, of.warp_id, of.starts_at, of.ends_at, of.zone, of.sequence, of.cancelled_at, of.per_organisation)
    counted = select_visible(of, viewer, Outlet.NOTICE).where(of.id == item_id).with_only_columns(*times)
    row = session.execute(counted).one_or_none()
    return None if row is None else Facts(row.id, row, _warp(row.warp_id), str(_("A training session")))


def _invitation(method: str, facts: Facts, booking: Booking) -> Invitation:
    status = calendars.CANCELLED if method == calendars.CANCEL else calendars.CONFIRMED
    to = session.scalars(select(Person.email).where(Person.id == booking.person_id)).one()
    return Invitation(method, calendars.write([entry_of(facts, booking, status, attendee=to)], method))


def _address(person_id: UUID, facts: Facts) -> str:
    if facts.marking is None:
        return addresses.signing_in(facts.path)
    return addresses.opening(person_id, facts.path)


def _warp(warp_id: UUID) -> Warp:
    return session.scalars(select(Warp).where(Warp.id == warp_id)).one()
