"""What a WARP's coordinators do: announce a session, change it, call it off, tick who came; audited, uncommitted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select

from warp_hub import audit, clock, mail, text
from warp_hub.db import new_id, session
from warp_hub.memberships.models import Warp
from warp_hub.memberships.settings import settings_of
from warp_hub.sharing import publishing, words
from warp_hub.sharing.models import Item, ItemKind
from warp_hub.sharing.visibility import find_visible, select_visible
from warp_hub.tlp import Marking, Outlet, Viewer
from warp_hub.training import bookings, seats
from warp_hub.training.models import Booking, BookingState, OpenTo, SessionKind, TrainingSession

MARKINGS = (Marking.CLEAR, Marking.GREEN, Marking.AMBER)
LONGEST_SUMMARY = 240
# A change of one of these is told to whoever holds a place or waits for one.
TOLD = ("starts_at", "ends_at", "zone", "is_online", "place", "join_link")


class NotTheirs(Exception):
    """Only the coordinators of a WARP announce its sessions."""


class TooStrict(Exception):
    """The label lets no other WARP see it, and never one that sessions do not carry."""


@dataclass(frozen=True)
class Details:
    """What organisers say of a session; `text` is Markdown by language."""

    title: str
    kind: SessionKind
    starts_at: datetime
    ends_at: datetime
    text: dict[str, str]
    is_online: bool = True
    place: str = ""
    join_link: str = ""
    capacity: int | None = None
    per_organisation: int | None = None
    chatham_house: bool = False


def announce(details: Details, warp: Warp, marking: Marking, open_to: OpenTo, viewer: Viewer) -> TrainingSession:
    """Announce a session of a WARP to its own members or to all; raises NotTheirs or TooStrict."""
    if warp.id not in viewer.keeps:
        raise NotTheirs(warp.slug)
    if marking not in MARKINGS or (marking is Marking.AMBER and open_to is OpenTo.ALL):
        raise TooStrict(marking)
    item = Item(
        id=new_id(),
        kind=ItemKind.TRAINING_SESSION,
        title=details.title,
        marking=marking,
        originator=warp.id,
        originator_name=warp.name,
        keepers=[warp.id],
    )
    made = TrainingSession(id=item.id, warp_id=warp.id, open_to=open_to, zone=settings_of(warp).zone, sequence=0)
    _fill_in(made, item, details)
    session.add(item)
    session.flush()
    session.add(made)
    publishing.publish([item], to=[warp.id], passed_by=_whose_digest(warp, open_to))
    session.flush()
    _put_words(made, item)
    audit.record("announced training", actor=viewer.person, item=item.id, warp=warp.id)
    return made


def change(item_id: UUID, details: Details, viewer: Viewer) -> bool:
    """Change a session; whoever holds a place or waits is told of a new time or place. Say whether they are.

    Raises bookings.NoSuchSession or bookings.NotOpen.
    """
    of, item = _mine_to_change(item_id, viewer)
    before = {name: getattr(of, name) for name in TOLD}
    _fill_in(of, item, details)
    if not (session.is_modified(of) or session.is_modified(item)):
        return False
    is_moved = any(getattr(of, name) != before[name] for name in TOLD)
    of.sequence += 1
    publishing.revise(item)
    session.flush()
    _put_words(of, item)
    if is_moved:
        _tell("training_moved", of, viewer)
    bookings.fill_later(item_id)
    audit.record("changed training", actor=viewer.person, item=item_id, warp=of.warp_id)
    return is_moved


def call_off(item_id: UUID, viewer: Viewer) -> None:
    """Call a session off: it stays in sight, says so, and whoever holds a place or waits is told.

    Raises bookings.NoSuchSession or bookings.NotOpen.
    """
    of, item = _mine_to_change(item_id, viewer)
    of.cancelled_at, of.sequence = clock.now(), of.sequence + 1
    item.passed_by = []  # no later digest announces it
    session.flush()
    _tell("training_cancelled", of, viewer)
    audit.record("called training off", actor=viewer.person, item=item_id, warp=of.warp_id)


def tick(item_id: UUID, who_came: Collection[UUID], viewer: Viewer) -> int:
    """Note who of those with a place came, and that the others did not; return how many. Raises NoSuchSession."""
    of = bookings.find(item_id, viewer, Outlet.DESK)
    if of is None:
        raise bookings.NoSuchSession(item_id)
    came = 0
    for booking in session.scalars(_bookings(item_id, viewer, BookingState.BOOKED)):
        booking.attended = booking.id in who_came
        came += booking.attended
    audit.record("ticked attendance", actor=viewer.person, item=item_id, warp=of.warp_id, detail={"came": came})
    return came


def _mine_to_change(item_id: UUID, viewer: Viewer) -> tuple[TrainingSession, Item]:
    item: Item | None = find_visible(Item, item_id, viewer, Outlet.DESK)
    if item is None or bookings.find(item_id, viewer, Outlet.DESK) is None:
        raise bookings.NoSuchSession(item_id)
    seats.take_turn(item_id)
    of = bookings.find(item_id, viewer, Outlet.DESK)
    if of is None or of.cancelled_at is not None or of.starts_at <= clock.now():
        raise bookings.NotOpen(item_id)
    bookings.joining_link(of, viewer, Outlet.DESK)  # load it, so that a change of it is seen as one
    return of, item


def _fill_in(of: TrainingSession, item: Item, details: Details) -> None:
    item.title, item.chatham_house = details.title, details.chatham_house
    of.kind, of.starts_at, of.ends_at = details.kind, details.starts_at, details.ends_at
    of.is_online, of.place, of.join_link = details.is_online, details.place, details.join_link
    of.capacity, of.per_organisation = details.capacity, details.per_organisation
    if of.text != details.text:
        of.text = details.text
        of.html = {language: text.clean_html(said) for language, said in details.text.items()}
    item.summary = _summary(of)


def _summary(of: TrainingSession) -> str:
    """Return when it is, and how its text begins: numbers, so that they read alike in every language."""
    starts, ends = (clock.local(moment, ZoneInfo(of.zone)) for moment in (of.starts_at, of.ends_at))
    until = f"{ends:%H:%M}" if ends.date() == starts.date() else f"{ends:%d/%m/%Y %H:%M}"
    said = text.first_paragraph(next(iter(of.text.values()), ""))
    return text.shortened(f"{starts:%d/%m/%Y, %H:%M}–{until}. {said}".strip(), LONGEST_SUMMARY)


def _put_words(of: TrainingSession, item: Item) -> None:
    words.put(item.id, item.title, "\n".join([of.place, *map(text.plain, of.text.values())]))


def _whose_digest(warp: Warp, open_to: OpenTo) -> list[UUID]:
    if open_to is OpenTo.OWN:
        return [warp.id]
    others = session.scalars(select(Warp.id).where(Warp.id != warp.id).order_by(Warp.slug)).all()
    return [warp.id, *others]


def _tell(kind: str, of: TrainingSession, viewer: Viewer) -> None:
    held = _bookings(of.id, viewer, BookingState.BOOKED, BookingState.WAITING).with_only_columns(Booking.person_id)
    mail.post_all(kind, session.scalars(held).all(), warp_id=of.warp_id, item_ids=[of.id], expires_at=of.ends_at)


def _bookings(item_id: UUID, viewer: Viewer, *states: BookingState) -> Select[Any]:
    desk = select_visible(Booking, viewer, Outlet.DESK).where(Booking.item_id == item_id)
    return desk.where(Booking.state.in_(states)).order_by(Booking.asked_at, Booking.id)
