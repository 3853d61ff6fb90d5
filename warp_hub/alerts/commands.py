"""Removing old answers by hand, for the operator; the timetable does the same each night."""

from collections.abc import Iterator

from warp_hub import audit
from warp_hub.alerts import answer_figures
from warp_hub.db import session


def list_due() -> Iterator[str]:
    """Yield which answers are due to be removed: the warning and the WARP that asked; nothing is changed."""
    due = answer_figures.to_forget()
    for item_id, warp_id in due:
        yield f"warning {item_id} asked by WARP {warp_id}"
    yield f"{len(due)} questions whose answers are due to be removed; nothing was removed"


def forget() -> str:
    """Remove the answers to questions that were closed 30 days ago, and say how many."""
    removed = answer_figures.forget_old()
    audit.record("answers.forgotten", detail={"removed": removed})
    session.commit()
    return f"removed {removed} answers"
