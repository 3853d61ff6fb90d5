"""What a coordinator sees of an application before they decide."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import exists, select

from warp_hub.db import session
from warp_hub.joining import wording
from warp_hub.memberships import applications, deciders, deciding, domains, organisations
from warp_hub.memberships.application_models import Application, ApplicationState
from warp_hub.memberships.models import Membership, Organisation, Person, Post, PostKind, State, Warp

_UNSEEN = (ApplicationState.STARTED,)


@dataclass(frozen=True)
class Seen:
    """An application with everything that helps to decide it."""

    application: Application
    warp: Warp
    check: domains.DomainCheck
    told: Sequence[str]
    others: Sequence[tuple[str, str]]
    places: Sequence[tuple[str, State]]
    state: str
    kind: str
    decided_by: str
    has_lead: bool
    may_decide: bool
    is_open: bool

    @property
    def offers_domain(self) -> bool:
        """Say whether the domain may be noted as a new organisation's own: never one that imitates another."""
        check = self.check
        return check.may_be_noted and not check.verified and check.hint is not domains.Hint.IMITATES


def find(application_id: UUID, warps: Collection[UUID], by: UUID | None) -> Seen | None:
    """Return an application to a WARP of a coordinator's, or one left to the national team; None for any other."""
    application = applications.find(application_id)
    if application is None or by is None or application.state in _UNSEEN:
        return None
    may_decide = deciders.may_decide(by, application)
    if application.warp_id not in warps and not may_decide:
        return None
    check = domains.check(application.email)
    ids = [one.id for one in check.verified]
    return Seen(
        application=application,
        warp=session.scalars(select(Warp).where(Warp.id == application.warp_id)).one(),
        check=check,
        told=[*wording.told_by_domain(check), *_told_by_name(application, ids)],
        others=deciding.others_of(application),
        places=_places(ids, application.warp_id),
        state=str(wording.STATES[application.state]),
        kind=str(wording.KINDS[application.kind.value]) if application.kind else "",
        decided_by=session.scalar(select(Person.name).where(Person.id == application.decided_by)) or "",
        has_lead=_has_lead(ids),
        may_decide=may_decide,
        is_open=application.state in deciding.OPEN_TO_DECIDE or application.state is ApplicationState.ANNOUNCED,
    )


def read_moment(text: str | None) -> datetime:
    """Return the moment at which a page was shown; one that nothing was changed at for nonsense."""
    try:
        return datetime.fromisoformat(text or "")
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def _told_by_name(application: Application, known: Sequence[UUID]) -> list[str]:
    """Say so where an organisation is called the same whose domain this is not."""
    called = organisations.find_organisations_called(application.organisation_name)
    return [wording.called_the_same(one.name) for one in called if one.id not in known]


def _places(organisation_ids: Sequence[UUID], warp_id: UUID) -> list[tuple[str, State]]:
    """Return which of these organisations have a place in the WARP already, and how it stands."""
    held = (
        select(Organisation.name, Membership.state)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Organisation.id.in_(organisation_ids), Membership.warp_id == warp_id)
    )
    return [(name, state) for name, state in session.execute(held)]


def _has_lead(organisation_ids: Sequence[UUID]) -> bool:
    led = exists().where(
        Post.organisation_id.in_(organisation_ids), Post.kind == PostKind.LEAD, Post.state == State.ACTIVE
    )
    return bool(session.scalar(select(led)))
