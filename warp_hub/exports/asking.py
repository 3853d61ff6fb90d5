"""What the address of a list asks for: which values, and of how many days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from werkzeug.datastructures import MultiDict

from warp_hub import clock
from warp_hub.sharing.block_lists import ALSO_CALLED, KINDS, LISTS

LATELY = timedelta(days=90)
MOST_DAYS = 3_650
NAMES = {**LISTS, **ALSO_CALLED}


class NotAsked(Exception):
    """An address asks for something that there is not; the text is one sentence."""


@dataclass(frozen=True)
class Asked:
    """Which kinds of value a list is to hold, and since when they came or changed."""

    kinds: frozenset[str]
    since: datetime
    days: int
    with_comments: bool = False


def read(arguments: MultiDict[str, str]) -> Asked:
    """Return what an address asks for; raise NotAsked for what cannot be meant, rather than give another list."""
    days = _days(arguments.get("days", str(LATELY.days)))
    since = clock.now() - timedelta(days=days)
    return Asked(_kinds(arguments.getlist("kind")), since, days, arguments.get("comments", "") not in ("", "0"))


def _kinds(names: Sequence[str]) -> frozenset[str]:
    chosen = [name for each in names for name in each.lower().split(",") if name]
    if not chosen:
        return KINDS
    if not set(chosen) <= set(NAMES):
        raise NotAsked(f"kind is one or several of {', '.join(NAMES)}.")
    return frozenset[str]().union(*(NAMES[name] for name in chosen))


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:5]) <= MOST_DAYS and len(text) < 5):
        raise NotAsked(f"days is a number from 1 to {MOST_DAYS}.")
    return int(text)
