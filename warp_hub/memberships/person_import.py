"""People from a list: the same list twice changes nothing, and nobody is written to by it.

A coordinator's list has bounds, and the posts on it are invited: they receive nothing until their person says so.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from warp_hub import audit
from warp_hub.db import session
from warp_hub.memberships import people
from warp_hub.memberships.authority import NotTheirs, may_manage
from warp_hub.memberships.list_bounds import Bounds
from warp_hub.memberships.models import (
    Coordinator,
    Organisation,
    OrganisationDomain,
    Person,
    Post,
    PostKind,
    State,
    Warp,
)
from warp_hub.memberships.reading import Unreadable, domain_of, read_address, read_name
from warp_hub.memberships.tables import Outcome, Row, read_table, trying

COLUMNS = {
    "email": ("e_mail", "email_address", "mail"),
    "name": ("full_name",),
    "first_name": (),
    "last_name": (),
    "organisation": ("council", "organisation_code", "organisation_name"),
    "post": ("post_kind", "role"),
    "coordinator": ("coordinates", "coordinator_of"),
    "language": (),
}
LANGUAGES = ("en", "cy")
ON_SCREEN = "main contact"  # what pages call a lead


@dataclass(frozen=True)
class Wanted:
    """What one line says of a person, every value fit to be stored."""

    email: str
    name: str
    organisation: Organisation | None
    post: PostKind | None
    coordinates: list[Warp]
    language: str


@dataclass
class Register:
    """What is there before the first line, kept in step as lines are read."""

    people: dict[str, Person] = field(default_factory=dict)
    organisations: dict[str, list[Organisation]] = field(default_factory=dict)
    domains: dict[UUID, set[str]] = field(default_factory=dict)
    posts: dict[tuple[UUID, UUID], Post] = field(default_factory=dict)
    run: set[tuple[UUID, UUID]] = field(default_factory=set)
    warps: dict[str, Warp] = field(default_factory=dict)
    lines: dict[UUID, tuple[int, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Terms:
    """On which terms rows are taken in: whose list it is, within which bounds, and whether its posts are invited.

    `at` gives the organisation of each line; without it the rows name theirs.
    """

    by: UUID | None = None
    bounds: Bounds | None = None
    invited: bool = False
    at: Mapping[int, Organisation] | None = None


def import_by_command(path: Path, *, dry_run: bool = False, invited: bool = False) -> Iterator[str]:
    """Import a file and return what to say about it; the last line has the counts."""
    with path.open("rb") as file:
        return import_csv(file, dry_run, invited=invited).lines()


def import_csv(file: BinaryIO, dry_run: bool = False, by: UUID | None = None, *, invited: bool = False) -> Outcome:
    """Add and change people as the file says; a dry run says what would happen and changes nothing."""
    table = read_table(file, COLUMNS, needed=(("email",), ("name", "first_name", "last_name")))
    with trying(dry_run=dry_run):
        outcome = import_rows(table.rows, Terms(by=by, invited=invited))
    outcome.ignored = table.ignored
    return outcome


def import_rows(rows: Iterable[Row], terms: Terms) -> Outcome:
    """Add and change people as rows say, on these terms; nobody is written to."""
    outcome, register = Outcome(), _register()
    for row in rows:
        try:
            # There may be too many leads, which is found out when the person is there already.
            with session.begin_nested() if row.text("post") else nullcontext():
                _take_in(row, register, outcome, terms)
        except Unreadable as reason:
            outcome.refused.append((row.line, str(reason)))
        except NotTheirs:
            outcome.refused.append((row.line, _("cannot be put there by a list of yours: ask the operator")))
    detail = {"added": outcome.added, "changed": outcome.changed, "refused": len(outcome.refused)}
    warp = terms.bounds.warp.id if terms.bounds else None
    audit.record("people.imported", actor=terms.by, warp=warp, detail=detail)
    return outcome


def _take_in(row: Row, register: Register, outcome: Outcome, terms: Terms) -> None:
    wanted = _read(row, register, terms)
    person = register.people.get(wanted.email.lower())
    _may_take_in(person, wanted, register, terms)
    is_new = person is None
    if person is None:
        person = people.add_person(wanted.email, wanted.name, language=wanted.language or "en", by=terms.by)
    is_theirs = is_new or terms.bounds is None or may_manage(terms.by, person.id)
    changed = is_theirs and _write(person, wanted, terms.by)
    appointed = _appoint(person, wanted, register, row, outcome, terms)
    runs_more = _coordinate(person, wanted, register, terms.by)
    changed = changed or appointed or runs_more
    register.people[person.email.lower()] = person
    register.lines.setdefault(person.id, (row.line, wanted.name))
    # To whom a person of another WARP is new, and who may not know of that WARP, they are simply new.
    is_news = is_new or (appointed and not is_theirs)
    outcome.added += is_news
    outcome.changed += changed and not is_news
    outcome.unchanged += not changed and not is_news
    if wanted.organisation and domain_of(wanted.email) not in register.domains.get(wanted.organisation.id, set()):
        outcome.noted.append((row.line, _not_their_domain(wanted)))


def _may_take_in(person: Person | None, wanted: Wanted, register: Register, terms: Terms) -> None:
    """Raise Unreadable where a list cannot put this person where it says."""
    if person is not None and person.state is not State.ACTIVE:
        if terms.bounds is not None and not may_manage(terms.by, person.id):
            raise Unreadable(_("%(address)s cannot be put in by a list: ask the operator", address=wanted.email))
        state = person.state.value
        raise Unreadable(_("%(address)s is %(state)s: restore the person first", address=wanted.email, state=state))
    if terms.bounds is None or wanted.organisation is None:
        return
    line, name = register.lines.get(person.id, (0, wanted.name)) if person else (0, wanted.name)
    if name != wanted.name:
        raise Unreadable(_("has the address of line %(line)s, but another name", line=line))
    of = wanted.organisation
    if terms.bounds.is_shared(of.id) and domain_of(wanted.email) not in register.domains.get(of.id, set()):
        raise Unreadable(_("%(what)s, which another WARP looks after too", what=_not_their_domain(wanted)))


def _not_their_domain(wanted: Wanted) -> str:
    name = wanted.organisation.name if wanted.organisation else ""
    return str(_("%(domain)s is not a domain of %(name)s", domain=domain_of(wanted.email), name=name))


def _read(row: Row, register: Register, terms: Terms) -> Wanted:
    if row.fault:
        raise Unreadable(row.fault)
    if not row.text("email"):
        raise Unreadable(_("has no e-mail address"))
    word, language = row.text("post").lower(), row.text("language").lower()
    word = PostKind.LEAD if word == ON_SCREEN else word
    if word and word not in list(PostKind):
        raise Unreadable(_("post must be officer or lead"))
    if language and language not in LANGUAGES:
        raise Unreadable(_("language must be en or cy"))
    slugs = [] if terms.bounds else [slug.lower() for slug in row.several("coordinator")]
    if unknown := [slug for slug in slugs if slug not in register.warps]:
        raise Unreadable(_("there is no WARP %(slug)r", slug=unknown[0]))
    at = _organisation(row.text("organisation"), register) if terms.at is None else terms.at.get(row.line)
    return Wanted(
        email=_read_or("email", row.text("email")),
        name=_read_or("name", row.text("name") or f"{row.text('first_name')} {row.text('last_name')}"),
        organisation=at,
        post=PostKind(word) if word else None,
        coordinates=[register.warps[slug] for slug in slugs],
        language=language,
    )


def _write(person: Person, wanted: Wanted, by: UUID | None) -> bool:
    before = (person.name, person.language)
    person.name, person.language = wanted.name, wanted.language or person.language
    if person.name != before[0]:
        audit.record("person.renamed", actor=by, detail={"person": str(person.id)})
    return (person.name, person.language) != before


def _appoint(person: Person, wanted: Wanted, register: Register, row: Row, outcome: Outcome, terms: Terms) -> bool:
    if wanted.organisation is None:
        return False
    held = register.posts.get((person.id, wanted.organisation.id))
    if held is not None and held.state not in (State.ACTIVE, State.INVITED):
        name, state = wanted.organisation.name, held.state.value
        told = _("the post at %(name)s is %(state)s and stays so", name=name, state=state)
        outcome.noted.append((row.line, told))
        return False
    kind = wanted.post or (held.kind if held else PostKind.OFFICER)
    if held is not None and (held.kind is kind or (terms.bounds and not may_manage(terms.by, person.id))):
        return False
    state = held.state if held else State.INVITED if terms.invited else State.ACTIVE
    post = people.appoint(person, wanted.organisation, kind, terms.by, state=state)
    register.posts[person.id, wanted.organisation.id] = post
    return True


def _coordinate(person: Person, wanted: Wanted, register: Register, by: UUID | None) -> bool:
    news = [warp for warp in wanted.coordinates if (person.id, warp.id) not in register.run]
    for warp in news:
        people.appoint_coordinator(person, warp, by)
        register.run.add((person.id, warp.id))
    return bool(news)


def _register() -> Register:
    register = Register(people={person.email.lower(): person for person in session.scalars(select(Person))})
    for organisation in session.scalars(select(Organisation)):
        spellings = {organisation.name, organisation.short_name, organisation.code or ""} - {""}
        for spelling in {spelling.casefold() for spelling in spellings}:
            register.organisations.setdefault(spelling, []).append(organisation)
    current = select(OrganisationDomain).where(OrganisationDomain.is_former.is_(False))
    for domain in session.scalars(current):
        register.domains.setdefault(domain.organisation_id, set()).add(domain.domain)
    register.posts = {(post.person_id, post.organisation_id): post for post in session.scalars(select(Post))}
    active = select(Coordinator).where(Coordinator.state == State.ACTIVE)
    register.run = {(role.person_id, role.warp_id) for role in session.scalars(active)}
    register.warps = {warp.slug: warp for warp in session.scalars(select(Warp))}
    return register


def _organisation(text: str, register: Register) -> Organisation | None:
    if not text:
        return None
    found = register.organisations.get(" ".join(text.split()).casefold(), [])
    if len(found) != 1:
        told = _("several organisations are called %(name)r", name=text)
        raise Unreadable(told if found else _("no organisation is called %(name)r", name=text))
    return found[0]


def _read_or(column: str, text: str) -> str:
    try:
        return read_address(text) if column == "email" else read_name(text)
    except Unreadable as reason:
        raise Unreadable(_("%(column)s %(reason)s", column=column, reason=reason)) from None
