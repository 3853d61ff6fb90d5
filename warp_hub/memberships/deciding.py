"""Deciding applications: once, with a reason, never about one's own organisation.

Two who decide at the same moment take turns by the row's lock; the second is told what the first decided.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import exists, select

from warp_hub import audit, clock, mail
from warp_hub.db import session
from warp_hub.memberships import applications, organisations, people
from warp_hub.memberships.admitting import LETTER_LIVES, admit, is_member
from warp_hub.memberships.agreements import leads_of_members
from warp_hub.memberships.application_models import Application, ApplicationState
from warp_hub.memberships.authority import GONE, NotTheirs
from warp_hub.memberships.deciders import belongs, deciders_of, may_decide
from warp_hub.memberships.models import Membership, MembershipKind, Organisation, Person, Post, PostKind, State, Warp
from warp_hub.memberships.settings import settings_of
from warp_hub.memberships.working_days import after_working_days

CAME_LETTER, CAME_LIVES = "application_came", timedelta(days=7)
REFUSED_LETTER, MORE_LETTER = "application_refused", "application_more"
NOTICE_LETTER = "new_member"
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


def approve(application_id: UUID, as_of: datetime, approval: Approval, reason: str, by: UUID | None) -> Application:
    """Admit whoever applies: at once, or after the notice that the WARP gives its members."""
    application = _hold(application_id, as_of, by)
    if approval.organisation is not None and by is not None and belongs(by, [approval.organisation.id]):
        raise NotTheirs(str(application_id))
    warp = session.scalars(select(Warp).where(Warp.id == application.warp_id)).one()
    _refuse_shut_out(application, approval.organisation, warp)
    _decide(application, ApplicationState.APPROVED, reason, by)
    application.organisation_id = approval.organisation.id if approval.organisation else None
    application.kind, application.post_kind = approval.kind, approval.post
    application.owns_domain = approval.owns_domain and approval.organisation is None
    days = settings_of(warp).new_member_notice_days
    if days and not is_member(approval.organisation, warp):
        _announce(application, warp, days)
    else:
        admit(application, warp, by)
    return application


def tell_deciders(application: Application) -> None:
    """Write to the coordinators who may decide an application that it waits for them."""
    who, expires = deciders_of(application), clock.now() + CAME_LIVES
    mail.post_all(CAME_LETTER, who, warp_id=application.warp_id, item_ids=[application.id], expires_at=expires)


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
    """Admit those whose notice to members is over; return how many. Who was shut out since is decided about anew."""
    due = select(Application).where(Application.state == ApplicationState.ANNOUNCED, Application.live_at <= clock.now())
    found = session.scalars(due.with_for_update(skip_locked=True)).all()
    return sum(_go_live(application) for application in found)


def others_of(application: Application) -> Sequence[tuple[str, str]]:
    """Return who else is here of the organisations that the address may belong to: name and organisation.

    Of an organisation that other WARPs alone look after nobody is named.
    """
    ids = [one.id for one in organisations.find_organisations_by_address(application.email)]
    place = exists().where(Membership.organisation_id == Organisation.id, Membership.state.not_in(GONE))
    held = (
        select(Person.name, Organisation.name)
        .join(Post, Post.person_id == Person.id)
        .join(Organisation, Organisation.id == Post.organisation_id)
        .where(Post.organisation_id.in_(ids), Post.state == State.ACTIVE, Person.state == State.ACTIVE)
        .where(place.where(Membership.warp_id == application.warp_id) | ~place)
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


def _go_live(application: Application) -> bool:
    warp = session.scalars(select(Warp).where(Warp.id == application.warp_id)).one()
    held = select(Organisation).where(Organisation.id == application.organisation_id)
    try:
        _refuse_shut_out(application, session.scalars(held).one_or_none(), warp)
    except ShutOut:
        application.state, application.reason = ApplicationState.SENT, ""
        application.decided_at = application.decided_by = application.live_at = None
        application.changed_at = clock.now()
        _note("application.held", application, None)
        tell_deciders(application)
        return False
    application.state = ApplicationState.APPROVED
    admit(application, warp, None)
    session.flush()
    return True


def _refuse_shut_out(application: Application, organisation: Organisation | None, warp: Warp) -> None:
    person = people.find_person_by_email(application.email)
    membership = organisations.find_membership(organisation, warp) if organisation else None
    if person is not None and person.state is not State.ACTIVE:
        raise ShutOut
    if membership is not None and membership.state is State.SUSPENDED:
        raise ShutOut


def _note(action: str, application: Application, by: UUID | None) -> None:
    audit.record(action, actor=by, warp=application.warp_id, detail={"application": str(application.id)})
