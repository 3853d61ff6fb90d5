"""A portal, and a source whose warnings wait on the desks of two WARPs."""

from typing import Any

import pytest

from tests import factories
from tests.advisories.conftest import Pulled, fresh
from tests.advisories.stix_objects import Feed
from tests.portal import browser, portal, signed_in
from warp_hub import db
from warp_hub.sharing.models import Item

__all__ = ["browser", "portal", "signed_in"]


class Desk:
    """Midshire and Westmarch, served by one source; their people; what the source sent."""

    def __init__(self, pulled: Pulled) -> None:
        self.pulled = pulled
        self.midshire, self.westmarch = factories.warp(slug="midshire"), factories.warp("Westmarch", slug="westmarch")
        self.priya = factories.coordinator(self.midshire, at=factories.organisation(self.midshire))
        self.ffion = factories.coordinator(self.westmarch, at=factories.organisation(self.westmarch))
        self.sam, self.owen = factories.member(self.midshire), factories.member(self.westmarch)
        self.feed: Feed = pulled.feed(self.midshire, self.westmarch)
        db.session.commit()

    def receives(self, *objects: dict[str, Any]) -> list[Item]:
        """Pull these objects; return the items they became."""
        self.pulled.pull(self.feed, *objects)
        return [self.pulled.item(self.feed, obj) for obj in objects]

    def now(self, item: Item) -> Item:
        """Return an item as it stands now."""
        fresh()
        from sqlalchemy import select

        from warp_hub.sharing.visibility import house_read

        return db.session.scalars(house_read(select(Item).where(Item.id == item.id), "test")).one()


@pytest.fixture
def desk(database: object, tmp_path: Any) -> Desk:
    """Lend the two desks."""
    return Desk(Pulled(tmp_path))
