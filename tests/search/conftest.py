"""Things to search, with words and parts as their rooms would write them, and the portal to search them in."""

from typing import Any

import pytest

from tests import factories
from tests.portal import browser, portal, signed_in
from warp_hub.db import session
from warp_hub.sharing import words
from warp_hub.sharing.models import Indicator, Item, Subject
from warp_hub.tlp import Marking

__all__ = ["browser", "portal", "signed_in"]


@pytest.fixture
def written(database: object) -> Any:
    """Lend a way to write something that can be found."""

    def write(
        marking: Marking = Marking.GREEN,
        *,
        says: str = "",
        values: tuple[tuple[str, str], ...] = (),
        cves: tuple[str, ...] = (),
        **given: Any,
    ) -> Item:
        item = factories.item(marking, **given)
        words.put(item.id, item.title, f"{item.summary}\n{says}")
        session.add_all(Indicator(item_id=item.id, kind=kind, value=value) for kind, value in values)
        session.add_all(Subject(item_id=item.id, kind="cve", value=value) for value in cves)
        session.commit()
        return item

    return write
