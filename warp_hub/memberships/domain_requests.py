"""Mail domains that a lead says are their organisation's: nothing follows from one until a coordinator has looked.

A domain may be several organisations' (three real ones are two councils' each): whoever decides is shown with whom it
is shared, and may say yes.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select

from warp_hub import audit, clock
from warp_hub.db import new_id, session
from warp_hub.memberships import organisations
from warp_hub.memberships.authority import GONE, NotTheirs, leads, require_organisation
from warp_hub.memberships.directory_models import DomainRequest
from warp_hub.memberships.models import Membership, Organisation, OrganisationDomain, State
from warp_hub.memberships.reading import read_domain


class AlreadyTheirs(Exception):
    """The organisation has this domain, or somebody asked for it already."""


class AlreadyDecided(Exception):
    """Somebody has answered this, or it was never asked."""


def ask(organisation: Organisation, domain: str, by: UUID) -> DomainRequest:
    """Ask a coordinator to verify a domain; raise Unreadable for one that can be nobody's own."""
    if not leads(by, organisation.id):
        raise NotTheirs(str(organisation.id))
    read = read_domain(domain)
    held = select(OrganisationDomain.domain).where(
        OrganisationDomain.organisation_id == organisation.id,
        OrganisationDomain.domain == read,
        OrganisationDomain.is_former.is_(False),
    )
    if session.scalar(held) or any(one.domain == read for one in open_for(organisation.id)):
        raise AlreadyTheirs
    made = DomainRequest(id=new_id(), organisation_id=organisation.id, domain=read, asked_by=by, asked_at=clock.now())
    session.add(made)
    session.flush()
    detail = {"organisation": str(organisation.id), "domain": read}
    audit.record("organisation.domain-asked", actor=by, detail=detail)
    return made


def decide(request: DomainRequest, organisation: Organisation, by: UUID, *, accept: bool) -> None:
    """Answer whether a domain is the organisation's; of two who answer at once the second comes too late."""
    require_organisation(by, organisation)
    held = select(DomainRequest).where(DomainRequest.id == request.id).with_for_update()
    session.scalars(held.execution_options(populate_existing=True)).one()
    if request.decided_at is not None or request.organisation_id != organisation.id:
        raise AlreadyDecided
    request.decided_at, request.is_accepted = clock.now(), accept
    if accept:
        organisations.add_domain(organisation, request.domain, by)
    else:
        detail = {"organisation": str(organisation.id), "domain": request.domain}
        audit.record("organisation.domain-refused", actor=by, detail=detail)


def open_for(organisation_id: UUID) -> Sequence[DomainRequest]:
    """Return what an organisation's leads asked for and nobody answered, by domain."""
    held = select(DomainRequest).where(DomainRequest.organisation_id == organisation_id)
    return session.scalars(held.where(DomainRequest.decided_at.is_(None)).order_by(DomainRequest.domain)).all()


def open_in(warps: Collection[UUID]) -> Sequence[tuple[DomainRequest, Organisation]]:
    """Return what waits for an answer at the organisations of these WARPs, oldest first."""
    members = select(Membership.organisation_id).where(Membership.warp_id.in_(warps), Membership.state.not_in(GONE))
    held = select(DomainRequest, Organisation).join(Organisation, Organisation.id == DomainRequest.organisation_id)
    held = held.where(DomainRequest.decided_at.is_(None), Organisation.id.in_(members))
    return [(row[0], row[1]) for row in session.execute(held.order_by(DomainRequest.asked_at))]


def shared_with(organisation_id: UUID, domains: Collection[str], warps: Collection[UUID]) -> dict[str, list[str]]:
    """Return by domain who else has it: by name where they belong to one of these WARPs, otherwise as ""."""
    members = select(Membership.organisation_id).where(Membership.warp_id.in_(warps), Membership.state == State.ACTIVE)
    held = (
        select(OrganisationDomain.domain, Organisation.name, Organisation.id.in_(members))
        .join(Organisation, Organisation.id == OrganisationDomain.organisation_id)
        .where(OrganisationDomain.domain.in_(domains), OrganisationDomain.is_former.is_(False))
        .where(Organisation.id != organisation_id)
        .order_by(Organisation.name)
    )
    found: dict[str, list[str]] = {}
    for domain, name, is_near in session.execute(held):
        found.setdefault(domain, []).append(name if is_near else "")
    return found
