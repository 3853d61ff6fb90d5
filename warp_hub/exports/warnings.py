"""The list of warnings as a table, filtered as the page is, by what may leave in a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _

from warp_hub import clock
from warp_hub.db import session
from warp_hub.pages.dates import date_time
from warp_hub.pages.labels import SEVERITIES, limits_of
from warp_hub.sharing.models import Item, ItemKind, Severity
from warp_hub.sharing.sameness import shown_once
from warp_hub.sharing.visibility import select_visible
from warp_hub.tlp import Marking, Outlet, Viewer, strictest

MOST = 5_000


@dataclass(frozen=True)
class Warnings:
    """The newest warnings, whether there are more, and the strictest label among them."""

    items: Sequence[Item]
    label: Marking | None
    is_cut: bool


def newest(viewer: Viewer, severity: Severity | None, source: UUID | None, most: int = MOST) -> Warnings:
    """Return the warnings that this viewer may take away, newest first."""
    asked = select_visible(Item, viewer, Outlet.FILE).where(Item.kind == ItemKind.ADVISORY)
    if severity is not None:
        asked = asked.where(Item.severity == severity)
    once = shown_once(viewer, Outlet.FILE, severity=severity)
    asked = asked.where(once if source is None else Item.originator == source)
    found = session.scalars(asked.order_by(Item.published_at.desc(), Item.id.desc()).limit(most + 1)).all()
    items = found[:most]
    return Warnings(items, strictest(item.marking for item in items) if items else None, len(found) > most)


def headings() -> list[str]:
    """Return what stands above the columns; the label comes first."""
    about = [_("Label"), _("What else its source asks"), _("Warning"), _("In short"), _("How soon to act")]
    return [*about, _("Source"), _("Published"), _("Updated"), _("Page"), _("Taken by"), _("Taken on")]


def rows(found: Warnings, base: str, owner: str) -> list[list[str]]:
    """Return a row for each warning, and a last one that says so where there are more."""
    taken = [owner, date_time(clock.now())]
    written = [[*_row(item, base), *taken] for item in found.items]
    if found.is_cut:
        more = _("Only the newest %(count)s warnings are in this file.", count=f"{len(found.items):,}")
        written.append(["", "", str(more), "", "", "", "", "", "", *taken])
    return written


def _row(item: Item, base: str) -> list[str]:
    return [
        item.marking.value,
        "; ".join(limits_of(item, is_assumed=item.label_assumed)),
        item.title,
        item.summary,
        str(SEVERITIES[item.severity]) if item.severity else "",
        item.originator_name,
        date_time(item.published_at) if item.published_at else "",
        date_time(item.revised_at) if item.revised_at else "",
        f"{base}/advisories/{item.id}",
    ]
