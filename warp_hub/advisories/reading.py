"""What pages show of warnings, all of it by the rule."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, tuple_

from warp_hub import clock, text
from warp_hub.advisories import gathering, supporting
from warp_hub.advisories.models import Advisory, Note, Source, SourceWarp
from warp_hub.advisories.scopes import reader
from warp_hub.db import among, session
from warp_hub.memberships.models import Warp
from warp_hub.pages import values
from warp_hub.sharing import block_lists, looking, sameness
from warp_hub.sharing.models import Choice, Decision, Indicator, Item, ItemKind, ItemVersion, Subject
from warp_hub.sharing.visibility import find_visible, select_kept, select_visible
from warp_hub.tlp import Marking, Outlet, Viewer, strictest

MOST_BEHIND, MOST_VALUES = 1000, 2000
NEWEST = 500  # warnings whose sources are offered as a filter: to ask all of them takes longer the more there are
# Groups of values to look for, in the order a network officer wants them.
# What a program would turn into a link.
BY_NETWORK = frozenset({"ipv4", "ipv6", "domain", "url", "email"})
SUBJECTS = ("product", "vendor", "supplier", "cve", "technique", "sector")
EXPIRED = "expired"  # what its source says is not worth looking for any more
GROUPS = tuple(group for group in values.GROUPS if group not in ("other", EXPIRED))


@dataclass(frozen=True)
class Warning:
    """Everything one warning's page shows to one viewer."""

    item: Item
    advisory: Advisory
    notes: Sequence[tuple[Note, Item, str]]
    values: dict[str, list[str]]
    to_block: block_lists.ToBlock
    subjects: dict[str, list[str]]
    history: Sequence[ItemVersion]
    # The strictest label among the values and among the subjects, whatever objects they come from.
    values_label: Marking | None
    subjects_label: Marking | None
    # The same from other sources, and the one that leads where this one does not.
    behind: supporting.Behind
    others: Sequence[Item] = ()
    leader: Item | None = None
    # Whether more stands behind it than the page shows.
    is_cut: bool = False

    @property
    def label(self) -> Marking:
        """Return the strictest label of all that the page shows."""
        parts = (self.values_label, self.subjects_label, *self.behind.labels)
        return strictest([self.item.marking, *filter(None, parts)])

    def words(self, of: dict[str, str], language: str) -> str:
        """Return text in the reader's language, else in the one there is."""
        return of.get(language) or next(iter(of.values()), "")

    def is_fallback(self, of: dict[str, str], language: str) -> bool:
        """Say whether `words` had to fall back to another language."""
        return bool(of) and language not in of


@dataclass(frozen=True)
class Waiting:
    """One warning on a desk: its item, what its WARP chose, and which WARP that is."""

    item: Item
    decision: Decision
    warp: Warp


def find_warning(item_id: UUID, viewer: Viewer, outlet: Outlet) -> Warning | None:
    """Return one warning as this viewer may see it, or None."""
    item: Item | None = find_visible(Item, item_id, viewer, outlet)
    advisory: Advisory | None = find_visible(Advisory, item_id, viewer, outlet)
    if item is None or advisory is None:
        return None
    behind = gathering.behind(reader(viewer, outlet), item, MOST_BEHIND)
    ids = [item.id, *behind]
    found, values_label = _values(ids, viewer, outlet)
    subjects, subjects_label = _subjects(ids, viewer, outlet)
    return Warning(
        item=item,
        advisory=advisory,
        notes=_notes(item, viewer, outlet),
        values=found,
        to_block=block_lists.of_items(ids, viewer) if found and outlet is Outlet.PAGE else block_lists.ToBlock(),
        subjects=subjects,
        history=_history(item, viewer, outlet),
        values_label=values_label,
        subjects_label=subjects_label,
        behind=supporting.behind(behind, viewer, outlet),
        is_cut=len(behind) >= MOST_BEHIND or sum(map(len, found.values())) >= MOST_VALUES,
        others=sameness.others_of(item, viewer, outlet),
        leader=find_visible(Item, item.same_as_id, viewer, outlet) if item.same_as_id else None,
    )


def record_view(warning: Warning, viewer: Viewer) -> bool:
    """Record who reads what is for named people, a value on the page too; say whether there is something to commit."""
    return looking.note_look(warning.item, viewer, warning.label)


def select_warnings(viewer: Viewer) -> Select[Any]:
    """Return the select of the warnings this viewer may read."""
    return select_visible(Item, viewer, Outlet.PAGE).where(Item.kind == ItemKind.ADVISORY)


def select_queue(viewer: Viewer, *, kept: bool = False) -> Select[Any]:
    """Return the select of what waits (or was kept for later) on this viewer's desks: advisory, item, decision."""
    state = Decision.choice == Choice.KEEP if kept else Decision.choice.is_(None)
    on_desk = select_kept(Decision, viewer).where(state).subquery()
    return (
        select_visible(Advisory, viewer, Outlet.DESK)
        .join(on_desk, on_desk.c.item_id == Item.id)
        .where(Item.withdrawn_at.is_(None))
        .add_columns(Item, on_desk.c.keeper)
    )


def neighbours(warning: Warning, viewer: Viewer) -> tuple[UUID | None, UUID | None]:
    """Return the warnings that wait just before and just after this one in the list of those to decide."""
    here = (warning.advisory.received_at, warning.item.id)
    place, waiting = tuple_(Advisory.received_at, Item.id), select_queue(viewer).with_only_columns(Item.id)
    before = waiting.where(place > here).order_by(Advisory.received_at, Item.id).limit(1)
    after = waiting.where(place < here).order_by(Advisory.received_at.desc(), Item.id.desc()).limit(1)
    return session.scalar(before), session.scalar(after)


def decisions_of(item: Item, viewer: Viewer) -> list[Waiting]:
    """Return what each WARP that this viewer runs has decided over an item, or has yet to."""
    rows = select_kept(Decision, viewer).where(Decision.item_id == item.id).add_columns(Warp)
    found = session.execute(rows.join(Warp, Warp.id == Decision.keeper).order_by(Warp.name)).all()
    return [Waiting(item, decision, warp) for decision, warp in found]


def source_names(viewer: Viewer) -> Sequence[tuple[UUID, str]]:
    """Return the sources of the newest warnings that this viewer may read, by name."""
    newest = select_warnings(viewer).order_by(Item.published_at.desc(), Item.id.desc()).limit(NEWEST)
    named = newest.with_only_columns(Item.originator, Item.originator_name)
    found = {row.originator: row.originator_name for row in session.execute(named)}
    return sorted(found.items(), key=lambda source: source[1])


def sources_on(desks: Collection[UUID]) -> Sequence[Source]:
    """Return the sources that serve these WARPs, by name."""
    served = select(SourceWarp.source_id).where(SourceWarp.warp_id.in_(desks))
    return session.scalars(select(Source).where(Source.id.in_(served)).order_by(Source.name)).all()


def _notes(item: Item, viewer: Viewer, outlet: Outlet) -> Sequence[tuple[Note, Item, str]]:
    """Return the notes about a warning, each with its own item, whose label it bears, and with its WARP's name."""
    about = select_visible(Note, viewer, outlet).where(Item.about_id == item.id).add_columns(Item, Warp.name)
    rows = session.execute(about.join(Warp, Warp.id == Note.warp_id).order_by(Note.written_at)).all()
    return [(note, its_item, name) for note, its_item, name in rows]


def _values(ids: Collection[UUID], viewer: Viewer, outlet: Outlet) -> tuple[dict[str, list[str]], Marking | None]:
    rows, now = _labelled(Indicator, ids, viewer, outlet), clock.now()
    valid = {row.value for row in rows if row.valid_until is None or row.valid_until > now}
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for row in rows:
        group = "file-hash" if row.kind.startswith("file-hash") else row.kind if row.kind in GROUPS else "other"
        shown_as = text.defang(row.value) if group in BY_NETWORK else row.value
        found[group if row.value in valid else EXPIRED][shown_as] = None
    shown = {group: list(found[group]) for group in (*GROUPS, "other", EXPIRED) if group in found}
    return shown, supporting.strictest_of(rows)


def _subjects(ids: Collection[UUID], viewer: Viewer, outlet: Outlet) -> tuple[dict[str, list[str]], Marking | None]:
    rows = _labelled(Subject, ids, viewer, outlet)
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for row in rows:
        found[row.kind][f"{row.value} {row.title}" if row.kind == "technique" else row.value] = None
    return {kind: list(found[kind]) for kind in SUBJECTS if kind in found}, supporting.strictest_of(rows)


def _labelled(part: type[Indicator | Subject], ids: Collection[UUID], viewer: Viewer, outlet: Outlet) -> Sequence[Any]:
    """Return the parts of these items in order, each with the label of its item."""
    asked = reader(viewer, outlet)(part).where(among(part.item_id, ids))
    until = (Indicator.valid_until,) if part is Indicator else ()
    columns = asked.with_only_columns(part.kind, part.value, Item.title, Item.marking, Item.embargo_until, *until)
    return session.execute(columns.order_by(part.kind, part.value).limit(MOST_VALUES)).all()


def _history(item: Item, viewer: Viewer, outlet: Outlet) -> Sequence[ItemVersion]:
    versions = select_visible(ItemVersion, viewer, outlet).where(ItemVersion.item_id == item.id)
    versions = versions.where(ItemVersion.stix_id.startswith("report--") | ItemVersion.stix_id.startswith("grouping--"))
    return session.scalars(versions.order_by(ItemVersion.modified.desc()).limit(20)).all()
