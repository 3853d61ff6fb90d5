"""For views that change how one signs in: proved by hand, and a moment ago."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from warp_hub import access
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
    """Ask for the password or a code again unless one was given within the last ten minutes."""
    return proved_by_hand(access.freshly_proved(view))
