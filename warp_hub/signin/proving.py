"""For views that change how one signs in: proved by hand, a moment ago, and with a second step where there is one."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID

from warp_hub import access
from warp_hub.memberships.viewers import Proof
from warp_hub.signin import factors, visitors
from warp_hub.signin.sessions import GIVEN_BY_HAND

View = TypeVar("View", bound=Callable[..., Any])


def proved_by_hand(view: View) -> View:
    """Refuse a session that a mail link opened: it only reads."""

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        if access.visitor().proof not in GIVEN_BY_HAND:
            return access.elsewhere("signin.sign_in")
        return view(*args, **kwargs)

    return cast(View, wrapper)


def freshly_proved(view: View) -> View:
    """Ask for the password, a code or a passkey again unless one was given within the last ten minutes.

    Whoever has a second step must have used it in this session, and whoever signs in by an account at a provider has
    come by it: a password alone, which a letter can renew, changes nothing.
    """

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        person = access.visitor().person
        if person is not None and visitors.proved_by_now() is not Proof.FULL and _has_more_to_show(person):
            return access.elsewhere("signin.second_step")
        return view(*args, **kwargs)

    return proved_by_hand(access.freshly_proved(cast(View, wrapper)))


def _has_more_to_show(person: UUID) -> bool:
    return factors.has_second_step(person) or visitors.must_come_by_account()
