"""The list of members as its page shows it: organisations by name, with what their people show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from warp_hub.directory import by_name
from warp_hub.memberships import directory
from warp_hub.memberships.directory import Shown
from warp_hub.memberships.models import Organisation, Warp
from warp_hub.tlp import Viewer

LONGEST_SEARCH = 100


@dataclass(frozen=True)
class Listed:
    """One page of the list: `memberships` and `people` by organisation, `coordinators` of the WARPs shown."""

    warps: Sequence[Warp]
    chosen: Warp | None
    asked: str
    page: by_name.Page[tuple[Organisation]]
    memberships: Mapping[UUID, Sequence[tuple[str, bool]]]
    people: Mapping[UUID, Sequence[Shown]]
    coordinators: Sequence[tuple[Warp, Sequence[Shown]]]


def members(viewer: Viewer, asked: Mapping[str, str]) -> Listed:
    """Return the page of members that an address asks for, as this viewer may see them."""
    warps = directory.seen_by(viewer)
    chosen = next((warp for warp in warps if warp.slug == asked.get("warp")), None)
    words = " ".join(asked.get("q", "").split())[:LONGEST_SEARCH]
    found = directory.select_organisations(viewer, chosen.id if chosen else None)
    if words:
        found = found.where(directory.matching(words, viewer))
    page = by_name.turn(found, Organisation.name, Organisation.id, asked, key=lambda row: row[0].id)
    ids = [row[0].id for row in page.rows]
    shown = [] if words or page.before else [chosen] if chosen else warps
    run = directory.coordinators_of([warp.id for warp in shown], viewer) if shown else {}
    return Listed(
        warps,
        chosen,
        words,
        page,
        directory.memberships_of(ids, viewer),
        directory.people_at(ids, viewer),
        [(warp, run[warp.id]) for warp in shown if warp.id in run],
    )
