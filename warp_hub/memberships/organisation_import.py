"""Organisations from a list: the same list twice changes nothing.

An organisation is found again by its code, else by its name. A cell that is empty and a column that is absent
leave things as they are; domains and other names are added, never taken away. A coordinator's list has bounds.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from warp_hub import audit
from warp_hub.db import session
from warp_hub.memberships import authority, organisations
from warp_hub.memberships.list_bounds import Bounds
from warp_hub.memberships.models import Membership, MembershipKind, Organisation, OrganisationDomain, State, Warp
from warp_hub.memberships.reading import Unreadable, read_domain, read_name
from warp_hub.memberships.tables import Outcome, Row, read_table, single_line, trying

COLUMNS = {
    "name": (),
    "short_name": (),
    "kind": ("type",),
    "code": (),
    "region": (),
    "domains": ("domain", "email_domain", "email_domains"),
    "former_domains": ("former_domain", "email_domain_2015"),
    "also_known_as": ("alt_names", "alternative_names"),
    "warp": ("warp_slug",),
    "membership": ("membership_kind",),
}


@dataclass(frozen=True)
class Wanted:
    """What one line says of an organisation, every value fit to be stored."""

    name: str
    texts: dict[str, str]
    code: str
    domains: dict[str, bool]
    also_known_as: list[str]
    warp: Warp | None
    membership: MembershipKind | None


@dataclass
class Register:
    """What is there before the first line, kept in step as lines are read."""

    by_code: dict[str, Organisation] = field(default_factory=dict)
    by_name: dict[str, Organisation] = field(default_factory=dict)
    by_other_name: dict[str, list[Organisation]] = field(default_factory=dict)
    by_domain: dict[str, list[Organisation]] = field(default_factory=dict)
    domains: dict[UUID, dict[str, bool]] = field(default_factory=dict)
    memberships: dict[tuple[UUID, UUID], Membership] = field(default_factory=dict)
    warps: dict[str, Warp] = field(default_factory=dict)
    lines: dict[UUID, int] = field(default_factory=dict)

    def note(self, organisation: Organisation) -> None:
        """Let later lines find this organisation."""
        self.by_name[organisation.name.casefold()] = organisation
        if organisation.code:
            self.by_code[organisation.code] = organisation

    def find(self, wanted: Wanted) -> Organisation | None:
        """Return the organisation a line speaks of: by code, else by name unless both have codes that differ."""
        if wanted.code and wanted.code in self.by_code:
            return self.by_code[wanted.code]
        found = self.by_name.get(wanted.name.casefold())
        return None if found is not None and found.code and wanted.code else found

    def called(self, name: str, bounds: Bounds) -> list[Organisation]:
        """Return those this coordinator may know of that have the name as a short or other one."""
        return [one for one in self.by_other_name.get(name.casefold(), []) if bounds.may_see(one.id)]

    def at(self, domains: Iterable[str], bounds: Bounds) -> list[Organisation]:
        """Return those this coordinator may know of that have one of these domains."""
        return [one for domain in domains for one in self.by_domain.get(domain, []) if bounds.may_see(one.id)]


def import_by_command(path: Path, *, dry_run: bool = False) -> Iterator[str]:
    """Import a file and return what to say about it; the last line has the counts."""
    with path.open("rb") as file:
        return import_csv(file, dry_run).lines()


def import_csv(file: BinaryIO, dry_run: bool = False, by: UUID | None = None) -> Outcome:
    """Add and change organisations as the file says; a dry run says what would happen and changes nothing."""
    table = read_table(file, COLUMNS, needed=(("name",),))
    with trying(dry_run=dry_run):
        outcome = import_rows(table.rows, by)
    outcome.ignored = table.ignored
    return outcome


def import_rows(rows: Iterable[Row], by: UUID | None = None, bounds: Bounds | None = None) -> Outcome:
    """Add and change organisations as rows say, within the bounds of a coordinator's list where there are any.

    A row may name under `seen` the domains of its people: a new name under a known domain is asked about.
    """
    outcome, register = Outcome(), _register(with_other_names=bounds is not None)
    for row in rows:
        try:
            _take_in(row, register, outcome, by, bounds)
        except Unreadable as reason:
            outcome.refused.append((row.line, str(reason)))
    detail = {"added": outcome.added, "changed": outcome.changed, "refused": len(outcome.refused)}
    audit.record("organisations.imported", actor=by, warp=bounds.warp.id if bounds else None, detail=detail)
    return outcome


def _take_in(row: Row, register: Register, outcome: Outcome, by: UUID | None, bounds: Bounds | None) -> None:
    wanted = _read(row, register)
    organisation = register.find(wanted)
    if bounds is not None:
        organisation, wanted = _within(bounds, organisation, wanted, row, register)
    if organisation is not None and organisation.id in register.lines:
        if bounds is not None:  # two names for one body, as lists of people have them
            outcome.organisations[row.line] = organisation.id
            return
        raise Unreadable(_("is the same organisation as line %(line)s", line=register.lines[organisation.id]))
    is_new = organisation is None
    if organisation is None:
        organisation = organisations.add_organisation(wanted.name, code=wanted.code or None, by=by)
    joined = _join(organisation, wanted, register, row, outcome, by, is_new=is_new)
    changed = [] if bounds and bounds.is_shared(organisation.id) else _write(organisation, wanted, register, by)
    if changed and not is_new:
        detail = {"organisation": str(organisation.id), "changed": changed}
        audit.record("organisation.changed", actor=by, detail=detail)
    is_news = is_new or (bounds is not None and bool(joined) and organisation.id not in bounds.here)
    register.note(organisation)
    register.lines[organisation.id] = row.line
    outcome.organisations[row.line] = organisation.id
    outcome.added += is_news
    outcome.changed += bool(changed or joined) and not is_news
    outcome.unchanged += not (changed or joined or is_news)


def _within(
    bounds: Bounds, found: Organisation | None, wanted: Wanted, row: Row, register: Register
) -> tuple[Organisation | None, Wanted]:
    """Return what a coordinator's line speaks of, also by another name, which is then not its new one.

    Raises Unreadable where the line goes too far.
    """
    if found is None and (others := register.called(wanted.name, bounds)):
        if len(others) > 1:
            raise Unreadable(_("several organisations are called %(name)r", name=wanted.name))
        found = others[0]
    if found is None:
        if not wanted.code and not wanted.domains and (owners := register.at(row.several("seen"), bounds)):
            told = _("is new, but %(name)s has this mail domain: use that name, or give a code or a domain of its own")
            raise Unreadable(told % {"name": owners[0].name})
        return None, replace(wanted, warp=bounds.warp)
    state = bounds.here.get(found.id)
    if state is None and bounds.is_shared(found.id):
        raise Unreadable(_("belongs to another WARP of this hub: the operator can add it to yours as well"))
    if state not in (None, State.ACTIVE):
        raise Unreadable(_("its membership is not active: decide about that first"))
    return found, replace(wanted, name=found.name, warp=bounds.warp)


def _read(row: Row, register: Register) -> Wanted:
    if row.fault:
        raise Unreadable(row.fault)
    slug = row.text("warp").strip().lower()
    if slug and slug not in register.warps:
        raise Unreadable(_("there is no WARP %(slug)r", slug=slug))
    former = {_domain(text): True for text in row.several("former_domains")}
    return Wanted(
        name=_named("name", row.text("name")),
        texts={
            name: _named(name, text) for name in ("short_name", "kind", "region") if (text := single_line(row, name))
        },
        code=single_line(row, "code", longest=40),
        domains=former | {_domain(text): False for text in row.several("domains")},
        also_known_as=[_named("also_known_as", text) for text in row.several("also_known_as")],
        warp=register.warps.get(slug),
        membership=_membership_kind(row.text("membership")),
    )


def _write(organisation: Organisation, wanted: Wanted, register: Register, by: UUID | None) -> list[str]:
    """Write what differs; return the names of what did."""
    texts = wanted.texts | {"name": wanted.name} | ({"code": wanted.code} if wanted.code else {})
    changed = [name for name, text in texts.items() if (getattr(organisation, name) or "") != text]
    for name in changed:
        setattr(organisation, name, texts[name])
    known = organisation.also_known_as
    if news := [name for name in wanted.also_known_as if name not in known]:
        organisation.also_known_as = [*known, *news]
        changed.append("also_known_as")
    held = register.domains.setdefault(organisation.id, {})
    for domain, is_former in wanted.domains.items():
        # A former domain that is in use again is news; one in use is not made former by a list.
        if domain not in held or (held[domain] and not is_former):
            organisations.add_domain(organisation, domain, by, is_former=is_former)
            held[domain] = is_former
            changed.append("domains")
    return changed


def _join(
    organisation: Organisation,
    wanted: Wanted,
    register: Register,
    row: Row,
    outcome: Outcome,
    by: UUID | None,
    *,
    is_new: bool,
) -> list[str]:
    """Let an organisation belong, or as another kind, unless it is one about which whoever asks does not decide."""
    if wanted.warp is None:
        return []
    held = register.memberships.get((organisation.id, wanted.warp.id))
    if held is not None and held.state is not State.ACTIVE:
        told = _("its membership is %(state)s and stays so", state=held.state.value)
        outcome.noted.append((row.line, told))
        return []
    kind = wanted.membership or (held.kind if held else MembershipKind.FULL)
    if held is not None and held.kind is kind:
        return []
    if not is_new and not authority.may_decide(by, organisation.id, wanted.warp.id):
        raise Unreadable(_("cannot be put there by a list of yours: ask the operator"))
    register.memberships[organisation.id, wanted.warp.id] = organisations.join(organisation, wanted.warp, kind, by)
    return ["membership"]


def _register(*, with_other_names: bool) -> Register:
    register = Register()
    known = {organisation.id: organisation for organisation in session.scalars(select(Organisation))}
    for organisation in known.values():
        register.note(organisation)
        if with_other_names:
            for name in {name.casefold() for name in (organisation.short_name, *organisation.also_known_as) if name}:
                register.by_other_name.setdefault(name, []).append(organisation)
    for domain in session.scalars(select(OrganisationDomain)):
        register.domains.setdefault(domain.organisation_id, {})[domain.domain] = domain.is_former
        if not domain.is_former:
            register.by_domain.setdefault(domain.domain, []).append(known[domain.organisation_id])
    for membership in session.scalars(select(Membership)):
        register.memberships[membership.organisation_id, membership.warp_id] = membership
    register.warps = {warp.slug: warp for warp in session.scalars(select(Warp))}
    return register


def _named(column: str, text: str) -> str:
    try:
        return read_name(text)
    except Unreadable as reason:
        raise Unreadable(_("%(column)s %(reason)s", column=column, reason=reason)) from None


def _domain(text: str) -> str:
    try:
        return read_domain(text)
    except Unreadable as reason:
        raise Unreadable(_("the domain %(domain)r: %(reason)s", domain=text, reason=reason)) from None


def _membership_kind(text: str) -> MembershipKind | None:
    word = text.strip().lower()
    if word and word not in list(MembershipKind):
        raise Unreadable(_("membership must be full or associate"))
    return MembershipKind(word) if word else None
