"""Deciding applications: once, with a reason, never about one's own organisation.

Two who decide at the same moment take turns by the row's lock; the second is told what the first decided.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select

from warp_hub import audit, clock, mail
from warp_hub.db import session
from warp_hub.memberships import applications, authority, invitations, organisations, people
from warp_hub.memberships.agreements import leads_of_members
from warp_hub.memberships.application_models import Application, ApplicationState
from warp_hub.memberships.authority import NotTheirs, runs_now
from warp_hub.memberships.confirming import confirm_mailbox
from warp_hub.memberships.directory_models import Recusal
from warp_hub.memberships.models import (
    Coordinator,
    MembershipKind,
    Organisation,
    Person,
    Post,
    PostKind,
    State,
    Warp,
    WarpKind,
)
from warp_hub.memberships.reading import SHARED_DOMAINS, domain_of
from warp_hub.memberships.settings import settings_of
from warp_hub.memberships.working_days import after_working_days

APPROVED_LETTER, REFUSED_LETTER, MORE_LETTER = "application_approved", "application_refused", "application_more"
NOTICE_LETTER = "new_member"
LETTER_LIVES = timedelta(days=14)
NOTICE_ENDS = time(9)
OPEN_TO_DECIDE = (ApplicationState.SENT, ApplicationState.MORE_ASKED)


class Overtaken(Exception):
    """Somebody decided, or something was added, since the page was shown; holds the application as it is now."""

    def __init__(self, application: Application) -> None:
        super().__init__(application.id)
        self.application = application


class ShutOut(Exception):
    """The person or the organisation is suspended here: no application undoes that."""


@dataclass(frozen=True)
class Approval:
    """What a coordinator admits: to which organisation (None: a new one), as what, and who the applicant will be."""

    organisation: Organisation | None
    kind: MembershipKind
    post: PostKind
    owns_domain: bool = False


def may_decide(by: UUID | None, application: Application) -> bool:
    """Say whether this person may decide it: runs the WARP, or is of the national team where nobody else may."""
    if by is None:
        return True
    if _is_own(by, application):
        return False
    if authority.may_run(by, application.warp_id):
        return True
    return _is_national(by) and not any(not _is_own(one, application) for one in _runners(application.warp_id))


def left_to_national(by: UUID) -> list[UUID]:
    """Return the applications that nobody of their own WARP may decide, for somebody of the national team."""
    if not _is_national(by):
        return []
    waiting = session.scalars(select(Application).where(Application.state == ApplicationState.SENT))
    return [one.id for one in waiting if not authority.may_run(by, one.warp_id) and may_decide(by, one)]


def approve(application_id: UUID, as_of: datetime, approval: Approval, reason: str, by: UUID | None) -> Application:
    """Admit whoever applies: at once, or after the notice that the WARP gives its members."""
    application = _hold(application_id, as_of, by)
    if approval.organisation is not None and by is not None and _belongs(by, [approval.organisation.id]):
        raise NotTheirs(str(application_id))
    warp = session.scalars(select(Warp).where(Warp.id == application.warp_id)).one()
    _refuse_shut_out(application, approval.organisation, warp)
    _decide(application, ApplicationState.APPROVED, reason, by)
    application.organisation_id = approval.organisation.id if approval.organisation else None
    application.kind, application.post_kind = approval.kind, approval.post
    application.owns_domain = approval.owns_domain and approval.organisation is None
    days = settings_of(warp).new_member_notice_days
    if days and not _is_member(approval.organisation, warp):
        _announce(application, warp, days)
    else:
        _admit(application, warp, by)
    return application


def refuse(application_id: UUID, as_of: datetime, reason: str, by: UUID | None) -> Application:
    """Refuse an application, or call off one whose notice to members is running; the applicant reads the reason."""
    application = _hold(application_id, as_of, by, also=(ApplicationState.ANNOUNCED,))
    _decide(application, ApplicationState.REFUSED, reason, by)
    mail.post(REFUSED_LETTER, application.id, warp_id=application.warp_id, expires_at=clock.now() + LETTER_LIVES)
    return application


def ask_for_more(application_id: UUID, as_of: datetime, question: str, by: UUID | None) -> Application:
    """Ask the applicant something; the application is theirs again until they answer."""
    application = _hold(application_id, as_of, by)
    applications.say(application, "desk", question)
    application.state = ApplicationState.MORE_ASKED
    _note("application.more-asked", application, by)
    mail.post(MORE_LETTER, application.id, warp_id=application.warp_id, expires_at=clock.now() + LETTER_LIVES)
    return application


def go_live_due() -> int:
    """Admit those whose notice to members is over; return how many."""
    due = select(Application).where(Application.state == ApplicationState.ANNOUNCED, Application.live_at <= clock.now())
    found = session.scalars(due.with_for_update(skip_locked=True)).all()
    for application in found:
        warp = session.scalars(select(Warp).where(Warp.id == application.warp_id)).one()
        application.state = ApplicationState.APPROVED
        _admit(application, warp, None)
    return len(found)


def others_of(application: Application) -> Sequence[tuple[str, str]]:
    """Return who else is here of the organisations that the address may belong to: name and organisation."""
    ids = [one.id for one in organisations.find_organisations_by_address(application.email)]
    held = (
        select(Person.name, Organisation.name)
        .join(Post, Post.person_id == Person.id)
        .join(Organisation, Organisation.id == Post.organisation_id)
        .where(Post.organisation_id.in_(ids), Post.state == State.ACTIVE, Person.state == State.ACTIVE)
        .order_by(Organisation.name, Person.name)
        .limit(50)
    )
    return [(person, organisation) for person, organisation in session.execute(held)]


def _hold(application_id: UUID, as_of: datetime, by: UUID | None, also: Sequence[ApplicationState] = ()) -> Application:
    application = applications.hold(application_id)
    if application is None or not may_decide(by, application):
        raise NotTheirs(str(application_id))
    if application.state not in (*OPEN_TO_DECIDE, *also) or application.changed_at != as_of:
        raise Overtaken(application)
    return application


def _decide(application: Application, state: ApplicationState, reason: str, by: UUID | None) -> None:
    application.state, application.reason = state, reason
    application.decided_at = application.changed_at = clock.now()
    application.decided_by = by
    _note(f"application.{state.value}", application, by)


def _announce(application: Application, warp: Warp, days: int) -> None:
    """Tell the leads of a WARP's members who is about to join, and let it happen when the days are over."""
    settings = settings_of(warp)
    application.state = ApplicationState.ANNOUNCED
    live_at = after_working_days(clock.now(), days, NOTICE_ENDS, settings.nation, settings.zone_info)
    application.live_at = live_at
    leads = leads_of_members(warp.id)
    mail.post_all(NOTICE_LETTER, leads, warp_id=warp.id, item_ids=[application.id], expires_at=live_at)


def _admit(application: Application, warp: Warp, by: UUID | None) -> None:
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
        is_lead = application.post_kind is PostKind.LEAD and people.has_room_for_a_lead(organisation)
        people.appoint(person, organisation, PostKind.LEAD if is_lead else PostKind.OFFICER, by=acting)
    confirm_mailbox(person, "applied by a link sent there")
    application.organisation_id, application.person_id = organisation.id, person.id
    if is_new:
        invitations.mint(person, acting)
    mail.post(APPROVED_LETTER, person.id, warp_id=warp.id, expires_at=clock.now() + LETTER_LIVES)


def _organisation_of(application: Application, warp: Warp, by: UUID | None) -> Organisation:
    """Return the organisation, a member of the WARP from now on."""
    held = select(Organisation).where(Organisation.id == application.organisation_id)
    organisation = session.scalars(held).one_or_none()
    is_new = organisation is None
    if organisation is None:
        organisation = organisations.add_organisation(application.organisation_name, by=by)
    if not _is_member(organisation, warp):
        organisations.join(organisation, warp, application.kind or MembershipKind.FULL, by=by)
    if is_new and application.owns_domain:
        organisations.add_domain(organisation, domain_of(application.email), by)
    return organisation


def _is_member(organisation: Organisation | None, warp: Warp) -> bool:
    membership = organisations.find_membership(organisation, warp) if organisation else None
    return membership is not None and membership.state is State.ACTIVE


def _refuse_shut_out(application: Application, organisation: Organisation | None, warp: Warp) -> None:
    person = people.find_person_by_email(application.email)
    membership = organisations.find_membership(organisation, warp) if organisation else None
    if person is not None and person.state is not State.ACTIVE:
        raise ShutOut
    if membership is not None and membership.state is State.SUSPENDED:
        raise ShutOut


def _is_own(person_id: UUID, application: Application) -> bool:
    """Say whether an application is somebody's own, or concerns an organisation of theirs or one they stay out of."""
    email = session.scalar(select(Person.email).where(Person.id == person_id)) or ""
    domain = domain_of(application.email)
    if email.lower() == application.email.lower() or (domain_of(email) == domain and domain not in SHARED_DOMAINS):
        return True
    if _is_called(person_id, application.organisation_name):
        return True
    concerned = [one.id for one in organisations.find_organisations_by_address(application.email)]
    concerned += [application.organisation_id] if application.organisation_id else []
    said = select(Recusal.organisation_id).where(Recusal.person_id == person_id, Recusal.warp_id == application.warp_id)
    return _belongs(person_id, concerned) or bool(set(session.scalars(said)) & set(concerned))


def _is_called(person_id: UUID, name: str) -> bool:
    """Say whether an organisation at which somebody has a post is called so."""
    held = select(Organisation).join(Post, Post.organisation_id == Organisation.id)
    theirs = session.scalars(held.where(Post.person_id == person_id, Post.state.not_in((State.LEFT, State.APPLIED))))
    names = {known.casefold() for one in theirs for known in (one.name, one.short_name, *one.also_known_as) if known}
    return name.casefold() in names


def _belongs(person_id: UUID, organisation_ids: Sequence[UUID]) -> bool:
    held = select(Post.id).where(
        Post.person_id == person_id,
        Post.organisation_id.in_(organisation_ids),
        Post.state.not_in((State.LEFT, State.APPLIED)),
    )
    return session.scalar(held.limit(1)) is not None


def _is_national(person_id: UUID) -> bool:
    held = (
        select(Coordinator.id)
        .join(Warp, Warp.id == Coordinator.warp_id)
        .join(Person, Person.id == Coordinator.person_id)
        .where(Coordinator.person_id == person_id, Warp.kind == WarpKind.NATIONAL, runs_now())
        .where(Person.state == State.ACTIVE)
    )
    return session.scalar(held.limit(1)) is not None


def _runners(warp_id: UUID) -> Sequence[UUID]:
    held = (
        select(Coordinator.person_id)
        .join(Person, Person.id == Coordinator.person_id)
        .where(Coordinator.warp_id == warp_id, runs_now(), Person.state == State.ACTIVE)
    )
    return session.scalars(held).all()


def _note(action: str, application: Application, by: UUID | None) -> None:
    audit.record(action, actor=by, warp=application.warp_id, detail={"application": str(application.id)})
