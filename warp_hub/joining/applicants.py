"""Whoever applies, at this browser and by letter: known by a signed link to their mailbox and by nothing else."""

from datetime import datetime, timedelta
from uuid import UUID

from flask import session as browser

from warp_hub import clock
from warp_hub.mail import Recipient, links
from warp_hub.memberships import applications
from warp_hub.memberships.application_models import Application
from warp_hub.tlp import NOBODY

PURPOSE = "apply"
AT_THIS_BROWSER_FOR = timedelta(hours=12)
_KEPT = "application"


def link_to(application: Application) -> str:
    """Return the token of a link that leads back to an application for as long as an unfinished one is kept."""
    return links.sign(PURPOSE, application.id)


def by_link(token: str) -> Application | None:
    """Return the application that a link leads to, or None for whatever is no good link."""
    claim = links.read(PURPOSE, token, applications.UNFINISHED_KEPT)
    return None if claim is None else applications.find(claim.person_id)


def enter(application: Application) -> None:
    """Let this browser go on with an application."""
    browser[_KEPT] = [str(application.id), clock.now().isoformat()]


def leave() -> None:
    """Let this browser forget the application."""
    browser.pop(_KEPT, None)


def here() -> Application | None:
    """Return the application this browser may go on with, or None."""
    kept = browser.get(_KEPT)
    if not kept or clock.now() - datetime.fromisoformat(kept[1]) > AT_THIS_BROWSER_FOR:
        return None
    return applications.find(UUID(kept[0]))


def recipient(application_id: UUID) -> Recipient | None:
    """Return where a letter to an applicant goes; None where there is no such application any more."""
    application = applications.find(application_id)
    if application is None:
        return None
    return Recipient(application.email, application.name, application.language or "en", NOBODY)
