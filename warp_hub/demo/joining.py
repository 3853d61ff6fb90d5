"""Who would join, and what members have agreed to: applications of every sort, an agreement kept and one to come."""

import tomllib
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from warp_hub import clock
from warp_hub.db import session
from warp_hub.demo.agenda import Agenda
from warp_hub.demo.community import Community
from warp_hub.memberships import agreement_writing, agreements, applications, deciding
from warp_hub.memberships.models import Membership, MembershipKind, Organisation, Person, Post, PostKind, State

TEXTS = Path(__file__).with_name("agreement.toml")
NOT_YET = "Underfell District Council"
APPLICATIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        "n.vaughan@fernhollow.demo.example",
        {
            "name": "Nerys Vaughan",
            "job": "IT manager",
            "phone": "01632 960 204",
            "organisation_name": "Fernhollow Town Council",
            "why": "We are three people for everything, and our neighbours in Ashcombe told us about the warnings.",
        },
    ),
    (
        "ines.arkwright@ashcombe.demo.example",
        {
            "name": "Ines Arkwright",
            "job": "Network engineer",
            "organisation_name": "Ashcombe Borough Council",
            "why": "I work with Sam Hartley and would like to read the warnings as well.",
        },
    ),
    (
        "accounts@ashcombe.demo.example.supplier.example",
        {
            "name": "Jordan Price",
            "job": "Account manager",
            "organisation_name": "Ashcombe Digital Partners",
            "kind": MembershipKind.ASSOCIATE,
            "why": "We look after servers for two members and want to know early.",
        },
    ),
)


def plan(agenda: Agenda, built: Community, now: datetime) -> None:
    """Put the month's applications and agreements on the agenda."""
    agenda.at(now - timedelta(days=24), lambda: _agree_in_northmere(built))
    agenda.at(now - timedelta(days=2), lambda: _announce_in_westmarch(built, now + timedelta(days=20)))
    for number, (email, told) in enumerate(APPLICATIONS):
        moment = now - timedelta(days=3 - number, hours=2)
        agenda.at(moment, partial(_apply, built, email, told))
    agenda.at(now - timedelta(hours=4), lambda: _ask_for_more(built))


def _agree_in_northmere(built: Community) -> None:
    """Northmere's members have all accepted its agreement but one, whose people read nothing of Northmere's."""
    warp = built.warps["northmere"]
    agreement_writing.write(warp, _texts())
    made = agreement_writing.publish(warp, clock.now(), None)
    for organisation, person in _leads(warp.id):
        if organisation.name != NOT_YET:
            agreements.accept(made, organisation, person)
    session.commit()


def _announce_in_westmarch(built: Community, binds_from: datetime) -> None:
    """Westmarch's members have three weeks to read and accept; its coordinator's own council has."""
    warp = built.warps["westmarch"]
    agreement_writing.write(warp, _texts())
    made = agreement_writing.publish(warp, binds_from, None)
    for organisation, person in _leads(warp.id)[:2]:
        if person.id != built.people["lead-westmarch"].id:
            agreements.accept(made, organisation, person)
    session.commit()


def _apply(built: Community, email: str, told: dict[str, Any]) -> None:
    application = applications.begin(email, built.warps["midshire"].id)
    applications.confirm(application)
    applications.save(application.id, **{"language": "en", "kind": MembershipKind.FULL, **told})
    applications.send(application.id)
    session.commit()


def _ask_for_more(built: Community) -> None:
    """Midshire's coordinator asked the supplier something, and it answered."""
    application = applications.begin(APPLICATIONS[-1][0], built.warps["midshire"].id)
    me = built.people["coordinator-midshire"].id
    deciding.ask_for_more(application.id, application.changed_at, "Which two members are your customers?", me)
    applications.answer(application.id, "Dunmarsh and Ellerby; their contracts run until 2028.")
    applications.send(application.id)
    session.commit()


def _leads(warp_id: UUID) -> list[tuple[Organisation, Person]]:
    """Return each member of a WARP with its lead, or whoever has a post there where it has none."""
    held = (
        select(Organisation, Person)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .join(Post, Post.organisation_id == Organisation.id)
        .join(Person, Person.id == Post.person_id)
        .where(Membership.warp_id == warp_id, Membership.state == State.ACTIVE, Post.state == State.ACTIVE)
        .order_by(Organisation.name, (Post.kind == PostKind.LEAD).desc(), Person.name)
        .distinct(Organisation.name)
    )
    return [(organisation, person) for organisation, person in session.execute(held)]


def _texts() -> dict[str, str]:
    return tomllib.loads(TEXTS.read_text())
