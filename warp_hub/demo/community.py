"""Four WARPs, forty bodies, a hundred and twenty people: all of them invented."""

from dataclasses import dataclass, field
from itertools import cycle
from typing import Any
from uuid import UUID

from warp_hub.db import session
from warp_hub.memberships.models import (
    Coordinator,
    Membership,
    MembershipKind,
    Organisation,
    OrganisationDomain,
    Person,
    Post,
    PostKind,
    State,
    Warp,
    WarpKind,
)

COUNCILS = {
    "midshire": (
        "Midshire County Council",
        "Ashcombe Borough Council",
        "Brackenford District Council",
        "Copperfield City Council",
        "Dunmarrow District Council",
        "Elderwick Borough Council",
        "Fennimore District Council",
        "Gallowhill Town Council",
        "Harrowdean Borough Council",
        "Midshire Fire and Rescue Service",
        "Midshire National Park Authority",
        "Inglestone District Council",
        "Eastdale District Council",
        "Saltmere Borough Council",
    ),
    "westmarch": (
        "Westmarch Council",
        "Jackdaw Vale Borough Council",
        "Kestrelton City Council",
        "Larkhaven District Council",
        "Merrowby Borough Council",
        "Nettlecombe District Council",
        "Otterbourne Borough Council",
        "Westmarch Passenger Transport Executive",
        "Pellbridge District Council",
        "Quarrington Borough Council",
        "Cyngor Rhyd-y-Gwynt",
    ),
    "northmere": (
        "Northmere Metropolitan Borough Council",
        "Ravensgill City Council",
        "Stonewick Borough Council",
        "Thornaby Vale District Council",
        "Underfell District Council",
        "Vickerstead Borough Council",
        "Northmere Waste Authority",
        "Whinfield Borough Council",
        "Yarrowdale District Council",
        "Zealby District Council",
    ),
    "eastdale": ("Marram Coast District Council", "Eastdale Drainage Board"),
}
ALSO_IN_EASTDALE = ("Eastdale District Council", "Saltmere Borough Council")
ASSOCIATES = {
    "midshire": ("Brightwater Shared Services Ltd", "Tallow Lane Hosting Ltd"),
    "westmarch": ("Marchland ICT Partnership",),
}
ABOUT = {
    "midshire": (
        "Midshire WARP",
        WarpKind.REGION,
        "Midshire WARP brings together the security people of the county's councils and its fire service. We read "
        "the warnings so that you need not, and we pass on what matters here.",
    ),
    "westmarch": (
        "Westmarch WARP",
        WarpKind.REGION,
        "Westmarch WARP serves public bodies along the border, in English and in Welsh. Members help each other "
        "before, during and after an incident.",
    ),
    "northmere": (
        "Northmere WARP",
        WarpKind.REGION,
        "Northmere WARP is run by and for the metropolitan boroughs and districts of Northmere. It meets every "
        "quarter and warns every morning.",
    ),
    "eastdale": (
        "Eastdale WARP",
        WarpKind.SUB_REGION,
        "Eastdale WARP is the coast's own small circle. Most of its members belong to Midshire WARP as well.",
    ),
    "national": ("National WARP team", WarpKind.NATIONAL, "The national team watches over every WARP on this hub."),
}
FIRST = (
    "Sam", "Priya", "Owen", "Grace", "Tomasz", "Aisha", "Rhys", "Hannah", "Declan", "Mei", "Joshua", "Ffion",
    "Marcus", "Leila", "Callum", "Nadia", "Gareth", "Chloe", "Idris", "Beth", "Kwame", "Alice", "Ravi", "Morag",
)  # fmt: skip
LAST = (
    "Hartley", "Shah", "Pritchard", "Okafor", "Nowak", "Rahman", "Bevan", "Whitlock", "Byrne", "Zhang", "Fielding",
    "Morgan", "Lockwood", "Haddad", "Sinclair", "Petrov", "Llewellyn", "Ashdown", "Yusuf", "Crowther", "Mensah",
    "Tindall", "Iyer", "Galbraith", "Pemberton", "Quayle", "Rowntree",
)  # fmt: skip
# Persona: (name, organisation, post); their addresses are SLUG@demo.example.
PERSONAS: dict[str, tuple[str, str, PostKind]] = {
    "lead-midshire": ("Sam Hartley", "Ashcombe Borough Council", PostKind.LEAD),
    "officer-midshire": ("Grace Okafor", "Brackenford District Council", PostKind.OFFICER),
    "associate-midshire": ("Declan Byrne", "Brightwater Shared Services Ltd", PostKind.OFFICER),
    "reader-midshire": ("Hannah Whitlock", "Copperfield City Council", PostKind.OFFICER),
    "coordinator-midshire": ("Priya Shah", "Midshire County Council", PostKind.LEAD),
    "lead-westmarch": ("Owen Pritchard", "Westmarch Council", PostKind.LEAD),
    "coordinator-westmarch": ("Ffion Morgan", "Kestrelton City Council", PostKind.LEAD),
    "national": ("Marcus Lockwood", "", PostKind.OFFICER),
    "lapsed": ("Callum Sinclair", "Gallowhill Town Council", PostKind.OFFICER),
}
RUNS = {"coordinator-midshire": "midshire", "coordinator-westmarch": "westmarch", "national": "national"}
ALSO_RUN = {
    "Ravensgill City Council": "northmere",
    "Marram Coast District Council": "eastdale",
    # A second one each, or there would not be the two key holders that a promise needs.
    "Harrowdean Borough Council": "midshire",
    "Merrowby Borough Council": "westmarch",
}
LAPSED = "Gallowhill Town Council"
PEOPLE = 120


@dataclass
class Community:
    """What was built, by name."""

    warps: dict[str, Warp] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    coordinators: dict[str, UUID] = field(default_factory=dict)
    second_coordinators: dict[str, UUID] = field(default_factory=dict)
    at: dict[str, UUID] = field(default_factory=dict)


def found() -> Community:
    """Build the community; the caller commits."""
    community = Community()
    for slug, (name, kind, about) in ABOUT.items():
        _found_warp(community, slug, name, kind, about)
    community.warps["eastdale"].parent_id = community.warps["midshire"].id
    _fill_organisations(community)
    _appoint_personas(community)
    _appoint_others(community)
    return community


def _found_warp(community: Community, slug: str, name: str, kind: WarpKind, about: str) -> None:
    settings: dict[str, Any] = {
        "about": {"en": about},
        "who_may_join": {
            "en": "Any council or other public body of the area. Suppliers and shared services of a member may join as "
            "associates."
        },
        "costs": {"en": "Free for public bodies of the area, paid for by the members' councils together."},
        "contact_email": f"hello@{slug}.demo.example",
        "contact_phone": f"01632 960 {100 + len(community.warps)}",
        "answers_close_after_days": 7,
    }
    community.warps[slug] = _kept(Warp(slug=slug, name=name, kind=kind, settings=settings))


def _fill_organisations(community: Community) -> None:
    for slug, names in COUNCILS.items():
        for name in names:
            _join(community, _organisation(community, name), slug, MembershipKind.FULL)
    for name in ALSO_IN_EASTDALE:
        _join(community, community.organisations[name], "eastdale", MembershipKind.FULL)
    for slug, names in ASSOCIATES.items():
        for name in names:
            _join(community, _organisation(community, name), slug, MembershipKind.ASSOCIATE)


def _organisation(community: Community, name: str) -> Organisation:
    domain = f"{_slug(name)}.demo.example"
    made: Organisation = _kept(
        Organisation(name=name, short_name=name.split(" Council")[0].split(" Borough")[0], kind="council")
    )
    _kept(OrganisationDomain(organisation_id=made.id, domain=domain))
    community.organisations[name] = made
    return made


def _join(community: Community, organisation: Organisation, slug: str, kind: MembershipKind) -> None:
    state = State.LAPSED if organisation.name == LAPSED else State.ACTIVE
    warp = community.warps[slug]
    _kept(Membership(organisation_id=organisation.id, warp_id=warp.id, kind=kind, state=state))


def _appoint_personas(community: Community) -> None:
    for slug, (name, organisation, post) in PERSONAS.items():
        person = _kept(Person(email=f"{slug}@demo.example", name=name))
        community.people[slug] = person
        if organisation:
            at = community.organisations[organisation]
            _kept(Post(person_id=person.id, organisation_id=at.id, kind=post))
            community.at.setdefault(organisation, person.id)
        if slug in RUNS:
            _runs(community, person, RUNS[slug])


def _appoint_others(community: Community) -> None:
    names = zip(cycle(FIRST), cycle(LAST), strict=False)
    organisations = cycle(community.organisations.values())
    known = {person.name for person in community.people.values()}
    while len(community.people) < PEOPLE:
        first, last = next(names)
        if f"{first} {last}" in known:
            continue
        at = next(organisations)
        address = f"{first}.{last}@{_slug(at.name)}.demo.example".lower()
        person = _kept(Person(email=address, name=f"{first} {last}", language=_language(at)))
        community.people[address] = person
        community.at.setdefault(at.name, person.id)
        is_first = len(community.people) <= len(PERSONAS) + len(community.organisations)
        _kept(Post(person_id=person.id, organisation_id=at.id, kind=PostKind.LEAD if is_first else PostKind.OFFICER))
        if is_first and at.name in ALSO_RUN:
            _runs(community, person, ALSO_RUN[at.name])


def _runs(community: Community, person: Person, slug: str) -> None:
    _kept(Coordinator(person_id=person.id, warp_id=community.warps[slug].id))
    if community.coordinators.setdefault(slug, person.id) != person.id:
        community.second_coordinators[slug] = person.id


def _language(at: Organisation) -> str:
    return "cy" if at.name.startswith("Cyngor") else "en"


def _slug(name: str) -> str:
    ending = ("council", "borough", "district", "city", "metropolitan", "county", "town", "ltd", "and")
    return "".join(word for word in name.lower().replace("-", "").split() if word not in ending)


def _kept(made: Any) -> Any:
    session.add(made)
    session.flush()
    return made
