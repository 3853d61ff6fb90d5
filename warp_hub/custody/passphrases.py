"""What a passphrase must be: longer than a password, and another secret than the one somebody signs in with."""

from collections.abc import Callable
from uuid import UUID

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

SHORTEST, LONGEST = 20, 1000

TOO_SHORT = _l("Use 20 or more characters. Five random words are easy to remember.")
TOO_LONG = _l("Use no more than 1,000 characters.")

Judge = Callable[[UUID, str], LazyString | str | None]
_judges: list[Judge] = []


def judge_with(judge: Judge) -> None:
    """Let this say what else is wrong with a passphrase of a person; signing in knows what custody does not."""
    _judges[:] = [judge]


def fault(person_id: UUID, typed: str) -> LazyString | str | None:
    """Return why a new passphrase cannot be used, or None."""
    if len(typed) < SHORTEST:
        return TOO_SHORT
    if len(typed) > LONGEST:
        return TOO_LONG
    (judge,) = _judges  # without one nobody could tell it from the password, so none is taken
    return judge(person_id, typed)
