"""What becomes a warning where a source sends no report: what its objects hang on, if a person can read it."""

import pytest

from tests import factories
from tests.advisories.conftest import Hub
from tests.advisories.stix_objects import LATE, indicator, made, newer, relationship, report
from tests.conftest import REAL_DATA
from warp_hub import db
from warp_hub.advisories import listing, reading
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.sharing.models import Decision, Item, ItemKind
from warp_hub.tlp import Outlet


def _warnings(hub: Hub) -> set[str]:
    return {item.title for item in hub.rows(Item) if item.kind is ItemKind.ADVISORY}


def test_a_malware_with_its_indicators_is_a_warning_and_grows(hub: Hub) -> None:
    warp = factories.warp()
    member = factories.member(warp)
    feed = hub.feed(warp, trusted=True)
    spyware = made("malware", name="Spyware", description="It reads the telephones of councillors.", is_family=True)
    addresses = [indicator(f"evil-{number}.example") for number in range(3)]
    links = [relationship(address, "indicates", spyware) for address in addresses]
    hub.pull(feed, spyware, *addresses[:2], *links[:2])
    hub.pull(
        feed,
        newer(spyware, LATE, description="It reads the telephones of councillors and officers."),
        *addresses,
        *links,
    )
    viewer = viewer_of(member.id, Proof.FULL)
    (item,) = db.session.scalars(listing.select_asked(listing.Asked(), viewer))
    warning = reading.find_warning(item.id, viewer, Outlet.PAGE)
    assert (item.title, item.summary) == ("Spyware", "It reads the telephones of councillors and officers.")
    assert warning is not None
    assert warning.values == {"domain": [f"evil-{number}[.]example" for number in range(3)]}


def test_what_comes_late_follows_a_head_that_was_passed_on(hub: Hub) -> None:
    from warp_hub.sharing import bulk

    warp = factories.warp()
    feed, spyware, first, late = hub.feed(warp), made("malware", name="Spyware"), indicator(), indicator()
    hub.pull(feed, spyware, first, relationship(first, "indicates", spyware))
    assert [row.item_id for row in hub.rows(Decision)] == [hub.item(feed, spyware).id]
    bulk.publish_all([hub.item(feed, spyware).id], to=[warp.id], passed_by=[warp.id])
    db.session.commit()
    hub.pull(feed, late, relationship(late, "indicates", spyware))
    assert hub.item(feed, late).published_at is not None


@pytest.mark.parametrize(
    ("objects", "warnings"),
    [
        ([made("vulnerability", name="CVE-2026-1")], {"CVE-2026-1"}),
        ([made("note", abstract="By itself", content="Words.", object_refs=[])], {"Note: By itself"}),
        ([made("course-of-action", name="Patch"), made("tool", name="Nmap")], {"Patch"}),
        ([made("campaign", name="Wave"), made("malware", name="Spyware"), indicator()], {"Wave"}),
        ([made("malware", name="Spyware"), report(name="Report")], {"Report"}),
        ([made("malware", name=f"Spyware {number}") for number in range(11)], set()),
        ([indicator(), made("identity", name="Us")], set()),
    ],
)
def test_the_heads_of_a_source_without_reports_are_its_warnings(hub: Hub, objects: list, warnings: set[str]) -> None:
    hub.pull(hub.feed(), *objects)
    assert _warnings(hub) == warnings


@pytest.mark.real_data
def test_a_real_list_of_indicators_is_one_warning_with_all_of_them(hub: Hub) -> None:
    feed = hub.feed(trusted=True)
    feed.file.symlink_to(REAL_DATA / "stix" / "mvt_rcs.stix2.json")
    hub.pull(feed)
    assert len(_warnings(hub)) == 1
