"""The guard's bypass probes, kept: each of these leaked past an ORM hook in some peer or in our trials."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import exists, func, select, text
from sqlalchemy.orm import aliased

from tests import factories
from warp_hub import db
from warp_hub.db import Model
from warp_hub.memberships.models import Warp
from warp_hub.sharing import guard
from warp_hub.sharing.guard import UnscopedRead
from warp_hub.sharing.models import Decision, Indicator, Item, ItemVersion
from warp_hub.sharing.visibility import count_visible, group_visible, house_read, select_visible
from warp_hub.tlp import NOBODY, Marking, Outlet

pytestmark = pytest.mark.usefixtures("database")
ITEM = Item.__table__

PROBES: dict[str, Callable[[], Any]] = {
    "the class": lambda: select(Item),
    "one column": lambda: select(Item.title),
    "an aggregate": lambda: select(func.count(Item.id)),
    "count over select_from": lambda: select(func.count()).select_from(Item),
    "an alias": lambda: select(aliased(Item)),
    "a join through another class": lambda: select(Warp).join(Item, Item.originator == Warp.id),
    "a subquery": lambda: select(select(Item.id).subquery()),
    "a common table expression": lambda: select(select(Item.id).cte()),
    "exists": lambda: select(Warp).where(exists().where(Item.originator == Warp.id)),
    "a scalar subselect": lambda: select(select(Item.title).limit(1).scalar_subquery()),
    "a union": lambda: select(Item.id).union(select(ItemVersion.item_id)),
    "the core table": lambda: ITEM.select(),
    "text": lambda: text("SELECT title FROM item"),
    "text in capitals and quotes": lambda: text('SELECT title FROM "ITEM" WHERE false').columns(),
    "parenthesised join": lambda: text("SELECT 1 FROM (warp JOIN (item JOIN item_version ON true) ON true)"),
    "a child": lambda: select(Indicator.value),
    "a version": lambda: select(ItemVersion.content),
    "a desk row": lambda: select(Decision),
    "the words": lambda: text("SELECT 1 FROM item_words"),
}


@pytest.mark.parametrize("probe", PROBES)
@pytest.mark.parametrize("role", ["web", "work"])
def test_a_read_without_the_rule_is_refused(probe: str, role: db.Role) -> None:
    with db.acting(role), pytest.raises(UnscopedRead):
        db.session.execute(PROBES[probe]())


def test_a_select_around_a_scoped_one_loses_the_mark_and_is_refused() -> None:
    scoped = select_visible(Item, NOBODY, Outlet.PAGE)
    with pytest.raises(UnscopedRead):
        db.session.execute(select(func.count()).select_from(scoped.subquery()))


def test_the_wrappers_keep_the_mark_and_count_no_further_than_asked() -> None:
    for _ in range(4):
        factories.item(Marking.CLEAR, is_public=True)
    scoped = select_visible(Item, NOBODY, Outlet.PAGE)
    assert count_visible(scoped) == 4
    assert count_visible(scoped, up_to=2) == 3
    assert group_visible(scoped, Item.marking) == {Marking.CLEAR: 4}


def test_a_wrapper_refuses_a_select_that_never_met_the_rule() -> None:
    with pytest.raises(KeyError):
        count_visible(select(Item))


def test_writing_and_refreshing_own_rows_is_let_through() -> None:
    item = factories.item(Marking.GREEN)
    db.session.expire(item, ["title"])
    assert item.title.startswith("Patch now")


def test_only_the_worker_may_read_for_the_house() -> None:
    with db.acting("web"), pytest.raises(PermissionError):
        house_read(select(Item), "curiosity")


def test_the_guard_watches_exactly_the_classes_of_items_and_desks() -> None:
    audiences = {mapper.class_.__tablename__: mapper.class_.__audience__ for mapper in Model.registry.mappers}
    assert set(audiences.values()) <= {"item", "coordinators", "owner", "house", "public"}
    watched = {table for table, audience in audiences.items() if audience in ("item", "coordinators", "owner")}
    assert guard.watched_tables() == watched | {"item_words"}
