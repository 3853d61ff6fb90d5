"""Asking for a link by letter: the page does the same for every address, the worker knows whom there is to write to."""

from datetime import timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import delete, select

from warp_hub import background, clock, mail
from warp_hub.db import new_id, session
from warp_hub.memberships import people
from warp_hub.memberships.models import State
from warp_hub.signin import recovery_addresses, throttle
from warp_hub.signin.entering import RESET_LINK_LIVES, normalised
from warp_hub.signin.models import LinkRequest

Kind = Literal["open_link", "reset_link", "recovery_link"]
TASK = "answer a request for a link"
KEPT_FOR = timedelta(days=1)


def ask(kind: Kind, typed_address: str, source: str) -> None:
    """Ask for a link to an address, known or not. May raise TooManyTries; too many to one address are let fall."""
    address = normalised(typed_address)
    turn = throttle.turn_of("letter", address, source)
    waits = turn.waits()
    if "source" in waits:
        raise throttle.TooManyTries(waits["source"])
    if "account" in waits:
        return
    turn.failed()  # every letter asked for counts
    request = LinkRequest(id=new_id(), kind=kind, address=address, made_at=clock.now())
    session.add(request)
    session.flush()
    background.defer(session, TASK, request_id=str(request.id))


def answer(request_id: UUID) -> bool:
    """Post the letter that was asked for, if there is anyone to write to; say whether there was."""
    held = select(LinkRequest).where(LinkRequest.id == request_id).with_for_update(skip_locked=True)
    request = session.scalars(held).one_or_none()
    if request is None:
        return False
    person = people.find_person_by_email(request.address)
    session.delete(request)
    if person is None or person.state is not State.ACTIVE:
        return False
    is_recovery = request.kind == recovery_addresses.WAY_IN
    if is_recovery and recovery_addresses.link_for_letter(request.kind, person.id) is None:
        return False
    mail.post(request.kind, person.id, expires_at=clock.now() + RESET_LINK_LIVES)
    return True


def sweep() -> int:
    """Remove requests that were never answered; return how many."""
    stale = delete(LinkRequest).where(LinkRequest.made_at < clock.now() - KEPT_FOR)
    return int(session.execute(stale).rowcount)  # type: ignore[attr-defined]
