"""Whose tool is asking: from e-mail and personal token in the header to the visitor at the door.

A good token is never kept waiting, whatever others try: nobody guesses one, and a firewall behind the same address
as a forgotten script must get its list.
"""

import logging

from flask import request

from warp_hub.access import STRANGER, NotNow, Visitor
from warp_hub.db import session
from warp_hub.memberships import tokens
from warp_hub.memberships.tokens import TokenFound
from warp_hub.memberships.viewers import Proof
from warp_hub.signin import throttle

log = logging.getLogger(__name__)
LONGEST_ADDRESS = 254


def load_tool() -> Visitor:
    """Return whose tool is asking, a stranger without a good token; raise NotNow after too many bad ones."""
    given = request.authorization
    if given is None or given.type != "basic":
        return STRANGER
    email, secret = given.username or "", given.password or ""
    found = tokens.find(email, secret)
    if found is None:
        _count_failure(email, request.remote_addr or "")
        return STRANGER
    if tokens.note_use(found.token_id):
        session.commit()
    return _visitor(found)


def _visitor(found: TokenFound) -> Visitor:
    return Visitor(
        viewer=found.viewer,
        person=found.person_id,
        name=found.name,
        email=found.email,
        language=found.language,
        proof=Proof.FULL.value,
        token_id=found.token_id,
    )


def _count_failure(email: str, source: str) -> None:
    log.warning("a token was refused from %s", throttle.network_of(source))
    try:
        throttle.take_turn("token", email.casefold()[:LONGEST_ADDRESS], source).failed()
    except throttle.TooManyTries as error:
        session.rollback()  # whoever has to wait leaves no row behind
        raise NotNow(error.wait) from None
    session.commit()
