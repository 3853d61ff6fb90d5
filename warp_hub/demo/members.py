"""What the people of the demonstration show of themselves, and what waits for those who keep the lists."""

import tomllib
from itertools import cycle
from pathlib import Path
from typing import Any

from sqlalchemy import select

from warp_hub import audit
from warp_hub.db import session
from warp_hub.demo.community import Community
from warp_hub.memberships import away, colleagues, domain_requests, people, roles
from warp_hub.memberships.directory_models import Profile
from warp_hub.memberships.models import Membership, Person, Post, PostKind

FIELDS = ("name", "role", "telephone", "email", "help")
# How much people show, in turn: many nothing, some their name, few everything.
PATTERN = ((), ("name", "role"), (), ("name", "role", "email", "help"), ("name",), (), ("name", "role", "telephone"))
BY_MAIL = ("reader-midshire", "lapsed")
ASKED_DOMAIN = "ashcombe-leisure.demo.example"
NEW_COLLEAGUE = ("Noor Faraday", "noor.faraday@ashcombe.demo.example")


def fill_in(built: Community) -> None:
    """Let people say who they are, a lead ask for a domain and add a colleague, and one coordinator propose another."""
    told = tomllib.loads((Path(__file__).parent / "members.toml").read_text(encoding="utf-8"))
    patterns, said = cycle(PATTERN), zip(cycle(told["roles"]), cycle(told["help"][1:] + told["help"][:1]), strict=False)
    for number, (slug, person) in enumerate(built.people.items()):
        shown = told["shown"].get(slug) or next(patterns)
        role, can_help = next(said)
        _say(person, number, shown, {"role": role, "can_help_with": can_help})
        is_persona = "@" not in slug
        if slug not in BY_MAIL if is_persona else number % 3:
            away.note_full_sign_in(person.id)
    _keep_to_two_leads(built)
    lead, ashcombe = built.people["lead-midshire"], built.organisations["Ashcombe Borough Council"]
    domain_requests.ask(ashcombe, ASKED_DOMAIN, lead.id)
    colleagues.invite_colleague(ashcombe, NEW_COLLEAGUE[1], NEW_COLLEAGUE[0], lead.id)
    midshire, by = built.warps["midshire"], built.second_coordinators["midshire"]
    roles.propose(lead, midshire, "Has stood in twice and knows every member", by, grant=True)
    session.flush()


def note_joining(built: Community) -> None:
    """Have it on record who came when, as it is where a coordinator let each of them in."""
    slugs = {warp.id: slug for slug, warp in built.warps.items()}
    for place in session.scalars(select(Membership)):
        detail = {"organisation": str(place.organisation_id), "kind": place.kind.value}
        by = built.coordinators[slugs[place.warp_id]]
        audit.record("membership.joined", actor=by, warp=place.warp_id, detail=detail)
        for post in session.scalars(select(Post).where(Post.organisation_id == place.organisation_id)):
            detail = {"organisation": str(post.organisation_id), "person": str(post.person_id), "kind": post.kind.value}
            audit.record("person.appointed", actor=by, detail=detail)


def _keep_to_two_leads(built: Community) -> None:
    """Let those who came last be officers where a council would have three main contacts."""
    personas = {person.id for slug, person in built.people.items() if "@" not in slug}
    for organisation in built.organisations.values():
        held = select(Post).where(Post.organisation_id == organisation.id, Post.kind == PostKind.LEAD)
        leads = sorted(session.scalars(held), key=lambda post: (post.person_id not in personas, str(post.id)))
        for post in leads[people.MOST_LEADS :]:
            post.kind = PostKind.OFFICER


def _say(person: Person, number: int, shown: Any, said: dict[str, str]) -> None:
    if not shown:
        return
    chosen = {f"shows_{name}": name in shown for name in FIELDS}
    session.add(Profile(person_id=person.id, telephone=f"01632 960 {110 + number}", **said, **chosen))
