"""A viewer's tool receives what its owner receives, up to its label: in Python, in SQL, behind row-level security."""

import pytest

from tests.sharing.populations import VIEWERS, handlings, item_row
from warp_hub import clock, db
from warp_hub.sharing.models import Item
from warp_hub.sharing.store import load
from warp_hub.sharing.visibility import select_visible
from warp_hub.tlp import Handling, Marking, Outlet, RedIsForEyes, Viewer, permits

CEILINGS = [marking for marking in Marking if marking is not Marking.RED]
OUTLETS = [outlet for outlet in Outlet if outlet is not Outlet.DESK]
NOW = clock.now()
CASES = list(handlings(NOW))


def _meant(viewer: Viewer, ceiling: Marking, handling: Handling, outlet: Outlet) -> bool:
    """Say by hand what a tool may carry: its owner's, not early, not above its label."""
    is_early = handling.embargo_until is not None and handling.embargo_until > NOW
    is_below = list(Marking).index(handling.marking) <= list(Marking).index(ceiling)
    return permits(viewer, handling, outlet, NOW) and is_below and not is_early


@pytest.mark.parametrize("name", VIEWERS)
@pytest.mark.parametrize("ceiling", CEILINGS)
def test_a_tool_carries_what_its_owner_receives_up_to_its_label(name: str, ceiling: Marking) -> None:
    viewer = VIEWERS[name]
    for handling in CASES:
        for outlet in OUTLETS:
            is_given = permits(viewer.under(ceiling), handling, outlet, NOW)
            assert is_given == _meant(viewer, ceiling, handling, outlet), (handling, outlet)


@pytest.mark.parametrize("ceiling", CEILINGS)
def test_a_tool_works_on_no_desk(ceiling: Marking) -> None:
    tool = VIEWERS["coordinator"].under(ceiling)
    assert not any(permits(tool, handling, Outlet.DESK, NOW) for handling in CASES)


def test_no_tool_carries_red() -> None:
    with pytest.raises(RedIsForEyes):
        VIEWERS["full member"].under(Marking.RED)


@pytest.mark.parametrize("ceiling", CEILINGS)
@pytest.mark.usefixtures("database")
def test_the_database_gives_a_tool_the_same(ceiling: Marking) -> None:
    rows = [item_row(f"case {number}", handling) for number, handling in enumerate(CASES)]
    load(Item, rows)
    db.session.commit()
    for name in ("full member", "associate", "coordinator", "nobody"):
        tool = VIEWERS[name].under(ceiling)
        with db.acting("web"):
            db.enter(tool.settings())
            found = set(db.session.scalars(select_visible(Item, tool, Outlet.FILE).with_only_columns(Item.id)))
            db.leave()
        meant = {
            row["id"] for row, handling in zip(rows, CASES, strict=True) if permits(tool, handling, Outlet.FILE, NOW)
        }
        assert found == meant, name
