"""From which side shared rows are read: by the worker for the house, from a coordinator's desk, or by a reader.

What gathers, tightens and publishes is written once over a scope; each scope carries the rule's mark.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from warp_hub.sharing.models import Item, ItemVersion
from warp_hub.sharing.visibility import house_read, select_visible
from warp_hub.tlp import Outlet, Viewer

# Given a class, the select of its rows joined to their items (versions excepted: they carry their handling).
Scope = Callable[[type[Any]], Select[Any]]

# What says of other objects that they belong together; an observation gathers what was seen.
GATHERS = ("report", "note", "grouping", "observed-data")
LINKS = ("relationship", "sighting")


def house(what: type[Any]) -> Select[Any]:
    """Return the select of the worker, who reads for nobody."""
    statement = _with_item(select(what), what)
    if what is not Item and not hasattr(what, "item_id"):
        statement = statement.join(Item, what.id == Item.id)
    return house_read(statement, "intake")


def desk(viewer: Viewer) -> Scope:
    """Return the scope of whoever works on items."""
    return reader(viewer, Outlet.DESK)


def reader(viewer: Viewer, outlet: Outlet) -> Scope:
    """Return the scope of whoever receives items through an outlet."""
    return lambda what: _with_item(select_visible(what, viewer, outlet), what)


def _with_item(statement: Select[Any], what: type[Any]) -> Select[Any]:
    """Join a part to its item, whose columns callers ask for; a version carries its own."""
    is_part = hasattr(what, "item_id") and what is not ItemVersion
    return statement.join(Item, what.item_id == Item.id) if is_part else statement


def of_types(types: tuple[str, ...]) -> ColumnElement[bool]:
    """Say which versions are objects of these types."""
    return or_(*(ItemVersion.stix_id.startswith(f"{name}--") for name in types))


def is_of(stix_id: str, types: tuple[str, ...]) -> bool:
    """Say whether an id is that of an object of these types."""
    return stix_id.split("--", 1)[0] in types
