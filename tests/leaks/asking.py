"""What a route says to a kind of visitor, in one word, and what the door alone makes it say."""

from werkzeug.routing import Rule

from tests.leaks.visiting import World, leaving_nothing
from warp_hub.proof.walking import Answer

IN, NOTHING, SIGN_IN, SECOND_STEP, AGAIN = "comes in", "nothing there", "to sign in", "to second step", "to prove again"
STRANGERS, NOT_FULLY, COORDINATORS, LONG_AGO, TOOL = "NUZF", "R1K", "CWcYET", "c", "F"
_WHERE = {"/sign-in/again": AGAIN, "/sign-in/code": SECOND_STEP, "/sign-in": SIGN_IN}
_STATUS = {401: SIGN_IN, 404: NOTHING}


def said(answer: Answer) -> str:
    """Return in one word what somebody was answered; a fault of the hub is a word of its own."""
    location = dict(answer.headers).get("Location", "").partition("?")[0]
    if answer.status >= 500:
        return f"fault {answer.status}"
    return _WHERE.get(location) or _STATUS.get(answer.status, IN)


def at_the_door(audience: str, method: str, kind: str) -> str | None:
    """Return what the door says, going by a view's own word; None where it lets somebody by."""
    if audience in ("public", "demo"):
        return None
    if (kind == TOOL) if audience == "token" else (kind not in STRANGERS):
        return _by_proof(audience, method, kind)
    return SIGN_IN


def _by_proof(audience: str, method: str, kind: str) -> str | None:
    if audience in ("full", "fresh", "coordinator") and kind in NOT_FULLY:
        return SECOND_STEP if method == "GET" else NOTHING
    if audience == "fresh" and kind in LONG_AGO:
        return AGAIN
    return NOTHING if audience == "coordinator" and kind not in COORDINATORS else None


def ask(world: World, rule: Rule, method: str, kind: str, of: str, token: str) -> Answer:
    """Ask a route for what lies in a WARP; what is sent is empty but for a good token, and leaves nothing behind."""
    url = world.address(rule, of)
    if method == "GET":
        return world.walker.ask(kind, url)
    with leaving_nothing():
        return world.walker.ask(kind, url, method, data={"csrf_token": token})
