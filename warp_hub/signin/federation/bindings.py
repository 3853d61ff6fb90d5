"""Which organisation's people sign in by which provider: bound like a mail domain, by whoever answers for it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.dialects.postgresql import insert

from warp_hub import audit, clock
from warp_hub.db import new_id, session
from warp_hub.memberships import authority
from warp_hub.memberships.authority import NotTheirs, for_good, runs_now
from warp_hub.memberships.models import Coordinator, Membership, Organisation, Person, Post, State
from warp_hub.signin.federation.identities import GUID
from warp_hub.signin.federation.models import Binding
from warp_hub.signin.federation.providers import Provider, offered

# Where Microsoft keeps the accounts of private people: bound, it would be everybody's.
PRIVATE_PEOPLE = "9188040d-6c67-4c5b-b112-36a304b66dad"
NOBODYS = "00000000-0000-0000-0000-000000000000"


class NoTenant(Exception):
    """What was typed is not the id of an organisation's directory."""


def may_bind(by: UUID, organisation_id: UUID) -> bool:
    """Say whether this person leads the organisation or runs a WARP of which it is a member now."""
    is_member = (Membership.organisation_id == organisation_id) & (Membership.state == State.ACTIVE)
    runs = exists().where(Coordinator.person_id == by, Coordinator.warp_id == Membership.warp_id, runs_now(), is_member)
    return authority.leads(by, organisation_id) or bool(session.scalar(select(runs)))


def bind(organisation_id: UUID, to: Provider, tenant: str, by: UUID, *, second_factor: bool) -> bool:
    """Let the organisation's people connect accounts of this tenant; say whether that was news.

    `second_factor` is what `by` says for the organisation: the provider asks for one at every sign-in. It counts from
    a coordinator's yes, who may be `by`.
    """
    _require(by, organisation_id)
    counts = second_factor and may_confirm(by, organisation_id, by)
    made = insert(Binding).values(
        id=new_id(),
        organisation_id=organisation_id,
        provider=to.slug,
        tenant=read_tenant(to, tenant),
        second_factor=second_factor,
        said_by=by if second_factor else None,
        confirmed_by=by if counts else None,
        confirmed_at=clock.now() if counts else None,
        bound_by=by,
        bound_at=clock.now(),
    )
    done = session.execute(made.on_conflict_do_nothing(), execution_options={"preserve_rowcount": True})
    if not done.rowcount:  # type: ignore[attr-defined]
        return False
    _note("provider.bound", organisation_id, to.slug, tenant, by, second_factor=second_factor)
    return True


def may_confirm(by: UUID, organisation_id: UUID, said_by: UUID | None) -> bool:
    """Say whether this person may let an organisation's word count: who decides about its place in a WARP, for good.

    Nobody does by standing in for another, nor about their own organisation while somebody else can. What they said
    themselves counts by their own yes only where no other WARP looks after the organisation: it counts there too.
    """
    if by == said_by and not authority.serves_alone(by, organisation_id):
        return False
    held = select(Membership.warp_id).where(
        Membership.organisation_id == organisation_id, Membership.state == State.ACTIVE
    )
    decides = (authority.may_decide(by, organisation_id, warp_id) for warp_id in _run_for_good(by, held))
    return any(decides)


def confirm(binding: Binding, by: UUID) -> None:
    """Let the organisation's word about its provider count: a sign-in there is then a full one here."""
    if not may_confirm(by, binding.organisation_id, binding.said_by):
        raise NotTheirs(str(binding.organisation_id))
    if binding.second_factor and binding.confirmed_at is None:
        binding.confirmed_by, binding.confirmed_at = by, clock.now()
        _note("provider.second-factor-counts", binding.organisation_id, binding.provider, binding.tenant, by)


def unbind(binding: Binding, by: UUID) -> None:
    """Take a tenant off an organisation: what its accounts opened is over at the next request."""
    _require(by, binding.organisation_id)
    _note("provider.unbound", binding.organisation_id, binding.provider, binding.tenant, by)
    session.delete(binding)


def of_organisation(organisation_id: UUID) -> Sequence[tuple[Binding, str | None]]:
    """Return what is bound to an organisation, the oldest first, with who gave its word about a second factor."""
    held = select(Binding, Person.name).outerjoin(Person, Person.id == Binding.said_by)
    found = held.where(Binding.organisation_id == organisation_id).order_by(Binding.bound_at, Binding.id)
    return [(binding, name) for binding, name in session.execute(found)]


def waits_for_coordinator(organisation_id: UUID) -> bool:
    """Say whether an organisation gave its word about a provider and no coordinator has said yes to it."""
    held = select(Binding.id).where(Binding.organisation_id == organisation_id, Binding.second_factor.is_(True))
    return session.scalar(held.where(Binding.confirmed_at.is_(None)).limit(1)) is not None


def find(binding_id: UUID, organisation_id: UUID) -> Binding | None:
    """Return one binding of this organisation, or None."""
    held = select(Binding).where(Binding.id == binding_id, Binding.organisation_id == organisation_id)
    return session.scalars(held).one_or_none()


def find_organisation(organisation_id: UUID, by: UUID) -> Organisation | None:
    """Return the organisation if this person may bind for it; None else."""
    if not may_bind(by, organisation_id):
        return None
    return session.scalars(select(Organisation).where(Organisation.id == organisation_id)).one()


def covering(person_id: UUID, provider: object, tenant: object) -> tuple[ColumnElement[bool], ...]:
    """Say in SQL which bindings let this person in by this tenant: those of organisations they are at now."""
    return (
        Binding.provider == provider,
        Binding.tenant == tenant,
        Binding.provider.in_([known.slug for known in offered()]),
        Post.organisation_id == Binding.organisation_id,
        Post.person_id == person_id,
        Post.state == State.ACTIVE,
        Membership.organisation_id == Binding.organisation_id,
        Membership.state == State.ACTIVE,
    )


def read_tenant(of: Provider, typed: str) -> str:
    """Return the tenant as it is compared; raise NoTenant for what is no organisation's."""
    if not of.has_tenants:
        return ""
    tenant = typed.strip().strip("{}").lower()
    if not GUID.fullmatch(tenant) or tenant in (PRIVATE_PEOPLE, NOBODYS):
        raise NoTenant(typed)
    return tenant


def _run_for_good(by: UUID, warps: Select[UUID]) -> Sequence[UUID]:
    held = select(Coordinator.warp_id).where(Coordinator.person_id == by, runs_now(), for_good())
    return session.scalars(held.where(Coordinator.warp_id.in_(warps))).all()


def _require(by: UUID, organisation_id: UUID) -> None:
    if not may_bind(by, organisation_id):
        raise NotTheirs(str(organisation_id))


def _note(action: str, organisation_id: UUID, provider: str, tenant: str, by: UUID, **more: bool) -> None:
    detail = {"organisation": str(organisation_id), "provider": provider, "tenant": tenant, **more}
    audit.record(action, actor=by, detail=detail)
