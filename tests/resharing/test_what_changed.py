"""What became of a warning, in plain sentences; and what its source says is not worth looking for any more."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests.advisories.stix_objects import LATE, indicator, report
from tests.desk.conftest import Desk
from tests.resharing.conftest import now
from warp_hub import clock, db
from warp_hub.advisories.what_changed import what_changed
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.sharing import block_lists, bulk
from warp_hub.tlp import Marking

ADVICE = "Attackers use it.\n\n## What to do\n\nInstall {version} or newer."


def _warning(**given: Any) -> dict[str, Any]:
    return {
        "type": "report",
        "name": "Patch",
        "description": ADVICE.format(version="7.4.8"),
        "object_refs": [],
        **given,
    }


ONE, TWO, GONE = (f"indicator--0000000{n}-0000-4000-8000-000000000000" for n in range(3))
PRODUCT = "software--00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"description": ADVICE.format(version="7.4.9")}, ["fixed version changed from 7.4.8 to 7.4.9"]),
        # An address is never printed as a version, where a reader could open it.
        ({"description": ADVICE.format(version="192.0.2.1")}, ["what to do changed"]),
        (
            {"description": "Attackers use it a lot.\n\n## What to do\n\nInstall 7.4.8 or newer."},
            ["the description changed"],
        ),
        ({"name": "Patch today", "labels": ["urgent"]}, ["the title changed", "its key words changed"]),
        ({"object_refs": [ONE, TWO, PRODUCT]}, ["2 addresses or files added", "1 product added"]),
        ({"object_refs": [ONE, GONE]}, ["1 address or file added"]),
        ({"external_references": [{"source_name": "cve", "external_id": "CVE-2026-1"}]}, ["CVE-2026-1 added"]),
        ({"object_marking_refs": ["marking-definition--x"]}, ["its label changed"]),
        ({"confidence": 3}, ["details changed"]),
        ({"modified": LATE}, ["issued again without a change"]),
    ],
)
def test_a_change_is_said_in_plain_words_and_counts_what_its_reader_receives(
    portal: Flask, given: dict[str, Any], said: list[str]
) -> None:
    with portal.test_request_context():
        assert what_changed(_warning(), _warning(**given), {ONE, TWO, PRODUCT}) == said


def test_the_page_tells_its_history_and_marks_what_is_no_longer_valid(desk: Desk, signed_in: Any) -> None:
    yesterday = f"{clock.now() - timedelta(days=1):%Y-%m-%dT%H:%M:%S.000Z}"
    past, lasting = indicator("past.example", valid_until=yesterday), indicator("lasting.example")
    hidden = indicator("hidden.example", marking=Marking.RED)
    first = report(past, name="Patch", marking=Marking.GREEN, description=ADVICE.format(version="7.4.8"))
    items = desk.receives(first, past)
    bulk.publish_all([item.id for item in items], to=[desk.midshire.id], passed_by=[desk.midshire.id])
    db.session.commit()
    newer = {**first, "modified": LATE, "object_refs": [past["id"], lasting["id"], hidden["id"]]}
    desk.pulled.pull(desk.feed, newer, lasting, hidden)
    page = signed_in(desk.sam).get_page(f"/advisories/{items[0].id}")
    assert "1 address or file added" in page.text
    assert "2 addresses" not in page.text
    assert "past[.]example" in page.select_one("#values-expired").text
    assert now(items[0].id).revised_at is not None
    lists = block_lists.of_items([item.id for item in items], viewer_of(desk.sam.id, Proof.FULL))
    assert lists.lists == {}
