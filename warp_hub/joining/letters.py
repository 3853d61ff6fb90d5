"""The letters of joining: one purpose, one button, why it was sent, whom to ask.

No way in lies in the outbox: links are signed, and an invitation's secret worked out, when the letter goes. The first
letter speaks both languages; the others the one that the reader chose.
"""

import functools
from typing import Any
from uuid import UUID

from sqlalchemy import select

from warp_hub.db import session
from warp_hub.joining import applicants, requests, wording
from warp_hub.mail import Cancelled, Letter, Rendered, rendering
from warp_hub.memberships import admitting, agreement_writing, agreements, applications, deciders, deciding, invitations
from warp_hub.memberships.application_models import UNDECIDED, Application, ApplicationState
from warp_hub.memberships.models import MembershipKind, Warp
from warp_hub.memberships.settings import settings_of
from warp_hub.tlp import Viewer


def link(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:  # noqa: ARG001 - nothing of an item is in it
    """Return the letter with the link that begins an application or leads back to it."""
    application = applications.find(letter.person_id)
    if application is None or application.state not in UNDECIDED:
        return Cancelled("the application is gone or decided")
    return _of_application("application_link", application, in_welsh=functools.partial(rendering.said_in, "cy"))


def more(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:  # noqa: ARG001
    """Return the letter that says that a coordinator asks something."""
    application = applications.find(letter.person_id)
    if application is None or application.state is not ApplicationState.MORE_ASKED:
        return Cancelled("nothing is asked any more")
    return _of_application("application_more", application, asked=application.correspondence[-1]["text"])


def came(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:  # noqa: ARG001
    """Return the letter by which a coordinator learns that somebody waits for a decision."""
    application = applications.find(letter.item_ids[0])
    if application is None or application.state is not ApplicationState.SENT:
        return Cancelled("it waits no more")
    if not deciders.may_decide(letter.person_id, application):
        return Cancelled("it is not theirs to decide")
    told = {"name": application.organisation_name, "application_id": application.id}
    return _rendered("application_came", _warp(application.warp_id), **told)


def refused(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:  # noqa: ARG001
    """Return the letter that says that an application was refused, and why."""
    application = applications.find(letter.person_id)
    if application is None or application.state is not ApplicationState.REFUSED:
        return Cancelled("the application is not refused any more")
    return _of_application("application_refused", application, reason=application.reason)


def approved(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:  # noqa: ARG001
    """Return the letter that says that somebody belongs now, with their single-use way in if they are new."""
    warp = _warp(letter.warp_id)
    secret = invitations.secret_for_letter(letter.person_id)
    return _rendered("application_approved", warp, token=secret)


def new_member(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:  # noqa: ARG001
    """Return the letter that gives members notice of who is about to join."""
    application = applications.find(letter.item_ids[0])
    if application is None or application.state is not ApplicationState.ANNOUNCED:
        return Cancelled("nobody is about to join any more")
    if letter.person_id not in agreements.leads_of_members(application.warp_id):
        return Cancelled("they lead no member any more")
    is_associate = application.kind is MembershipKind.ASSOCIATE
    told = {"name": application.organisation_name, "is_associate": is_associate, "live_at": application.live_at}
    return _rendered("new_member", _warp(letter.warp_id), **told)


def agreement(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:  # noqa: ARG001
    """Return the letter that says that a WARP has a new agreement; nothing once it is accepted everywhere."""
    found = agreements.find(letter.item_ids[0])
    asked = [*agreements.demands(letter.person_id), *agreements.coming(letter.person_id)]
    if found is None or found.id not in {one.agreement.id for one in asked}:
        return Cancelled("it is accepted, or not theirs to accept")
    return _rendered("agreement", _warp(letter.warp_id), binds_from=found.binds_from, is_first=found.version == 1)


LETTERS = {
    requests.LETTER: link,
    deciding.CAME_LETTER: came,
    deciding.MORE_LETTER: more,
    deciding.REFUSED_LETTER: refused,
    admitting.LETTER: approved,
    deciding.NOTICE_LETTER: new_member,
    agreement_writing.LETTER: agreement,
}


def _of_application(kind: str, application: Application, **context: Any) -> Rendered:
    return _rendered(kind, _warp(application.warp_id), link=applicants.link_to(application), **context)


def _rendered(kind: str, warp: Warp, **context: Any) -> Rendered:
    settings = settings_of(warp)
    ask = ", ".join(filter(None, (settings.contact_phone, settings.contact_email)))
    return rendering.letter(f"joining/email/{kind}", warp=wording.warp_name(warp), ask=ask, **context)


def _warp(warp_id: UUID | None) -> Warp:
    return session.scalars(select(Warp).where(Warp.id == warp_id)).one()
