"""By which keys an item meets what people run and follow: written when an item is written, read when a list is.

A warning is met by its own keys and by those of what stands behind it. Each key keeps the item that says it, so
that whoever may not have that item is not met by it. What people typed is in none of this: every short name that
a title or a product has is a key, whether anybody looks for it or not.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, or_, select
from sqlalchemy.dialects.postgresql import insert

from warp_hub.alerts import products, topics
from warp_hub.alerts.interest_models import MatchKey
from warp_hub.db import among, session
from warp_hub.sharing import store
from warp_hub.sharing.models import Item, ItemKind, ItemVersion, Reference, Subject
from warp_hub.sharing.visibility import house_read, select_visible
from warp_hub.tlp import Outlet, Viewer

MOST_KEYS, LONGEST_KEY = 400, 120
ALONE = (ItemKind.ADVISORY, ItemKind.SHARED_INCIDENT)
_SAYS_NOTHING = ("indicator--", "relationship--", "sighting--", "observed-data--", "marking-definition--")
_BETWEEN = ("relationship--", "grouping--", "note--")
_LEADS_NOWHERE = tuple(name for name in _SAYS_NOTHING if name not in _BETWEEN)
# Words that every second warning has: alone they name nothing.
ORDINARY = frozenset(Path(__file__).with_name("ordinary.txt").read_text("utf-8").split())


@dataclass
class Said:
    """What one item says of itself; a whole one is met by its title as well, one behind a warning by its fields."""

    is_whole: bool
    title: str
    summary: str
    originator: UUID
    subjects: dict[str, list[str]] = field(default_factory=dict)


def renew(item_ids: Collection[UUID], viewer: Viewer | None = None) -> None:
    """Write by which keys these items are met, anew; whoever writes or changes items calls this, then commits.

    Without a viewer the worker reads for the house; a coordinator's own reading is by the desk.
    """
    if not item_ids:
        return
    session.flush()
    said = _read(item_ids, viewer)
    rows = [
        {"item_id": item_id, "warning_id": item_id, "key": key} for item_id, one in said.items() for key in keys_of(one)
    ]
    old = delete(MatchKey).where(or_(among(MatchKey.item_id, item_ids), among(MatchKey.warning_id, item_ids)))
    session.execute(old.execution_options(synchronize_session=False))
    _write(rows, viewer)
    speaking = {row["item_id"] for row in rows}
    behind = [item_id for item_id, one in said.items() if not one.is_whole and item_id in speaking]
    _write([*_links(said, behind, viewer)], viewer)


def says_something(stix_id: str) -> bool:
    """Say whether an object can have a key, by its type: of a feed's many indicators none has."""
    return not stix_id.startswith(_SAYS_NOTHING)


def keys_of(said: Said) -> list[str]:
    """Return by which keys an item is met."""
    found = dict.fromkeys(_of_subjects(said.subjects))
    if said.is_whole:
        words = dict.fromkeys(_of_words(said.title, said.summary, names=any(map(_is_product, found))))
        found = {f"source:{said.originator}": None} | words | found
    # Of very many, what names a thing for sure goes before words and numbers.
    told = sorted(found, key=lambda key: (key.startswith("name:"), key.startswith("cve:")))
    return [key[:LONGEST_KEY] for key in told][:MOST_KEYS]


def key_of_name(typed: str) -> str:
    """Return the key of a name that somebody typed: its first two telling words; empty where none tells anything."""
    telling = _telling(typed)
    return _name(telling[:2]) if telling and not all(map(str.isdigit, telling)) else ""


def _write(rows: list[dict[str, Any]], viewer: Viewer | None) -> None:
    if viewer is None:
        store.load(MatchKey, rows)
    elif rows:  # a coordinator's few go in without a temporary table, which web may not make
        session.execute(insert(MatchKey).on_conflict_do_nothing(), rows)


def _read(item_ids: Collection[UUID], viewer: Viewer | None) -> dict[UUID, Said]:
    columns: tuple[Any, ...] = (Item.id, Item.kind, Item.title, Item.summary, Item.originator)
    items = _scoped(Item, viewer).where(among(Item.id, item_ids)).with_only_columns(*columns)
    said = {row.id: Said(row.kind in ALONE, row.title, row.summary, row.originator) for row in session.execute(items)}
    about = _scoped(Subject, viewer).where(among(Subject.item_id, item_ids))
    for row in session.execute(about.with_only_columns(Subject.item_id, Subject.kind, Subject.value)):
        if row.item_id in said:
            said[row.item_id].subjects.setdefault(row.kind, []).append(row.value)
    return said


def _of_subjects(subjects: dict[str, list[str]]) -> Iterator[str]:
    makers = [*subjects.get("vendor", ()), *subjects.get("supplier", ())]
    for named in subjects.get("product", ()):
        known = products.find_products(named) or [
            one for maker in makers[:5] for one in products.find_products(f"{maker} {named}")
        ]
        yield from (f"product:{one.id}" for one in known)
        yield from _short_names(named)
    for maker in makers:
        yield from _short_names(maker)
    for cpe in subjects.get("cpe", ()):
        yield from (f"product:{one.id}" for one in products.of_cpe(cpe))
        yield from _short_names(" ".join(products.cpe_parts(cpe)).replace("_", " "))
    yield from (f"cve:{cve.upper()}" for cve in subjects.get("cve", ()))
    for sector in subjects.get("sector", ()):
        yield from (f"sector:{key}" for key in topics.sectors_in(sector))


def _of_words(title: str, summary: str, *, names: bool) -> Iterator[str]:
    """Yield what a title names; where neither it nor a field names a product, the summary is asked."""
    named = products.find_products(title)
    if not named and not names:
        named = products.find_products(summary)
    yield from (f"product:{one.id}" for one in named)
    yield from _short_names(title)
    yield from (f"topic:{key}" for key in topics.topics_in(f"{title}\n{summary}"))


def _short_names(text: str) -> Iterator[str]:
    """Yield each telling word of a name or title, and each two that follow one another."""
    telling = _telling(text)
    for place, word in enumerate(telling):
        if not word.isdigit():
            yield _name([word])
            yield _name(telling[place : place + 2])


def _telling(text: str) -> list[str]:
    return [word for word in products.words_of(text) if word not in ORDINARY and len(word) > 1]


def _name(words: Iterable[str]) -> str:
    return f"name:{' '.join(words)}"


def _is_product(key: str) -> bool:
    return key.startswith("product:")


def _links(said: Mapping[UUID, Said], behind: Collection[UUID], viewer: Viewer | None) -> Iterator[dict[str, Any]]:
    """Yield the keys of what these warnings name, and of these objects for the warnings that name them."""
    wholes = [item_id for item_id, one in said.items() if one.is_whole]
    pairs = _named_by(wholes, viewer) | _naming(behind, viewer)
    own = _scoped(MatchKey, viewer).where(
        among(MatchKey.item_id, {item_id for item_id, _ in pairs}), MatchKey.item_id == MatchKey.warning_id
    )
    keys: dict[UUID, list[str]] = defaultdict(list)
    for row in session.execute(own.with_only_columns(MatchKey.item_id, MatchKey.key)) if pairs else ():
        keys[row.item_id].append(row.key)
    for item_id, warning_id in pairs:
        yield from ({"item_id": item_id, "warning_id": warning_id, "key": key} for key in keys[item_id])


# Step by step, each a look-up by an index: joined, they make the planner read all there is while its statistics are
# young, as they are in the middle of a pull.


def _named_by(wholes: Collection[UUID], viewer: Viewer | None) -> set[tuple[UUID, UUID]]:
    """Return what these warnings name, by themselves or by way of a link, a grouping or a note: (object, warning)."""
    named = _named(wholes, viewer)
    between = dict(_items_called(_beginning(named, _BETWEEN), viewer))
    for item_id, targets in _by_item(_named(between, viewer)).items():
        for warning in named[between[item_id]]:
            for target in targets:
                named.setdefault(target, set()).add(warning)
    found = _items_called([name for name in named if says_something(name)], viewer)
    return _of_one_source({(item_id, warning) for item_id, name in found for warning in named[name]}, viewer)


def _naming(behind: Collection[UUID], viewer: Viewer | None) -> set[tuple[UUID, UUID]]:
    """Return the warnings that name these objects, by themselves or by way of a link: (object, warning)."""
    naming = _naming_any(_names_of(behind, viewer), viewer)
    linking = {item_id: name for item_id, name in _names_of(naming, viewer).items() if name.startswith(_BETWEEN)}
    for warning, links in _naming_any(linking, viewer).items():
        naming.setdefault(warning, set()).update(*(naming[link] for link in links if link in naming))
    pairs = {(item_id, warning) for warning, named in naming.items() for item_id in named}
    return _of_one_source(pairs, viewer)


def _named(item_ids: Collection[UUID], viewer: Viewer | None) -> dict[str, set[UUID]]:
    """Return what these items name and can have a key or lead to one, each with those that name it."""
    found: dict[str, set[UUID]] = {}
    is_nothing = or_(*(Reference.target.startswith(name) for name in _LEADS_NOWHERE))
    asked = _scoped(Reference, viewer).where(among(Reference.item_id, item_ids), ~is_nothing)
    for row in session.execute(asked.with_only_columns(Reference.item_id, Reference.target)) if item_ids else ():
        found.setdefault(row.target, set()).add(row.item_id)
    return found


def _naming_any(names: Mapping[UUID, str], viewer: Viewer | None) -> dict[UUID, set[UUID]]:
    """Return the items that name any of these, each with those that it names."""
    called = {name: item_id for item_id, name in names.items()}
    found: dict[UUID, set[UUID]] = {}
    asked = _scoped(Reference, viewer).where(among(Reference.target, called))
    for row in session.execute(asked.with_only_columns(Reference.item_id, Reference.target)) if called else ():
        found.setdefault(row.item_id, set()).add(called[row.target])
    return found


def _names_of(item_ids: Collection[UUID], viewer: Viewer | None) -> dict[UUID, str]:
    asked = _scoped(ItemVersion, viewer).where(among(ItemVersion.item_id, item_ids))
    rows = session.execute(asked.with_only_columns(ItemVersion.item_id, ItemVersion.stix_id)) if item_ids else ()
    return {row.item_id: row.stix_id for row in rows}


def _items_called(names: Collection[str], viewer: Viewer | None) -> set[tuple[UUID, str]]:
    asked = _scoped(ItemVersion, viewer).where(among(ItemVersion.stix_id, names))
    rows = session.execute(asked.with_only_columns(ItemVersion.item_id, ItemVersion.stix_id)) if names else ()
    return {(row.item_id, row.stix_id) for row in rows}


def _of_one_source(pairs: set[tuple[UUID, UUID]], viewer: Viewer | None) -> set[tuple[UUID, UUID]]:
    """Return those pairs of an object behind and a warning that one source sent."""
    asked = _scoped(Item, viewer).where(among(Item.id, {item_id for pair in pairs for item_id in pair}))
    rows = session.execute(asked.with_only_columns(Item.id, Item.kind, Item.originator)) if pairs else ()
    items = {row.id: row for row in rows}
    return {
        (one, warning)
        for one, warning in pairs
        if one in items
        and warning in items
        and items[one].kind is ItemKind.SUPPORT
        and items[warning].kind in ALONE
        and items[one].originator == items[warning].originator
    }


def _beginning(names: Iterable[str], with_: tuple[str, ...]) -> list[str]:
    return [name for name in names if name.startswith(with_)]


def _by_item(named: Mapping[str, Collection[UUID]]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    for name, item_ids in named.items():
        for item_id in item_ids:
            found.setdefault(item_id, []).append(name)
    return found


def _scoped(what: type[Any], viewer: Viewer | None) -> Select[Any]:
    if viewer is None:
        return house_read(select(what), "match keys")
    return select_visible(what, viewer, Outlet.DESK)
