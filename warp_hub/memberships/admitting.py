"""Admitting whoever applied: an organisation with a place in the WARP, a person with a post, a letter to come in by."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from warp_hub import clock, mail
from warp_hub.db import session
from warp_hub.memberships import authority, invitations, organisations, people
from warp_hub.memberships.application_models import Application
from warp_hub.memberships.confirming import confirm_mailbox
from warp_hub.memberships.models import MembershipKind, Organisation, PostKind, State, Warp
from warp_hub.memberships.reading import domain_of

LETTER = "application_approved"
LETTER_LIVES = timedelta(days=14)


def admit(application: Application, warp: Warp, by: UUID | None) -> None:
    """Make the organisation a member and the applicant a person of it, and write to them."""
    acting = by if authority.may_run(by, warp.id) else None
    organisation = _organisation_of(application, warp, acting)
    person = people.find_person_by_email(application.email)
    is_new = person is None
    if person is None:
        person = people.add_person(
            application.email, application.name, language=application.language or "en", by=acting
        )
    post = people.find_post(person, organisation)
    if post is None or post.state is not State.ACTIVE:
        may_lead = authority.may_name_lead(acting, organisation.id) and people.has_room_for_a_lead(organisation)
        # Whoever decided it and does not run the WARP, or no longer, names the first lead alone.
        is_second = acting is None and by is not None and authority.is_led(by, organisation.id)
        is_lead = application.post_kind is PostKind.LEAD and may_lead and not is_second
        people.appoint(person, organisation, PostKind.LEAD if is_lead else PostKind.OFFICER, by=acting)
    confirm_mailbox(person, "applied by a link sent there")
    application.organisation_id, application.person_id = organisation.id, person.id
    if is_new:
        invitations.mint(person, acting)
    mail.post(LETTER, person.id, warp_id=warp.id, expires_at=clock.now() + LETTER_LIVES)


def _organisation_of(application: Application, warp: Warp, by: UUID | None) -> Organisation:
    """Return the organisation, a member of the WARP from now on."""
    held = select(Organisation).where(Organisation.id == application.organisation_id)
    organisation = session.scalars(held).one_or_none()
    is_new = organisation is None
    if organisation is None:
        organisation = organisations.add_organisation(application.organisation_name, by=by)
    if not is_member(organisation, warp):
        organisations.join(organisation, warp, application.kind or MembershipKind.FULL, by=by)
    if is_new and application.owns_domain:
        organisations.add_domain(organisation, domain_of(application.email), by)
    return organisation


def is_member(organisation: Organisation | None, warp: Warp) -> bool:
    """Say whether an organisation has an active place in the WARP."""
    membership = organisations.find_membership(organisation, warp) if organisation else None
    return membership is not None and membership.state is State.ACTIVE
