"""Putting a coordinator's list in: organisations first, then their people, all of it or, to look, none of it.

The rules of a row are those of the imports in `memberships`; here rows that speak of one body are brought together.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from warp_hub.db import session
from warp_hub.memberships import organisation_import, organisations, person_import
from warp_hub.memberships.list_bounds import Bounds, bounds_of
from warp_hub.memberships.models import Membership, Organisation, OrganisationDomain, State, Warp
from warp_hub.memberships.person_import import Terms
from warp_hub.memberships.reading import SHARED_DOMAINS, Unreadable, domain_of, read_address, read_domain
from warp_hub.memberships.tables import Outcome, Row, Sheet, trying
from warp_hub.moving.columns import OF_PEOPLE

SEVERAL = ("domains", "former_domains", "also_known_as")
ONE = ("short_name", "code", "kind", "region", "membership")


@dataclass(frozen=True)
class NeedsYou:
    """A line that was not put in: its number, why, and what stands in it."""

    line: int
    why: str
    cells: tuple[str, ...]


@dataclass
class PutIn:
    """What putting a list in did, or would do. Lines that need somebody stay out; the others do not wait for them."""

    organisations: Outcome = field(default_factory=Outcome)
    people: Outcome = field(default_factory=Outcome)
    needs_you: list[NeedsYou] = field(default_factory=list)

    @property
    def is_news(self) -> bool:
        """Say whether anything is put in or changed."""
        return any(one.added or one.changed for one in (self.organisations, self.people))

    @property
    def noted(self) -> list[tuple[int, str]]:
        """Return what is worth a look, by line."""
        return sorted({*self.organisations.noted, *self.people.noted})


def put_in(
    sheet: Sheet, places: Mapping[str, int], warp: Warp, by: UUID, *, dry_run: bool, notes_domains: bool = False
) -> PutIn:
    """Put a list into a WARP as one of its coordinators may; a dry run says what would happen and changes nothing.

    `notes_domains` makes the mail domains of a list known as those of organisations that have none yet. Raises
    NotTheirs for a WARP that is not theirs.
    """
    rows = _rows(sheet, places)
    if not dry_run:  # a second press waits for the first, and finds everything done
        session.scalars(select(Warp.id).where(Warp.id == warp.id).with_for_update(key_share=True)).one()
    bounds = bounds_of(by, warp)
    with trying(dry_run=dry_run):
        done = PutIn()
        groups = _by_body(rows)
        done.organisations = organisation_import.import_rows([_merged(of) for of in groups], by, bounds)
        at = _organisations_of(groups, done.organisations)
        if notes_domains:
            _note_domains(groups, at, bounds)
        faults = _spread(groups, done.organisations.refused)
        faults |= _find_by_domain([row for row in rows if not _body(row)], at, bounds)
        of_people = [row for row in rows if row.line not in faults and _is_person(row)]
        done.people = person_import.import_rows(
            [_of_person(row) for row in of_people], Terms(by=by, bounds=bounds, invited=True, at=at)
        )
        faults |= dict(done.people.refused)
    cells = {number: tuple(cells) for number, cells in sheet.lines}
    done.needs_you = [NeedsYou(line, why, cells[line]) for line, why in sorted(faults.items())]
    return done


def left_over(sheet: Sheet, needs_you: Iterable[NeedsYou]) -> str:
    """Return the lines that were not put in, under the headings of their list, as text."""
    written = io.StringIO()
    write = csv.writer(written, delimiter=sheet.delimiter, lineterminator="\n")
    write.writerows([sheet.headings, *(one.cells for one in needs_you)])
    return written.getvalue()


def _rows(sheet: Sheet, places: Mapping[str, int]) -> list[Row]:
    names: dict[int, list[str]] = {}
    for name, place in places.items():
        names.setdefault(place, []).append(name)
    rows = sheet.rows({place: held[0] for place, held in names.items()})
    twins = {other: held[0] for held in names.values() for other in held[1:]}
    return [Row(row.line, {**row.cells, **{one: row.text(of) for one, of in twins.items()}}, row.fault) for row in rows]


def _body(row: Row) -> str:
    """Return what a row calls its organisation; empty for a person alone."""
    return " ".join(row.text("organisation").split())


def _is_person(row: Row) -> bool:
    return any(row.text(name) for name in ("email", "name", "first_name", "last_name"))


def _by_body(rows: Iterable[Row]) -> list[list[Row]]:
    """Return the rows of each organisation together, in the order in which they come first."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        if _body(row):
            key = row.text("code") or _body(row).casefold()
            groups.setdefault(key, []).append(row)
    return list(groups.values())


def _merged(rows: list[Row]) -> Row:
    """Return one row for what several say of the same organisation: the first that says a thing is right."""
    first = rows[0]
    cells = {"name": _body(first), "seen": ";".join(_domains_seen(rows))}
    for name in ONE:
        cells[name] = next((row.text(name) for row in rows if row.text(name)), "")
    for name in SEVERAL:
        cells[name] = ";".join(row.text(name) for row in rows if row.text(name))
    return Row(first.line, cells, first.fault)


def _domains_seen(rows: Iterable[Row]) -> list[str]:
    """Return the mail domains of the people in these rows that may stand for one organisation."""
    found: dict[str, None] = {}
    for row in rows:
        try:
            found[read_domain(domain_of(read_address(row.text("email"))))] = None
        except Unreadable:
            continue
    return list(found)


def _organisations_of(groups: Iterable[list[Row]], outcome: Outcome) -> dict[int, Organisation]:
    held = select(Organisation).where(Organisation.id.in_(set(outcome.organisations.values())))
    known = {organisation.id: organisation for organisation in session.scalars(held)}
    return {
        row.line: known[outcome.organisations[of[0].line]]
        for of in groups
        if of[0].line in outcome.organisations
        for row in of
    }


def _note_domains(groups: Iterable[list[Row]], at: Mapping[int, Organisation], bounds: Bounds) -> None:
    held = select(OrganisationDomain.organisation_id).where(OrganisationDomain.is_former.is_(False))
    known = set(session.scalars(held))
    for of in groups:
        organisation = at.get(of[0].line)
        if organisation is not None and organisation.id not in known and not bounds.is_shared(organisation.id):
            for domain in _domains_seen(of):
                organisations.add_domain(organisation, domain, bounds.by)


def _spread(groups: Iterable[list[Row]], refused: Iterable[tuple[int, str]]) -> dict[int, str]:
    """Return why each line waits whose organisation could not be put in."""
    why = dict(refused)
    return {row.line: why[of[0].line] for of in groups if of[0].line in why for row in of}


def _find_by_domain(rows: Iterable[Row], at: dict[int, Organisation], bounds: Bounds) -> dict[int, str]:
    """Find the members whose mail domain these people have, and note them; return why the others wait."""
    owners = _owners(bounds)
    faults = {}
    for row in rows:
        try:
            domain = domain_of(read_address(row.text("email")))
        except Unreadable:
            domain = ""
        found = owners.get(domain, [])
        if len(found) == 1:
            at[row.line] = found[0]
        elif found:
            names = ", ".join(one.name for one in found)
            faults[row.line] = _(
                "names no organisation, and %(domain)s belongs to %(names)s", domain=domain, names=names
            )
        elif domain in SHARED_DOMAINS or not domain:
            faults[row.line] = _("names no organisation")
        else:
            faults[row.line] = _("names no organisation, and %(domain)s belongs to no member", domain=domain)
    return faults


def _owners(bounds: Bounds) -> dict[str, list[Organisation]]:
    held = (
        select(OrganisationDomain.domain, Organisation)
        .join(Organisation, Organisation.id == OrganisationDomain.organisation_id)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.warp_id == bounds.warp.id, Membership.state == State.ACTIVE)
        .where(OrganisationDomain.is_former.is_(False))
        .order_by(Organisation.name)
    )
    owners: dict[str, list[Organisation]] = {}
    for domain, organisation in session.execute(held):
        owners.setdefault(domain, []).append(organisation)
    return owners


def _of_person(row: Row) -> Row:
    return Row(row.line, {name: row.text(name) for name in OF_PEOPLE}, row.fault)
