"""Which organisation's people sign in by which provider: bound like a mail domain, by whoever answers for it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.dialects.postgresql import insert

from warp_hub import audit, clock
from warp_hub.db import new_id, session
from warp_hub.memberships import authority
from warp_hub.memberships.authority import NotTheirs, runs_now
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

    `second_factor` is what `by` says for the organisation: the provider asks for one at every sign-in.
    """
    _require(by, organisation_id)
    made = insert(Binding).values(
        id=new_id(),
        organisation_id=organisation_id,
        provider=to.slug,
        tenant=read_tenant(to, tenant),
        second_factor=second_factor,
        said_by=by if second_factor else None,
        bound_by=by,
        bound_at=clock.now(),
    )
    done = session.execute(made.on_conflict_do_nothing(), execution_options={"preserve_rowcount": True})
    if not done.rowcount:  # type: ignore[attr-defined]
        return False
    _note("provider.bound", organisation_id, to.slug, tenant, by, second_factor=second_factor)
    return True


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


def _require(by: UUID, organisation_id: UUID) -> None:
    if not may_bind(by, organisation_id):
        raise NotTheirs(str(organisation_id))


def _note(action: str, organisation_id: UUID, provider: str, tenant: str, by: UUID, **more: bool) -> None:
    detail = {"organisation": str(organisation_id), "provider": provider, "tenant": tenant, **more}
    audit.record(action, actor=by, detail=detail)
