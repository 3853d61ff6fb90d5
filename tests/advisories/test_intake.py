"""Taking in: every object an item of its own, each once, page by page."""

from tests.advisories.conftest import Hub
from tests.advisories.stix_objects import EARLY, LATE, indicator, made, newer, relationship, report
from warp_hub.advisories.models import Advisory, Provenance
from warp_hub.advisories.taking_in import Outcome
from warp_hub.sharing.models import Decision, Indicator, Item, ItemKind, ItemVersion, Reference
from warp_hub.tlp import Marking


def test_each_object_becomes_an_item_and_only_reports_are_warnings(hub: Hub) -> None:
    feed = hub.feed()
    address, malware = indicator("evil.example"), made("malware", name="Emotet", is_family=True)
    link = relationship(address, "indicates", malware)
    outcome = hub.pull(feed, report(address, malware, link, name="Patch now"), address, malware, link)
    assert outcome == Outcome(fetched=4, stored=4)
    kinds = {item.title: item.kind for item in hub.rows(Item)}
    assert kinds.pop("Patch now") is ItemKind.ADVISORY
    assert set(kinds.values()) == {ItemKind.SUPPORT}
    assert len(hub.rows(ItemVersion)) == len(hub.rows(Provenance)) == 4
    assert [found.value for found in hub.rows(Indicator)] == ["evil.example"]
    assert len(hub.rows(Reference)) == 5
    assert [advisory.stix_id[:8] for advisory in hub.rows(Advisory)] == ["report--"]


def test_a_second_pull_adds_nothing(hub: Hub) -> None:
    feed = hub.feed(trusted=True)
    hub.pull(feed, report(), indicator())
    assert hub.pull(feed) == Outcome(fetched=2, duplicate=2)
    assert len(hub.rows(Item)) == len(hub.rows(ItemVersion)) == 2


def test_an_untrusted_source_waits_for_each_of_its_warps(hub: Hub) -> None:
    feed = hub.feed()
    hub.pull(feed, report(), indicator())
    (waiting,) = hub.rows(Decision)
    assert waiting.choice is None
    assert waiting.keeper == feed.warps[0].id
    assert all(item.published_at is None for item in hub.rows(Item))


def test_a_trusted_source_publishes_everything_at_the_end_of_its_run(hub: Hub) -> None:
    feed = hub.feed(trusted=True)
    address = indicator()
    hub.pull(feed, report(address, marking=Marking.AMBER), address)
    for item in hub.rows(Item):
        assert item.published_at is not None
        assert item.marking is Marking.AMBER
        assert item.recipients == item.passed_by == [feed.warps[0].id]
    assert all(version.added_at and version.published_at for version in hub.rows(ItemVersion))


def test_a_newer_version_updates_its_item_and_keeps_the_old_one(hub: Hub) -> None:
    feed = hub.feed(trusted=True)
    first = report(name="Install 7.4.8")
    hub.pull(feed, first)
    before = hub.item(feed, first)
    outcome = hub.pull(feed, newer(first, name="Install 7.4.9"))
    assert outcome == Outcome(fetched=1, updated=1)
    after = hub.item(feed, first)
    assert after.title == "Install 7.4.9"
    assert after.revised_at is not None
    assert after.added_at > before.added_at
    assert sorted(version.modified.month for version in hub.rows(ItemVersion)) == [1, 2]


def test_versions_in_one_page_count_once_stored_and_then_updated(hub: Hub) -> None:
    feed = hub.feed()
    first = report(name="One")
    outcome = hub.pull(feed, newer(first, name="Two"), first, first)
    assert outcome == Outcome(fetched=3, stored=1, updated=1, duplicate=1)
    assert hub.item(feed, first).title == "Two"


def test_a_late_older_version_is_kept_but_never_becomes_current(hub: Hub) -> None:
    feed = hub.feed()
    first = report(name="Old")
    second = newer(first, LATE, name="New")
    hub.pull(feed, second)
    assert hub.pull(feed, first) == Outcome(fetched=1, updated=1)
    assert hub.pull(feed, first) == Outcome(fetched=1, duplicate=1)
    assert hub.item(feed, first).title == "New"
    assert first["modified"] == EARLY
    assert len(hub.rows(ItemVersion)) == 2


def test_the_same_version_with_other_content_keeps_the_first_and_records_the_conflict(hub: Hub) -> None:
    feed = hub.feed()
    first = report(name="The first")
    hub.pull(feed, first)
    assert hub.pull(feed, {**first, "name": "Another"}) == Outcome(fetched=1, quarantined=1)
    assert hub.item(feed, first).title == "The first"
    (aside,) = hub.aside(feed)
    assert aside.stix_id == first["id"]
    assert "same version" in aside.reason
