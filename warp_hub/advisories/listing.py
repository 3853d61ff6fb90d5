"""The list of warnings: which of them are asked for, the links that narrow it, and what stands under each title."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Select

from warp_hub import text
from warp_hub.advisories import reading, wording
from warp_hub.alerts import matching, wording_interests
from warp_hub.pages import paging
from warp_hub.pages.labels import SEVERITIES
from warp_hub.sharing import sameness
from warp_hub.sharing.models import Item, ItemKind, Severity
from warp_hub.sharing.visibility import search_visible
from warp_hub.tlp import Outlet, Viewer

LONGEST_WORDS = 100

Link = tuple[str, str, bool]


@dataclass(frozen=True)
class Asked:
    """What of the warnings somebody wants to see."""

    severity: Severity | None = None
    source: UUID | None = None
    words: str = ""
    mine: bool = False


def read_asked(arguments: Mapping[str, str]) -> Asked:
    """Return what an address asks for; nonsense asks for nothing."""
    severity = arguments.get("severity")
    try:
        source = UUID(arguments.get("source", ""))
    except ValueError:
        source = None
    words = text.one_line(arguments.get("product", ""), LONGEST_WORDS)
    return Asked(
        Severity(severity) if severity in set(Severity) else None, source, words, arguments.get("show") == "mine"
    )


def select_asked(asked: Asked, viewer: Viewer) -> Select[Any]:
    """Return the select of the warnings that are asked for: each once, whichever sources report it, or all of one."""
    if asked.words:
        found, outlet = search_visible(asked.words, viewer).where(Item.kind == ItemKind.ADVISORY), Outlet.SEARCH
    else:
        found, outlet = reading.select_warnings(viewer), Outlet.PAGE
    if asked.severity is not None:
        found = found.where(Item.severity == asked.severity)
    if asked.mine:
        found = found.where(matching.for_me(viewer, outlet))
    if asked.source is not None:
        found = found.where(Item.originator == asked.source)
    if asked.words or asked.source is not None:
        return found  # all of it: the one that leads need not say these words
    narrowed = matching.for_me(viewer, outlet, sameness.LEADER) if asked.mine else None
    return found.where(sameness.shown_once(viewer, outlet, severity=asked.severity, narrowed=narrowed))


def filters(asked: Asked, viewer: Viewer) -> list[tuple[str, list[Link]]]:
    """Return the rows of links above the list: (name, [(text, address, is chosen)])."""
    by_severity = [(_("All"), paging.same_page(severity=None), asked.severity is None)]
    by_severity += [
        (str(SEVERITIES[one]), paging.same_page(severity=one.value), one is asked.severity) for one in Severity
    ]
    names = reading.source_names(viewer)
    by_source = [(_("All"), paging.same_page(source=None), asked.source is None)]
    by_source += [(name, paging.same_page(source=str(of)), of == asked.source) for of, name in names]
    shown = [
        (_("For me"), paging.same_page(show="mine"), asked.mine),
        (_("All"), paging.same_page(show=None), not asked.mine),
        (_("Withdrawn and changed"), url_for("resharing.list_withdrawn"), False),
    ]
    rows = [(_("Show"), shown), (_("How soon"), by_severity)]
    return [*rows, (_("Source"), by_source)] if len(names) > 1 or asked.source else rows


def facts(rows: Sequence[Item], viewer: Viewer) -> dict[UUID, list[str]]:
    """Return the small print of each row: its source, and how many others report it too."""
    more = sameness.count_others([row.id for row in rows], viewer, Outlet.PAGE)
    why = wording_interests.why_of([row.id for row in rows], viewer)
    return {row.id: [*wording.facts_of(row), *_also(more.get(row.id, 0)), *why.get(row.id, ())[:1]] for row in rows}


def _also(sources: int) -> Iterable[str]:
    if sources:
        yield ngettext("Also reported by one more source", "Also reported by %(num)d more sources", sources)
