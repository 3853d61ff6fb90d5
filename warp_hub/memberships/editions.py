"""Two who change the same thing: whoever comes second is told, and nothing they typed is lost.

A form carries a word for what its page showed. Whoever saves holds the row and compares: is it no longer that, somebody
else was there. So a change that brings nothing new disturbs nobody.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any


class ChangedMeanwhile(Exception):
    """What is to be changed is no longer what the page showed."""


def edition(values: Iterable[Any]) -> str:
    """Return a word for these values as they stand."""
    told = json.dumps([str(value) for value in values], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def require_unchanged(seen: str, values: Iterable[Any]) -> None:
    """Raise ChangedMeanwhile unless this is what was seen; the caller holds the rows."""
    if seen != edition(values):
        raise ChangedMeanwhile
