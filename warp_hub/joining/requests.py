"""Asking to apply: the page does the same for every address, the worker begins the application and writes."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select

from warp_hub import background, clock, mail
from warp_hub.db import new_id, session
from warp_hub.memberships import applications
from warp_hub.memberships.application_models import ApplicationRequest
from warp_hub.memberships.reading import read_address

TASK = "answer a request to apply"
LETTER = "application_link"
LETTER_LIVES = timedelta(days=1)


class TooManyRequests(Exception):
    """Somebody asked too often; `wait` says how long to wait."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(wait)
        self.wait = wait


class Turn(Protocol):
    """One letter that is asked for, as whoever counts letters sees it."""

    def waits(self) -> Mapping[Any, timedelta]:
        """Return how long the address and the source still have to wait, for those that have to."""

    def failed(self) -> None:
        """Count this one."""


def limit_with(turn_of: Callable[[str, str], Turn]) -> None:
    """Say who counts the letters that are asked for, by address and by source."""
    _Limit.turn_of = staticmethod(turn_of)


def ask(warp_id: UUID, typed_address: str, source: str) -> None:
    """Ask for a link to apply with. May raise TooManyRequests; too many to one address are let fall unsaid."""
    address = read_address(typed_address)
    turn = _Limit.turn_of(address.lower(), source)
    waits = turn.waits()
    if "source" in waits:
        raise TooManyRequests(waits["source"])
    if "account" in waits:
        return
    turn.failed()  # every letter asked for counts
    request = ApplicationRequest(id=new_id(), warp_id=warp_id, address=address, made_at=clock.now())
    session.add(request)
    session.flush()
    background.defer(session, TASK, request_id=str(request.id))


def answer(request_id: UUID) -> bool:
    """Begin the application that was asked for, or find it, and post the letter; say whether there was a request."""
    held = select(ApplicationRequest).where(ApplicationRequest.id == request_id).with_for_update(skip_locked=True)
    request = session.scalars(held).one_or_none()
    if request is None:
        return False
    application = applications.begin(request.address, request.warp_id)
    session.delete(request)
    mail.post(LETTER, application.id, warp_id=None, expires_at=clock.now() + LETTER_LIVES)
    return True


class _NoLimit:
    """Where nobody counts, as in a command."""

    def waits(self) -> Mapping[Any, timedelta]:
        return {}

    def failed(self) -> None:
        return None


class _Limit:
    """Who counts the letters, set once when the application is made."""

    turn_of: Callable[[str, str], Turn] = staticmethod(lambda _address, _source: _NoLimit())
