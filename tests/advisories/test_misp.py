"""MISP feeds in the hub: an event as a warning with its label, what its tags limit, and what is taken back."""

import json
from typing import Any

from tests.advisories.conftest import Hub
from tests.advisories.stix_objects import Feed
from tests.feeds.documents import Json, attribute, event, manifest, seconds
from warp_hub import stix
from warp_hub.advisories.models import Advisory, SourceKind
from warp_hub.advisories.originals import Original
from warp_hub.sharing.models import Indicator, Item, ItemKind
from warp_hub.tlp import Marking


def _offer(feed: Feed, *members: Json) -> None:
    """Let the list and its events lie beside each other, as a feed has them."""
    listed = manifest([*members])
    feed.file.write_text(json.dumps(listed))
    for uuid, member in zip(listed, members, strict=True):
        (feed.file.parent / f"{uuid}.json").write_text(json.dumps(member))


def _tagged(*names: str, **changes: Any) -> Json:
    return event(1, Tag=[{"name": name} for name in names], **changes)


def test_an_event_is_a_warning_with_its_label_its_limits_and_its_document(hub: Hub) -> None:
    feed = hub.feed(kind=SourceKind.MISP, trusted=True, marking=Marking.CLEAR)
    _offer(feed, _tagged("tlp:amber", "tlp:ex:chr", "PAP:AMBER"))
    assert hub.pull(feed).line() == "fetched 5 stored 5 updated 0 duplicate 0 quarantined 0"
    (warning,) = (item for item in hub.rows(Item) if item.kind is ItemKind.ADVISORY)
    assert (warning.title, warning.marking, warning.severity) == ("Campaign 1", Marking.AMBER, "This week")
    assert (warning.chatham_house, warning.pap) == (True, "PAP:AMBER")
    (value,) = hub.rows(Indicator)
    behind = next(item for item in hub.rows(Item) if item.id == value.item_id)
    assert (value.value, behind.marking, behind.pap) == ("198.51.100.1", Marking.AMBER, "PAP:AMBER")
    assert hub.rows(Advisory)[0].external_id == event(1)["Event"]["uuid"]
    assert [json.loads(each.content)["Event"]["info"] for each in hub.rows(Original)] == ["Campaign 1"]
    assert hub.pull(feed).line() == "fetched 0 stored 0 updated 0 duplicate 0 quarantined 0"


def test_a_raised_event_raises_its_values_and_a_deleted_one_is_withdrawn(hub: Hub) -> None:
    feed = hub.feed(kind=SourceKind.MISP, trusted=True)
    _offer(feed, _tagged("tlp:green", Attribute=[attribute(1), attribute(2)]))
    hub.pull(feed)
    later = [attribute(1), attribute(2, deleted=True)]
    _offer(feed, _tagged("tlp:amber+strict", Attribute=later, timestamp=str(seconds(900))))
    assert hub.pull(feed).line() == "fetched 4 stored 0 updated 3 duplicate 1 quarantined 0"
    values = {value.value: value.item_id for value in hub.rows(Indicator)}
    items = {item.id: item for item in hub.rows(Item)}
    assert items[values["198.51.100.1"]].marking is Marking.AMBER_STRICT
    assert items[values["198.51.100.2"]].withdrawn_at is not None


def test_a_label_that_nobody_knows_holds_all_of_an_event_back(hub: Hub) -> None:
    feed = hub.feed(kind=SourceKind.MISP, trusted=True)
    _offer(feed, _tagged("tlp:purple"))
    hub.pull(feed)
    kept = [item for item in hub.rows(Item) if item.title in ("Campaign 1", "198.51.100.1")]
    assert kept
    assert all(item.held and item.published_at is None for item in kept)
    assert stix.read_label("TLP:PURPLE").marking is None
