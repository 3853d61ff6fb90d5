"""Planting: one item for each row of the tables, with a canary of its own in each field.

The worker writes the rows and lets them go by the real functions of publishing, at the times they tell of.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from uuid import UUID

from warp_hub import clock
from warp_hub.db import new_id, session
from warp_hub.proof import applicants, lists, parts, places, profiles, rooms
from warp_hub.proof.cast import Cast
from warp_hub.proof.plans import BEHIND, WORD_OF_A_TEXT, Plan, plan_of
from warp_hub.proof.searching import Register
from warp_hub.sharing import publishing, words
from warp_hub.sharing.models import Choice, Decision, Item, ItemKind, Reference

# The rows that are no items: a source and what was put aside from it, for each WARP's desk.
ROOMS = (ItemKind.SHARED_INCIDENT, ItemKind.QUESTION, ItemKind.TRAINING_SESSION, ItemKind.RECALL)
SOURCES = {"source": ("a source of Here", "here"), "another source": ("a source of Elsewhere", "elsewhere")}


@dataclass
class Garden:
    """What was planted: the first item of each row, and every canary."""

    cast: Cast
    register: Register = field(default_factory=Register)
    ids: dict[str, UUID] = field(default_factory=dict)
    stix_ids: dict[str, str] = field(default_factory=dict)
    sources: dict[str, UUID] = field(default_factory=dict)
    aside: dict[str, UUID] = field(default_factory=dict)
    reports: dict[str, UUID] = field(default_factory=dict)
    applications: dict[str, UUID] = field(default_factory=dict)
    others_who_applied: dict[str, UUID] = field(default_factory=dict)
    agreements: dict[str, UUID] = field(default_factory=dict)
    calendars: dict[str, str] = field(default_factory=dict)

    def address(self, name: str) -> UUID:
        """Return the id that stands behind a name of a plan."""
        cast = self.cast
        places = {
            "here": cast.here,
            "elsewhere": cast.elsewhere,
            "council": cast.council,
            "supplier": cast.supplier,
        }
        return places.get(name) or cast.people[name]

    def addresses(self, names: Iterable[str]) -> list[UUID]:
        """Return the ids that stand behind names."""
        return [self.address(name) for name in names]


def plant(cast: Cast, rows: Iterable[str]) -> Garden:
    """Write an item for each row; the caller commits."""
    garden = Garden(cast)
    for name, (row, warp) in SOURCES.items():
        _plant_source(garden, name, row, cast.here if warp == "here" else cast.elsewhere)
    plans = {row: plan_of(row) for row in rows}
    for row in sorted(plans, key=lambda row: (row in BEHIND, -plans[row].published_days_ago)):
        plant_row(garden, row, plans[row])
    publishing.lift_due_embargoes()
    for row in rooms.REPORTS:
        found = rooms.plant_report(cast, row, garden.register.new)
        garden.reports[row] = garden.register.note_id(row, "id of a report", found)
    garden.applications = applicants.plant(cast, garden.register)
    garden.others_who_applied = applicants.plant_others(cast, garden.register)
    garden.agreements = {applicants.AGREED: applicants.plant_agreement(garden.register)}
    garden.calendars = places.make_calendars(cast.people, garden.register)
    lists.plant(cast.people, cast.council, garden.register)
    profiles.plant(cast.people, garden.register)
    return garden


def plant_row(garden: Garden, row: str, plan: Plan) -> None:
    """Write what one row says."""
    for number in range(plan.count):
        _plant_one(garden, row, plan, f" {number + 1}" if plan.count > 1 else "")


def _plant_one(garden: Garden, row: str, plan: Plan, suffix: str) -> None:
    def canary(of_field: str) -> str:
        return garden.register.new(row, of_field + suffix)

    made = parts.item(
        plan,
        row,
        canary,
        id=garden.register.note_id(row, "id" + suffix, new_id()),
        keepers=garden.addresses(plan.keepers),
        recipients=garden.addresses(plan.to) if parts.is_named(plan) else [],
        early=garden.addresses(plan.early),
        originator=garden.address(plan.keepers[0]) if plan.kind in ROOMS else garden.sources[plan.source],
        about_id=garden.ids[plan.about] if plan.kind is ItemKind.NOTE else None,
    )
    garden.ids.setdefault(row, made.id)
    session.add(made)
    session.flush()
    _add_parts(garden, row, plan, made, canary)
    _live_through(garden, plan, made)
    if plan.kind is ItemKind.ADVISORY:
        session.add_all([*_decisions(garden, plan, made), *parts.askings(made, garden.cast.warps)])
    session.flush()


def _add_parts(garden: Garden, row: str, plan: Plan, made: Item, canary: parts.Canary) -> None:
    if plan.kind is not ItemKind.RECALL:  # it is found by nobody's searching
        words.put(made.id, made.title, f"{made.summary} {WORD_OF_A_TEXT} {canary('words')}")
    if plan.kind in ROOMS:
        session.add_all(rooms.of_a_room(made, garden.address(plan.keepers[0]), canary))
        if plan.kind is ItemKind.TRAINING_SESSION:
            session.flush()
            places.give(made.id, garden.cast.people)
        if plan.kind is not ItemKind.SHARED_INCIDENT:
            session.flush()
            return
    stix_id = f"{parts.stix_type(plan.kind)}--{garden.register.note_id(row, 'stix_id', new_id())}"
    stix_id = garden.stix_ids[plan.same_stix_id_as] if plan.same_stix_id_as else stix_id
    garden.stix_ids.setdefault(row, stix_id)
    session.add_all(parts.of_every_item(made, stix_id, canary))
    named = garden.register.note_id(row, "reference", new_id())
    session.add(Reference(item_id=made.id, target=f"malware--{named}"))
    if plan.kind is ItemKind.ADVISORY:
        session.add_all([parts.advisory(made, stix_id, canary), parts.original(made, canary)])
        session.add(parts.writing(made, garden.address(plan.keepers[0]), canary))
    elif plan.kind is ItemKind.NOTE:
        session.add(parts.note(made, garden.address(plan.keepers[0]), canary))
    elif plan.kind is ItemKind.SUPPORT and not plan.same_stix_id_as:
        session.add(Reference(item_id=garden.ids[plan.about], target=stix_id))
    session.flush()


def _live_through(garden: Garden, plan: Plan, made: Item) -> None:
    """Let the item go out at its time and become what its row says."""
    now = clock.now()
    if plan.lifts_in_days is not None:
        made.embargo_until = now + timedelta(days=plan.lifts_in_days)
    if not plan.is_published:
        return
    if plan.published_days_ago < 0:
        made.published_at = now - timedelta(days=plan.published_days_ago)
    with clock.at(now - timedelta(days=max(plan.published_days_ago, 0), minutes=5)):
        publishing.publish([made], to=garden.addresses(plan.to), passed_by=garden.addresses(plan.passed_by))
        session.flush()
    if plan.begins is not None and plan.marking.rank > plan.begins.rank:
        publishing.raise_marking(made, plan.marking, by=garden.cast.people["P"])
    elif plan.begins is not None:
        publishing.lower_marking(made, plan.marking, consent=garden.register.new("consent", "text"))
    if plan.is_withdrawn:
        publishing.withdraw(made)
    session.flush()


def _decisions(garden: Garden, plan: Plan, made: Item) -> Iterable[Decision]:
    for keeper in plan.keepers:
        choice = None if keeper in plan.undecided else Choice(plan.choice)
        yield Decision(
            item_id=made.id,
            keeper=garden.address(keeper),
            choice=choice,
            decided_at=clock.now() if choice else None,
            decided_by=garden.cast.people["C" if keeper == "here" else "E"] if choice else None,
            same_as_id=garden.ids["GREEN published"] if choice is Choice.SAME_AS else None,
        )


def _plant_source(garden: Garden, name: str, row: str, warp: UUID) -> None:
    source = parts.source(name, partial(garden.register.new, row))
    session.add(source)
    session.flush()
    stix_id = f"report--{garden.register.note_id(row, 'stix_id of what was put aside', new_id())}"
    aside = parts.put_aside(source.id, warp, stix_id, partial(garden.register.new, row))
    mailbox = parts.mailbox(warp, partial(garden.register.new, row))
    session.add_all([parts.serves(source.id, warp), aside, mailbox])
    session.flush()
    garden.sources[name], garden.aside[name] = source.id, aside.id
