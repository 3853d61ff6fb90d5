"""Who wrote what a mail passes on: what came from a member is their report, however much it reads like an advisory."""

import re
from email.utils import parseaddr
from typing import Any

from sqlalchemy import Select, func, or_, select

from warp_hub.db import session
from warp_hub.memberships.authority import runs_now
from warp_hub.memberships.models import Coordinator, Person, State

_MOST, _LONGEST = 50, 300
_FROM = re.compile(r"^[ \t>|*_]{0,20}(?:from|oddi wrth)[ \t]?:[ \t*_]*(\S[^\n]*)", re.IGNORECASE | re.MULTILINE)
_WROTE = re.compile(
    r"^[ \t>|]{0,20}([^\n]{0,250}[^\s<>@]{1,64}@[^\n]{0,250})(?:wrote|ysgrifennodd):[ \t]*$", re.MULTILINE
)
_ADDRESS = re.compile(r"[^\s<>@\"'(),:;\[\]]{1,64}@[a-z0-9.-]{1,253}[a-z0-9]", re.IGNORECASE)


def is_of_a_member(said: str) -> bool:
    """Say whether a mail's text passes on words of somebody of a member, who runs no WARP.

    Whoever writes from where only such people are known here is one of them.
    """
    written = [line[:_LONGEST] for sign in (_FROM, _WROTE) for line in sign.findall(said)[:_MOST]]
    addresses = {found.lower() for line in written for found in _ADDRESS.findall(line)}
    names = {name for line in written if (name := _name(line))}
    if not (addresses or names):
        return False
    known = (func.lower(Person.email).in_(addresses), func.lower(Person.name).in_(names))
    theirs = _domain(Person.email).in_({address.rpartition("@")[2] for address in addresses})
    of_those_who_run = _who_run(_domain(Person.email))
    wanted = select(Person.id).where(or_(*known, theirs & _domain(Person.email).not_in(of_those_who_run)))
    return session.scalar(wanted.where(Person.id.not_in(_who_run(Person.id))).limit(1)) is not None


def _name(line: str) -> str:
    """Return the name before an address, or all of the line where a program left the address out."""
    name = parseaddr(line)[0] if "<" in line or "[" in line else line
    return " ".join(_ADDRESS.sub(" ", name).strip(" \t\r*_\"'<>[]").lower().split())


def _domain(of: Any) -> Any:
    return func.lower(func.split_part(of, "@", 2))


def _who_run(what: Any) -> Select[Any]:
    running = select(what).join(Coordinator, Coordinator.person_id == Person.id)
    return running.where(runs_now(), Person.state == State.ACTIVE)
