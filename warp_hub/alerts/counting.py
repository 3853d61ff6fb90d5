"""Which numbers of answers may be told: pure, so that it can be attacked by the thousand.

A reading of the figures shows a number only when it and the rest of those who answered both reach k, and hides so
much more that what was hidden cannot be worked out. What lies between two readings, whichever they are, obeys the
same rule, so that subtracting them tells no more than either. Therefore what was told of an answer stands until the
question is closed: then there is one last reading, in which changed answers are told as they ended.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from warp_hub.alerts.answer_models import AnswerChoice

# What is hidden first, where one more number has to be: what a coordinator can do least with.
LEAST_NEEDED = (AnswerChoice.NO, AnswerChoice.FIXED, AnswerChoice.CHECKING, AnswerChoice.YES)


@dataclass(frozen=True)
class Given:
    """One answer without a name: what it is now, what was told of it, and in which reading for the first time."""

    choice: AnswerChoice
    counted: AnswerChoice | None = None
    counted_in: int = 0


@dataclass(frozen=True)
class Reading:
    """How many answered without their name, and how many what, as far as it may be told; None for what may not."""

    answered: int
    by_choice: Mapping[AnswerChoice, int | None]


def read(given: Sequence[Given], k: int) -> Reading | None:
    """Return the next reading of these answers, or None while the one before, if there is any, has to stand."""
    return _read([replace(one, choice=one.counted or one.choice) for one in given], k)


def read_last(given: Sequence[Given], k: int) -> Reading | None:
    """Return the last reading, of what the answers ended as, or None where the one before has to stand for good."""
    return _read(given, k)


def _read(given: Sequence[Given], k: int) -> Reading | None:
    table = Counter(one.choice for one in given)
    cells = showable(table, k)
    earlier = {one.counted_in for one in given if one.counted is not None}
    if len(given) < k or not all(_may_follow(reading, given, cells, k) for reading in earlier):
        return None
    return Reading(len(given), {choice: table[choice] if choice in cells else None for choice in AnswerChoice})


def _may_follow(reading: int, given: Sequence[Given], cells: frozenset[AnswerChoice], k: int) -> bool:
    """Say whether what lies between an earlier reading and the next one may be told itself."""
    there = [one for one in given if one.counted is not None and one.counted_in <= reading]
    changed = [one for one in there if one.choice is not one.counted]
    came = [one for one in given if one.counted is None or one.counted_in > reading]
    moved, resting = [*changed, *came], len(there) - len(changed)
    if len(moved) < k or 0 < resting < k or 0 < len(changed) < k:
        return False
    return cells <= showable(Counter(one.choice for one in moved), k, only=cells)


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
