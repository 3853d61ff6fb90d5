"""Applications to belong to a WARP: begun by letter, told in pieces, sent, decided once.

Whoever applies is nobody on the hub until a coordinator decides, and what is told lies where no rule of receiving
looks. Nobody decides about their own organisation.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select

from warp_hub import audit, clock
from warp_hub.db import new_id, session
from warp_hub.memberships.application_models import (
    UNDECIDED,
    UNSENT,
    Application,
    ApplicationRequest,
    ApplicationState,
)

UNFINISHED_KEPT = timedelta(days=30)
DECIDED_KEPT = timedelta(days=180)
REQUESTS_KEPT = timedelta(days=1)
NEEDED = ("name", "job", "language", "organisation_name", "kind", "why")
LONGEST_TEXT = 2_000


class NotOpen(Exception):
    """The application is with the coordinators, decided or gone: nothing can be added to it now."""


class NotComplete(Exception):
    """Something is still missing, or the mailbox was never proved."""


def begin(address: str, warp_id: UUID) -> Application:
    """Return the undecided application from an address to a WARP, a new one where there is none."""
    held = select(Application).where(
        Application.warp_id == warp_id,
        func.lower(Application.email) == address.lower(),
        Application.state.in_(UNDECIDED),
    )
    found = session.scalars(held).one_or_none()
    if found is not None:
        return found
    now = clock.now()
    begun = Application(id=new_id(), warp_id=warp_id, email=address, made_at=now, changed_at=now)
    begun.state, begun.correspondence = ApplicationState.STARTED, []
    session.add(begun)
    session.flush()
    return begun


def find(application_id: UUID) -> Application | None:
    """Return the application of this id, or None."""
    return session.scalars(select(Application).where(Application.id == application_id)).one_or_none()


def hold(application_id: UUID) -> Application | None:
    """Return an application as it is now, held until the caller's transaction ends; None where it is gone."""
    held = select(Application).where(Application.id == application_id).with_for_update()
    return session.scalars(held.execution_options(populate_existing=True)).one_or_none()


def confirm(application: Application) -> None:
    """Note that whoever applies has the mailbox: they pressed the button of a letter sent there."""
    if application.confirmed_at is None:
        application.confirmed_at = clock.now()


def save(application_id: UUID, **told: Any) -> Application:
    """Keep what was told so far; raise NotOpen once it is sent."""
    application = _hold_unsent(application_id)
    for name, value in told.items():
        setattr(application, name, value)
    application.changed_at = clock.now()
    return application


def missing(application: Application) -> Sequence[str]:
    """Return what must still be told before it can be sent, in the order in which it is asked."""
    told = [name for name in NEEDED if not getattr(application, name)]
    is_asked = bool(application.correspondence) and application.correspondence[-1]["from"] == "desk"
    return [*told, *(["reply"] if is_asked else [])]


def send(application_id: UUID) -> Application:
    """Send an application to the coordinators; raise NotOpen or NotComplete."""
    application = _hold_unsent(application_id)
    if missing(application) or application.confirmed_at is None:
        raise NotComplete
    application.state = ApplicationState.SENT
    application.sent_at = application.changed_at = clock.now()
    audit.record("application.sent", warp=application.warp_id, detail={"application": str(application.id)})
    return application


def answer(application_id: UUID, text: str) -> Application:
    """Add what the applicant answers to a coordinator's question, in place of what they answered before."""
    application = _hold_unsent(application_id)
    if application.correspondence and application.correspondence[-1]["from"] == "applicant":
        application.correspondence = application.correspondence[:-1]
    say(application, "applicant", text)
    return application


def say(application: Application, who: str, text: str) -> None:
    """Add a sentence of the "desk" or of the "applicant" to what was said."""
    said = {"at": clock.now().isoformat(), "from": who, "text": text}
    application.correspondence = [*application.correspondence, said]
    application.changed_at = clock.now()


def kept_until(application: Application) -> datetime:
    """Return until when an unfinished application is kept."""
    return application.changed_at + UNFINISHED_KEPT


def forget_old() -> int:
    """Remove unfinished applications after 30 days, decided ones after 180, and requests nobody answered."""
    now = clock.now()
    old = (
        delete(Application).where(Application.state.in_(UNSENT), Application.changed_at < now - UNFINISHED_KEPT),
        delete(Application).where(Application.decided_at < now - DECIDED_KEPT, Application.state.not_in(UNDECIDED)),
        delete(ApplicationRequest).where(ApplicationRequest.made_at < now - REQUESTS_KEPT),
    )
    return sum(session.execute(statement).rowcount for statement in old)  # type: ignore[attr-defined]


def _hold_unsent(application_id: UUID) -> Application:
    application = hold(application_id)
    if application is None or application.state not in UNSENT:
        raise NotOpen
    return application
