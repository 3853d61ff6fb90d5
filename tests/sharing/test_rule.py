"""The rule in SQL, the rule in Python and row-level security are one rule."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tests.sharing.populations import ANN, VIEWERS, handlings, item_row, version_row
from warp_hub import clock, db
from warp_hub.sharing.models import Indicator, Item, ItemVersion
from warp_hub.sharing.store import load
from warp_hub.sharing.visibility import house_read, select_visible
from warp_hub.tlp import TRAVELS, Handling, Marking, Outlet, Viewer, keeps, permits

pytestmark = pytest.mark.usefixtures("database")


def _fill(now: datetime, cases: Iterable[Handling]) -> dict[UUID, Handling]:
    named = {f"case {number}": handling for number, handling in enumerate(cases)}
    rows = {name: item_row(name, handling) for name, handling in named.items()}
    load(Item, list(rows.values()))
    load(ItemVersion, [version_row(name, handling, now) for name, handling in named.items()])
    load(Indicator, [{"item_id": row["id"], "kind": "domain", "value": name} for name, row in rows.items()])
    db.session.commit()
    return {row["id"]: named[name] for name, row in rows.items()}  # type: ignore[misc]


def _received(what: Any, viewer: Viewer, outlet: Outlet) -> set[UUID]:
    key = what.id if what is Item else what.item_id
    return set(db.session.scalars(select_visible(what, viewer, outlet).with_only_columns(key)))


def _let_through(table: str) -> set[UUID]:
    """Return what row-level security alone lets the web role read, past the guard."""
    key = "id" if table == "item" else "item_id"
    driver: Any = db.session.connection().connection.driver_connection
    return {row[0] for row in driver.execute(f"SELECT {key} FROM {table}")}


@pytest.fixture(scope="module")
def now() -> datetime:
    return clock.now()


@pytest.mark.parametrize("name", VIEWERS)
def test_sql_and_python_agree_on_every_kind_of_item_for(name: str, now: datetime) -> None:
    viewer, cases = VIEWERS[name], _fill(now, handlings(now))
    for outlet in Outlet:
        expected = {item for item, handling in cases.items() if permits(viewer, handling, outlet, clock.now())}
        for what in (Item, ItemVersion, Indicator):
            assert _received(what, viewer, outlet) == expected, (what.__name__, outlet)


@pytest.mark.parametrize("name", VIEWERS)
def test_row_level_security_is_receiving_on_a_page_or_keeping_for(name: str, now: datetime) -> None:
    viewer, cases = VIEWERS[name], _fill(now, handlings(now))
    expected = {
        item
        for item, handling in cases.items()
        if permits(viewer, handling, Outlet.PAGE, clock.now()) or keeps(viewer, handling)
    }
    with db.acting("web"):
        db.enter(viewer.settings())
        for table in ("item", "item_version", "indicator"):
            assert _let_through(table) == expected, table
        for outlet in Outlet:
            assert _received(Item, viewer, outlet) <= expected
        db.leave()


def test_a_transaction_that_names_no_viewer_reads_nothing_but_public_items(now: datetime) -> None:
    cases = _fill(now, handlings(now))
    open_to_all = {item for item, handling in cases.items() if permits(Viewer(), handling, Outlet.PAGE, clock.now())}
    with db.acting("web"):
        assert _let_through("item") == open_to_all
        assert all(cases[item].is_public for item in open_to_all)
        db.leave()


def test_the_worker_steps_down_to_one_persons_view_and_back(now: datetime) -> None:
    cases = _fill(now, handlings(now))
    viewer = VIEWERS["associate"]
    with db.as_viewer(viewer.settings()):
        stepped_down = _let_through("item")
    assert stepped_down == {
        item
        for item, handling in cases.items()
        if permits(viewer, handling, Outlet.PAGE, clock.now()) or keeps(viewer, handling)
    }
    assert set(db.session.scalars(house_read(select(Item.id), "test"))) == set(cases)


markings = st.sampled_from(Marking)
people = st.sampled_from([f"address {number}" for number in range(6)])


@st.composite
def random_viewers(draw: st.DrawFn) -> Viewer:
    from tests.sharing.populations import address

    sets = [frozenset(map(address, draw(st.sets(people)))) for _ in range(4)]
    return Viewer(ANN, draw(st.booleans()), *sets)


@st.composite
def random_handlings(draw: st.DrawFn) -> Handling:
    from datetime import timedelta

    from tests.sharing.populations import address

    now = clock.now()
    moments = st.none() | st.integers(-100, 100).filter(lambda hours: hours != 0).map(
        lambda hours: now + timedelta(hours=hours)
    )
    marking = draw(markings)
    sets = [frozenset(map(address, draw(st.sets(people)))) for _ in range(3)]
    return Handling(
        marking,
        *sets,
        published_at=draw(moments),
        embargo_until=draw(moments),
        withdrawn_at=draw(st.none() | st.just(now)),
        is_public=marking is Marking.CLEAR and draw(st.booleans()),
    )


@given(viewer=random_viewers(), population=st.lists(random_handlings(), min_size=1, max_size=30))
def test_sql_and_python_agree_on_random_populations(viewer: Viewer, population: list[Handling]) -> None:
    cases = _fill(clock.now(), population)
    for outlet in Outlet:
        expected = {item for item, handling in cases.items() if permits(viewer, handling, outlet, clock.now())}
        assert _received(Item, viewer, outlet) == expected, outlet
    db.session.rollback()
    from sqlalchemy import delete

    db.session.execute(delete(Item))
    db.session.commit()


def test_the_table_of_outlets_is_the_one_of_the_handling_policy() -> None:
    eyes = {Outlet.PAGE, Outlet.NOTICE}
    tools = eyes | {Outlet.SEARCH, Outlet.TAXII, Outlet.FILE}
    letters = tools | {Outlet.MAIL, Outlet.HOOK, Outlet.FEED}
    assert {
        Marking.CLEAR: letters | {Outlet.PUBLIC},
        Marking.GREEN: letters,
        Marking.AMBER: tools,
        Marking.AMBER_STRICT: tools,
        Marking.RED: eyes,
    } == TRAVELS
