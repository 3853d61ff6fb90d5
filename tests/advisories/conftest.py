"""A source whose bundle a test writes, and what its pull left behind."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.advisories.stix_objects import Feed
from warp_hub import db
from warp_hub.advisories import intake
from warp_hub.advisories.models import Provenance, Quarantined
from warp_hub.advisories.taking_in import Outcome
from warp_hub.sharing.models import Item
from warp_hub.sharing.visibility import house_read


def fresh() -> None:
    """Forget what was loaded: what a test holds keeps its values, what it asks for next is read anew."""
    db.session.expunge_all()
    db.session.rollback()


class Pulled:
    """Pulls a source and looks at what came of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def feed(self, *warps: Any, **given: Any) -> Feed:
        """Return a new source."""
        return Feed(self.folder, *warps, **given)

    def pull(self, feed: Feed, *objects: Any) -> Outcome:
        """Let the source offer these objects, if any are given, and pull it."""
        fresh()
        if objects:
            feed.offers(*objects)
        return intake.pull_source(feed.source.id)

    def item(self, feed: Feed, obj: dict[str, Any]) -> Item:
        """Return the item that an object became."""
        fresh()
        of = select(Item).join(Provenance, Provenance.item_id == Item.id)
        return db.session.scalars(
            house_read(of.where(Provenance.source_id == feed.source.id, Provenance.stix_id == obj["id"]), "test")
        ).one()

    def aside(self, feed: Feed) -> list[Quarantined]:
        """Return what was put aside."""
        fresh()
        rows = select(Quarantined).where(Quarantined.source_id == feed.source.id).order_by(Quarantined.reason)
        return list(db.session.scalars(house_read(rows, "test")))

    def rows(self, what: type[Any]) -> list[Any]:
        """Return every row of a class."""
        fresh()
        return list(db.session.scalars(house_read(select(what), "test")))


@pytest.fixture
def hub(database: Any, tmp_path: Path) -> Pulled:
    """Lend a hub that can pull."""
    return Pulled(tmp_path)


Hub = Pulled
