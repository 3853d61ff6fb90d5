"""The training of the demonstration: announced, booked, given back, reminded of, attended."""

import tomllib
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import case, select

from warp_hub import clock
from warp_hub.background.slots import moment_of
from warp_hub.db import session
from warp_hub.demo.agenda import Agenda, being
from warp_hub.demo.community import Community
from warp_hub.memberships.models import Membership, MembershipKind, Person, Post, State
from warp_hub.sharing.visibility import select_visible
from warp_hub.tlp import Marking, Outlet
from warp_hub.training import bookings, organising
from warp_hub.training.models import Booking, BookingState, OpenTo, SessionKind
from warp_hub.training.organising import Details

ANNOUNCED_BEFORE, LATEST_NEWS = timedelta(days=19), timedelta(days=2)
BETWEEN_BOOKINGS = timedelta(minutes=95)


def told() -> list[dict[str, Any]]:
    """Return the sessions as they are written down."""
    written = (Path(__file__).parent / "training.toml").read_text(encoding="utf-8")
    sessions: list[dict[str, Any]] = tomllib.loads(written)["session"]
    return sessions


def plan(agenda: Agenda, built: Community, now: datetime) -> None:
    """Put every session on the agenda: its announcement, and what follows from it."""
    for number, one in enumerate(told()):
        starts = _starts(one, now)
        announced = max(min(starts - ANNOUNCED_BEFORE, now - LATEST_NEWS * 3), now - timedelta(days=28))
        moment = announced + timedelta(minutes=7 * number)
        agenda.at(moment, _announcing(agenda, built, one, starts, now))


def _starts(one: dict[str, Any], now: datetime) -> datetime:
    """Return when it starts: at its time, on a working day."""
    day = clock.local(now).date() + timedelta(days=one["day"])
    day += timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)
    return moment_of(day, time.fromisoformat(one["at"]))


def _announcing(agenda: Agenda, built: Community, one: dict[str, Any], starts: datetime, now: datetime) -> Any:
    organiser = built.coordinators[one["warp"]]

    def announce() -> None:
        with being(organiser) as viewer:
            made = organising.announce(
                _details(one, starts),
                built.warps[one["warp"]],
                Marking(one.get("marking", "TLP:GREEN")),
                OpenTo(one.get("open_to", "own WARP")),
                viewer,
            )
            session.commit()
            item_id = made.id
        begins = clock.now() + timedelta(hours=3)
        for number, person in enumerate(_guests(built, one)[: one["booked"]]):
            agenda.at(begins + BETWEEN_BOOKINGS * number, _booking(person, item_id))
        if one.get("gives_back"):
            agenda.at(now - timedelta(days=1), _giving_back(_guests(built, one)[0], item_id))
        if "came" in one:
            agenda.at(starts + timedelta(days=1), _ticking(organiser, item_id, one["came"]))
        if one.get("cancelled"):
            agenda.at(now - LATEST_NEWS, _calling_off(organiser, item_id))

    return announce


def _details(one: dict[str, Any], starts: datetime) -> Details:
    place = one.get("place", "")
    return Details(
        title=one["title"],
        kind=SessionKind(one["kind"]),
        starts_at=starts,
        ends_at=starts + timedelta(minutes=one["minutes"]),
        text={"en": one["text"], **({"cy": one["text_cy"]} if "text_cy" in one else {})},
        is_online=not place,
        place=place,
        join_link="" if place else f"https://meet.demo.example/{one['warp']}-{starts:%d-%m}",
        capacity=one.get("places"),
        per_organisation=one.get("per_organisation"),
        chatham_house=one["kind"] == "meeting",
    )


def _guests(built: Community, one: dict[str, Any]) -> Sequence[UUID]:
    """Return who may come, the personas first: of the WARP, or of any where all are invited."""
    is_persona = Person.email.like("%@demo.example")
    members = (
        select(Person.id)
        .join(Post, Post.person_id == Person.id)
        .join(Membership, Membership.organisation_id == Post.organisation_id)
        .where(Membership.state == State.ACTIVE, Membership.kind == MembershipKind.FULL, Post.state == State.ACTIVE)
        .where(Person.id != built.coordinators[one["warp"]])
        .group_by(Person.id)
        .order_by(case((is_persona, 0), else_=1), Person.email)
    )
    if one.get("open_to") != "all WARPs":
        members = members.where(Membership.warp_id == built.warps[one["warp"]].id)
    return session.scalars(members).all()


def _booking(person: UUID, item_id: UUID) -> Any:
    def book() -> None:
        with being(person) as viewer:
            bookings.book(item_id, viewer)
            session.commit()

    return book


def _giving_back(person: UUID, item_id: UUID) -> Any:
    def give_back() -> None:
        with being(person) as viewer:
            bookings.give_back(item_id, viewer)
            session.commit()

    return give_back


def _ticking(organiser: UUID, item_id: UUID, came: int) -> Any:
    def tick() -> None:
        with being(organiser) as viewer:
            held = select_visible(Booking, viewer, Outlet.DESK).where(Booking.item_id == item_id)
            booked = session.scalars(held.where(Booking.state == BookingState.BOOKED).order_by(Booking.asked_at)).all()
            organising.tick(item_id, [one.id for one in booked[:came]], viewer)
            session.commit()

    return tick


def _calling_off(organiser: UUID, item_id: UUID) -> Any:
    def call_off() -> None:
        with being(organiser) as viewer:
            organising.call_off(item_id, viewer)
            session.commit()

    return call_off
