"""What a digest says of things it told before that are withdrawn or bear another label now, to those it told."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import LazyString

from warp_hub import text
from warp_hub.alerts.printing import LONGEST_SUMMARY, LONGEST_TITLE
from warp_hub.alerts.recall_wording import of_recall
from warp_hub.db import session
from warp_hub.digests.told import told_before
from warp_hub.sharing import recalling
from warp_hub.sharing.models import Item
from warp_hub.tlp import Marking, Outlet, Viewer

MOST = 20


@dataclass(frozen=True)
class Recalled:
    """One line: under which label, what became of it, and its title and why where those may still be told."""

    marking: Marking
    became: LazyString
    title: str
    why: str


def recalled(viewer: Viewer, warp_id: UUID, since: datetime, until: datetime | None = None) -> list[Recalled]:
    """Return what one WARP's digests printed for this viewer and was recalled between two stamps."""
    if viewer.person is None:
        return []
    asked = recalling.select_recalls(viewer, Outlet.MAIL).where(Item.passed_by.contains([warp_id]))
    asked = asked.where(Item.added_at > since).order_by(Item.added_at.desc()).limit(MOST)
    rows = session.execute(asked if until is None else asked.where(Item.added_at <= until)).all()
    told = told_before(warp_id, [viewer.person], [item.about_id for _, item in rows]).get(viewer.person)
    printed = told.printed if told else {}
    return [
        Recalled(
            marking=item.marking,
            became=of_recall(found.what, found.of_kind, by_source=found.by_source).became,
            title=text.harmless(text.one_line(item.title, LONGEST_TITLE)),
            why=text.harmless(text.one_line(item.summary, LONGEST_SUMMARY)),
        )
        for found, item in rows
        if item.about_id in printed
    ]
