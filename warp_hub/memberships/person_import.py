"""People from a CSV file: the same file twice changes nothing, and nobody is written to by it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import select

from warp_hub import audit
from warp_hub.db import session
from warp_hub.memberships import people
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
from warp_hub.memberships.tables import Outcome, Row, read_table

COLUMNS = {
    "email": ("e_mail", "email_address", "mail"),
    "name": ("full_name",),
    "organisation": ("council", "organisation_code", "organisation_name"),
    "post": ("post_kind", "role"),
    "coordinator": ("coordinates", "coordinator_of"),
    "language": (),
}
LANGUAGES = ("en", "cy")


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


def import_by_command(path: Path, *, dry_run: bool = False) -> Iterator[str]:
    """Import a file and return what to say about it; the last line has the counts."""
    with path.open("rb") as file:
        return import_csv(file, dry_run).lines()


def import_csv(file: BinaryIO, dry_run: bool = False, by: UUID | None = None) -> Outcome:
    """Add and change people as the file says; a dry run says what would happen and changes nothing."""
    table = read_table(file, COLUMNS, needed=("email", "name"))
    outcome = Outcome(ignored=table.ignored)
    attempt = session.begin_nested()
    register = _register()
    for row in table.rows:
        try:
            _take_in(row, register, outcome, by)
        except Unreadable as reason:
            outcome.refused.append((row.line, str(reason)))
    if dry_run:
        attempt.rollback()
    else:
        attempt.commit()
        detail = {"added": outcome.added, "changed": outcome.changed, "refused": len(outcome.refused)}
        audit.record("people.imported", actor=by, detail=detail)
    return outcome


def _take_in(row: Row, register: Register, outcome: Outcome, by: UUID | None) -> None:
    wanted = _read(row, register)
    person = register.people.get(wanted.email.lower())
    if person is not None and person.state is not State.ACTIVE:
        raise Unreadable(f"{wanted.email} is {person.state.value}: restore the person first")
    is_new = person is None
    if person is None:
        person = people.add_person(wanted.email, wanted.name, language=wanted.language or "en", by=by)
        register.people[person.email.lower()] = person
    changed = _write(person, wanted)
    changed |= _appoint(person, wanted, register, row, outcome, by)
    changed |= _coordinate(person, wanted, register, by)
    outcome.added += is_new
    outcome.changed += changed and not is_new
    outcome.unchanged += not changed and not is_new
    if wanted.organisation and domain_of(wanted.email) not in register.domains.get(wanted.organisation.id, set()):
        outcome.noted.append((row.line, f"{domain_of(wanted.email)} is not a domain of {wanted.organisation.name}"))


def _read(row: Row, register: Register) -> Wanted:
    if row.fault:
        raise Unreadable(row.fault)
    word, language = row.text("post").lower(), row.text("language").lower()
    if word and word not in list(PostKind):
        raise Unreadable("post must be officer or lead")
    if language and language not in LANGUAGES:
        raise Unreadable("language must be en or cy")
    slugs = [slug.lower() for slug in row.several("coordinator")]
    if unknown := [slug for slug in slugs if slug not in register.warps]:
        raise Unreadable(f"there is no WARP {unknown[0]!r}")
    return Wanted(
        email=_read_or("email", row.text("email")),
        name=_read_or("name", row.text("name")),
        organisation=_organisation(row.text("organisation"), register),
        post=PostKind(word) if word else None,
        coordinates=[register.warps[slug] for slug in slugs],
        language=language,
    )


def _write(person: Person, wanted: Wanted) -> bool:
    before = (person.name, person.language)
    person.name, person.language = wanted.name, wanted.language or person.language
    return (person.name, person.language) != before


def _appoint(person: Person, wanted: Wanted, register: Register, row: Row, outcome: Outcome, by: UUID | None) -> bool:
    if wanted.organisation is None:
        return False
    held = register.posts.get((person.id, wanted.organisation.id))
    if held is not None and held.state is not State.ACTIVE:
        outcome.noted.append((row.line, f"the post at {wanted.organisation.name} is {held.state.value} and stays so"))
        return False
    kind = wanted.post or (held.kind if held else PostKind.OFFICER)
    if held is not None and held.kind is kind:
        return False
    register.posts[person.id, wanted.organisation.id] = people.appoint(person, wanted.organisation, kind, by)
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
        several = "several organisations are" if found else "no organisation is"
        raise Unreadable(f"{several} called {text!r}")
    return found[0]


def _read_or(column: str, text: str) -> str:
    try:
        return read_address(text) if column == "email" else read_name(text)
    except Unreadable as reason:
        raise Unreadable(f"{column} {reason}") from None
