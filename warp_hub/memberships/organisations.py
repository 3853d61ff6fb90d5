"""Organisations, their domains, and their places in WARPs."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import func, select

from warp_hub import audit
from warp_hub.db import new_id, session
from warp_hub.memberships.authority import (
    GONE,
    NotTheirs,
    leads,
    may_serve,
    require_decision,
    require_organisation,
    require_warp,
    serves_alone,
)
from warp_hub.memberships.editions import require_unchanged
from warp_hub.memberships.models import Membership, MembershipKind, Organisation, OrganisationDomain, State, Warp
from warp_hub.memberships.reading import domain_of, read_domain, read_name


class NotAMember(Exception):
    """The organisation has no place in this WARP to change."""


class CodeTaken(Exception):
    """Another organisation has this code."""


def add_organisation(
    name: str,
    *,
    short_name: str = "",
    kind: str = "",
    code: str | None = None,
    region: str = "",
    also_known_as: Sequence[str] = (),
    domains: Iterable[str] = (),
    by: UUID | None = None,
) -> Organisation:
    """Add an organisation, which belongs nowhere until it joins a WARP."""
    if code and session.scalar(select(Organisation.id).where(Organisation.code == code)):
        raise CodeTaken(code)
    organisation = Organisation(
        id=new_id(),
        name=read_name(name),
        short_name=short_name,
        kind=kind,
        code=code or None,
        region=region,
        also_known_as=list(also_known_as),
    )
    session.add(organisation)
    session.flush()
    audit.record("organisation.added", actor=by, detail={"organisation": str(organisation.id)})
    for domain in domains:
        add_domain(organisation, domain, by)
    return organisation


def add_domain(organisation: Organisation, domain: str, by: UUID | None = None, *, is_former: bool = False) -> bool:
    """Note that an organisation has, or had, a mail domain; say whether that was news."""
    require_organisation(by, organisation)
    read = read_domain(domain)
    held = select(OrganisationDomain).where(
        OrganisationDomain.organisation_id == organisation.id, OrganisationDomain.domain == read
    )
    found = session.scalars(held).one_or_none()
    if found is not None and (is_former or not found.is_former):
        return False
    if found is None:
        session.add(OrganisationDomain(organisation_id=organisation.id, domain=read, is_former=is_former))
    else:
        found.is_former = False
    session.flush()
    detail = {"organisation": str(organisation.id), "domain": read, "former": is_former}
    audit.record("organisation.domain-added", actor=by, detail=detail)
    return True


def drop_domain(organisation: Organisation, domain: str, by: UUID | None = None) -> bool:
    """Let a domain admit nobody any longer; texts are still recognised by it. Say whether that was news."""
    require_organisation(by, organisation)
    found = next((one for one in domains_of(organisation.id) if one.domain == domain and not one.is_former), None)
    if found is None:
        return False
    found.is_former = True
    detail = {"organisation": str(organisation.id), "domain": domain}
    audit.record("organisation.domain-dropped", actor=by, detail=detail)
    return True


def find_organisation(organisation_id: UUID) -> Organisation | None:
    """Return the organisation of this id, or None."""
    return session.scalars(select(Organisation).where(Organisation.id == organisation_id)).one_or_none()


def claim_domain(organisation: Organisation, domain: str, by: UUID) -> bool:
    """Note a domain as an organisation's by a coordinator's word alone; say whether that was news.

    Where another WARP looks after it too, that is enough for its first one; raises NotTheirs for any other, which its
    lead asks for: whoever has an address there can be let in to what that WARP shares.
    """
    has_one = any(not one.is_former for one in domains_of(organisation.id))
    if has_one and not serves_alone(by, organisation.id):
        raise NotTheirs(str(organisation.id))
    return add_domain(organisation, domain, by)


def domains_of(organisation_id: UUID) -> Sequence[OrganisationDomain]:
    """Return the mail domains of an organisation, those of today first."""
    held = select(OrganisationDomain).where(OrganisationDomain.organisation_id == organisation_id)
    return session.scalars(held.order_by(OrganisationDomain.is_former, OrganisationDomain.domain)).all()


def live_domains(organisation_id: UUID) -> frozenset[str]:
    """Return the mail domains that admit people of an organisation: none that is a former one."""
    return frozenset(one.domain for one in domains_of(organisation_id) if not one.is_former)


def memberships_of(organisation_id: UUID) -> Sequence[tuple[Membership, Warp]]:
    """Return an organisation's places in WARPs, by name, without those it left."""
    held = (
        select(Membership, Warp)
        .join(Warp, Warp.id == Membership.warp_id)
        .where(Membership.organisation_id == organisation_id, Membership.state != State.LEFT)
        .order_by(Warp.name)
    )
    return [(membership, warp) for membership, warp in session.execute(held)]


def names_of(organisation: Organisation) -> tuple[str, str, list[str]]:
    """Return by which names an organisation is known, as a page shows them and `rename` compares."""
    return organisation.name, organisation.short_name, list(organisation.also_known_as)


def rename(
    organisation: Organisation, name: str, short_name: str, also_known_as: Sequence[str], seen: str, by: UUID
) -> bool:
    """Change by which names a text is recognised, as its lead or who runs a WARP of it; say whether that was news.

    The name itself is for the coordinator to change. Raises ChangedMeanwhile where `seen` is not what stands there.
    """
    if not leads(by, organisation.id):
        require_organisation(by, organisation)
    session.refresh(organisation, with_for_update={"key_share": True})
    before = names_of(organisation)
    require_unchanged(seen, before)
    main = read_name(name) if may_serve(by, organisation.id) else organisation.name
    after = (main, read_name(short_name) if short_name.strip() else "", [read_name(one) for one in also_known_as])
    if after == before:
        return False
    organisation.name, organisation.short_name, organisation.also_known_as = after
    detail = {"organisation": str(organisation.id), "from": before[0]}
    audit.record("organisation.renamed", actor=by, detail=detail)
    return True


def find_organisations_by_address(address: str) -> Sequence[Organisation]:
    """Return whoever has exactly this address's domain: none, one, or several who share it."""
    held = (
        select(Organisation)
        .join(OrganisationDomain, OrganisationDomain.organisation_id == Organisation.id)
        .where(OrganisationDomain.domain == domain_of(address), OrganisationDomain.is_former.is_(False))
        .order_by(Organisation.name)
    )
    return session.scalars(held).all()


def find_organisations_called(name: str) -> Sequence[Organisation]:
    """Return whoever has exactly this name, in capitals or small letters: no proof of anything."""
    held = select(Organisation).where(func.lower(Organisation.name) == name.lower())
    return session.scalars(held.order_by(Organisation.id).limit(5)).all()


def find_membership(organisation: Organisation, warp: Warp) -> Membership | None:
    """Return an organisation's place in a WARP, in whatever state, or None."""
    held = select(Membership).where(Membership.organisation_id == organisation.id, Membership.warp_id == warp.id)
    return session.scalars(held).one_or_none()


def join(
    organisation: Organisation,
    warp: Warp,
    kind: MembershipKind = MembershipKind.FULL,
    by: UUID | None = None,
) -> Membership:
    """Admit an organisation to a WARP, or admit it again or as another kind of member."""
    require_warp(by, warp)
    membership = find_membership(organisation, warp)
    if membership is None:
        membership = Membership(id=new_id(), organisation_id=organisation.id, warp_id=warp.id)
        session.add(membership)
    membership.kind = kind
    membership.state = State.ACTIVE
    session.flush()
    detail = {"organisation": str(organisation.id), "kind": kind.value}
    audit.record("membership.joined", actor=by, warp=warp.id, detail=detail)
    return membership


def change_kind(
    organisation: Organisation, warp: Warp, kind: MembershipKind, reason: str, by: UUID | None = None
) -> Membership:
    """Make an organisation a full member, or an associate who never receives TLP:AMBER+STRICT, saying why."""
    require_decision(by, organisation, warp)
    membership = find_membership(organisation, warp)
    if membership is None or membership.state in GONE:
        raise NotAMember(organisation.name)
    membership.kind = kind
    detail = {"organisation": str(organisation.id), "kind": kind.value, "reason": reason}
    audit.record("membership.kind-changed", actor=by, warp=warp.id, detail=detail)
    return membership


def change_place(
    organisation: Organisation,
    warp: Warp,
    kind: MembershipKind,
    state: State,
    *,
    reason: str,
    seen: str,
    by: UUID,
) -> Membership:
    """Change an organisation's place in a WARP in one go; raise ChangedMeanwhile where it is not what was `seen`."""
    require_decision(by, organisation, warp)
    held = select(Membership).where(Membership.organisation_id == organisation.id, Membership.warp_id == warp.id)
    held = held.with_for_update().execution_options(populate_existing=True)
    membership = session.scalars(held).one_or_none()
    if membership is None or state not in next_states(membership.state):
        raise NotAMember(organisation.name)
    require_unchanged(seen, place_of(membership))
    if kind is not membership.kind:
        change_kind(organisation, warp, kind, reason, by)
    if state is not membership.state:
        _change(organisation, warp, state, by, reason=reason)
    return membership


def place_of(membership: Membership) -> tuple[str, str]:
    """Return what a page shows of a place, and `change_place` compares."""
    return membership.kind.value, membership.state.value


def next_states(state: State) -> tuple[State, ...]:
    """Return where a place may go from a state by a coordinator's word, staying included; () for nowhere."""
    ways = {
        State.ACTIVE: (State.ACTIVE, State.SUSPENDED, State.LEFT),
        State.SUSPENDED: (State.SUSPENDED, State.ACTIVE, State.LEFT),
        State.LAPSED: (State.LAPSED, State.ACTIVE, State.LEFT),
    }
    return ways.get(state, ())


def lapse(organisation: Organisation, warp: Warp, by: UUID | None = None) -> Membership:
    """Let a membership lapse: its people receive nothing by it from the next request on."""
    return _change(organisation, warp, State.LAPSED, by)


def suspend(organisation: Organisation, warp: Warp, reason: str, by: UUID | None = None) -> Membership:
    """Suspend a membership, saying why."""
    return _change(organisation, warp, State.SUSPENDED, by, reason=reason)


def leave(organisation: Organisation, warp: Warp, by: UUID | None = None, reason: str = "") -> Membership:
    """End a membership; the organisation may be admitted again."""
    return _change(organisation, warp, State.LEFT, by, reason=reason)


def restore(organisation: Organisation, warp: Warp, by: UUID | None = None, reason: str = "") -> Membership:
    """Make a lapsed or suspended membership active again."""
    return _change(organisation, warp, State.ACTIVE, by, reason=reason, only_from=(State.LAPSED, State.SUSPENDED))


def _change(
    organisation: Organisation,
    warp: Warp,
    state: State,
    by: UUID | None,
    *,
    reason: str = "",
    only_from: tuple[State, ...] = tuple(State),
) -> Membership:
    require_decision(by, organisation, warp)
    membership = find_membership(organisation, warp)
    if membership is None or membership.state not in only_from:
        raise NotAMember(organisation.name)
    detail = {"organisation": str(organisation.id), "from": membership.state.value, "reason": reason}
    membership.state = state
    audit.record(f"membership.{state.value}", actor=by, warp=warp.id, detail=detail)
    return membership
