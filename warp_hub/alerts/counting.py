"""Which numbers of answers may be told: pure, so that it can be attacked by the thousand.

A reading of the figures shows a number only when it and the rest of those who answered both reach k, and hides so
much more that what was hidden cannot be worked out. A later reading takes the place of an earlier one only when
what lies between the two obeys the same rule, so that subtracting them tells no more than either.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from warp_hub.alerts.answer_models import AnswerChoice

# What is hidden first, where one more number has to be: what a coordinator can do least with.
LEAST_NEEDED = (AnswerChoice.NO, AnswerChoice.FIXED, AnswerChoice.CHECKING, AnswerChoice.YES)


@dataclass(frozen=True)
class Given:
    """One answer without a name: what it is now, and what the last reading told of it."""

    choice: AnswerChoice
    counted: AnswerChoice | None = None


@dataclass(frozen=True)
class Reading:
    """How many answered without their name, and how many what, as far as it may be told; None for what may not."""

    answered: int
    by_choice: Mapping[AnswerChoice, int | None]


def read(given: Sequence[Given], k: int) -> Reading | None:
    """Return the next reading of these answers, or None while the last one, if there is any, has to stand."""
    moved = [one for one in given if one.choice is not one.counted]
    resting = len(given) - len(moved)
    leaving = sum(one.counted is not None for one in moved)
    if len(moved) < k or 0 < resting < k or 0 < leaving < k:
        return None
    table = Counter(one.choice for one in given)
    between = Counter(one.choice for one in moved)
    cells = showable(table, k)
    if resting and not cells <= showable(between, k, only=cells):
        return None
    return Reading(len(given), {choice: table[choice] if choice in cells else None for choice in AnswerChoice})


def showable(
    table: Mapping[AnswerChoice, int], k: int, only: Collection[AnswerChoice] = frozenset(AnswerChoice)
) -> frozenset[AnswerChoice]:
    """Return which numbers of a table may be shown beside its sum: none of the others can be worked out."""
    whole = sum(table.values())
    shown = [choice for choice in LEAST_NEEDED if choice in only and _is_large(table.get(choice, 0), whole, k)]
    while shown and whole - sum(table.get(choice, 0) for choice in shown) < k:
        shown = shown[1:]
    return frozenset(shown)


def _is_large(number: int, whole: int, k: int) -> bool:
    return number >= k and whole - number >= k
