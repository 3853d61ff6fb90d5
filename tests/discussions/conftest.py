"""Midshire with its members, an associate and a coordinator, and Westmarch next door."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests import factories
from tests.portal import browser, portal, signed_in
from warp_hub import db
from warp_hub.discussions import asking, replying, speaking
from warp_hub.discussions.addressing import addresses_for
from warp_hub.discussions.asking import Asked
from warp_hub.discussions.models import Reply
from warp_hub.discussions.replies import find_open
from warp_hub.memberships.models import MembershipKind
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.sharing.models import Item
from warp_hub.sharing.visibility import house_read
from warp_hub.tlp import Marking, Viewer

__all__ = ["browser", "portal", "signed_in"]


class Room:
    """Two WARPs and their people; what they say is said as the web role."""

    def __init__(self) -> None:
        self.midshire, self.westmarch = factories.warp(slug="midshire"), factories.warp("Westmarch", slug="westmarch")
        self.council = factories.organisation(self.midshire)
        self.sam = factories.person(self.council, name="Sam Hartley")
        self.grace = factories.member(self.midshire, name="Grace Okafor")
        self.declan = factories.member(self.midshire, kind=MembershipKind.ASSOCIATE, name="Declan Byrne")
        self.priya = factories.coordinator(self.midshire, at=factories.organisation(self.midshire), name="Priya Shah")
        self.amira = factories.member(self.midshire, name="Amira Khan")
        self.owen = factories.member(self.westmarch, name="Owen Pritchard")
        self.ffion = factories.coordinator(self.westmarch, at=factories.organisation(self.westmarch))

    def viewer(self, of: Any) -> Viewer:
        """Return somebody fully signed in."""
        return viewer_of(of.id, Proof.FULL)

    def asks(
        self,
        who: Any,
        title: str = "Who has moved to passkeys?",
        words: str = "We start in March.",
        *,
        marking: Marking = Marking.AMBER,
        named: bool = True,
        about: Item | None = None,
    ) -> UUID:
        """Ask the person's own WARP, or all of them with TLP:GREEN; return the question's id."""
        with as_web(self.viewer(who)) as viewer:
            addresses = addresses_for(viewer, about)
            address = next(one for one in addresses if one.marking is marking)
            speaker = speaking.speaker_of(who.id) if named else None
            asked = asking.ask(Asked(title, words, address, speaker, about), viewer)
            db.session.commit()
        return asked

    def replies(self, who: Any, item_id: UUID, words: str = "We have.", *, named: bool = True) -> UUID:
        """Reply to an item; return the reply's id."""
        with as_web(self.viewer(who)) as viewer:
            item = find_open(item_id, viewer)
            assert item is not None
            said = replying.reply(item, words, speaking.speaker_of(who.id) if named else None, viewer)
            db.session.commit()
        return said

    def item(self, item_id: UUID) -> Item:
        """Return an item as it stands."""
        return self._one(Item, item_id)

    def reply(self, reply_id: UUID) -> Reply:
        """Return a reply as it stands."""
        return self._one(Reply, reply_id)

    def _one(self, what: Any, row_id: UUID) -> Any:
        db.session.rollback()
        db.session.expire_all()
        return db.session.scalars(house_read(select(what).where(what.id == row_id), "test")).one()


@contextmanager
def as_web(viewer: Viewer) -> Iterator[Viewer]:
    """Do something as the web role for a viewer, as a request does."""
    with db.acting("web"):
        db.enter(viewer.settings())
        try:
            yield viewer
        finally:
            db.leave()


@pytest.fixture
def room(database: object) -> Room:
    """Lend the two WARPs."""
    return Room()
