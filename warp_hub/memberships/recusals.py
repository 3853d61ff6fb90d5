"""Organisations about which a coordinator does not decide, by their own word; others of the WARP do, if any can."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select

from warp_hub import audit, clock
from warp_hub.db import session
from warp_hub.memberships.authority import require_warp
from warp_hub.memberships.directory_models import Recusal
from warp_hub.memberships.models import Organisation, Person, Warp


def recuse(organisation: Organisation, warp: Warp, reason: str, by: UUID) -> None:
    """Decide no longer about an organisation's place in a WARP that one runs, be it for another."""
    require_warp(by, warp)
    if by in {person.id for person, _reason in those_of(organisation.id, warp.id)}:
        return
    session.add(
        Recusal(warp_id=warp.id, person_id=by, organisation_id=organisation.id, reason=reason, since=clock.now())
    )
    session.flush()
    detail = {"organisation": str(organisation.id), "reason": reason}
    audit.record("membership.recused", actor=by, warp=warp.id, detail=detail)


def end_recusal(organisation: Organisation, warp: Warp, by: UUID) -> None:
    """Decide about an organisation again; each for themselves."""
    held = (Recusal.warp_id == warp.id, Recusal.person_id == by, Recusal.organisation_id == organisation.id)
    if by not in {person.id for person, _reason in those_of(organisation.id, warp.id)}:
        return
    session.execute(delete(Recusal).where(*held))
    detail = {"organisation": str(organisation.id)}
    audit.record("membership.recusal-ended", actor=by, warp=warp.id, detail=detail)


def those_of(organisation_id: UUID, warp_id: UUID) -> Sequence[tuple[Person, str]]:
    """Return who does not decide about an organisation in a WARP, with their reasons, by name."""
    held = select(Person, Recusal.reason).join(Recusal, Recusal.person_id == Person.id)
    held = held.where(Recusal.organisation_id == organisation_id, Recusal.warp_id == warp_id)
    return [(person, reason) for person, reason in session.execute(held.order_by(Person.name))]
