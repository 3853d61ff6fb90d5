"""Real feeds of fifteen publishers: every good object arrives once, whatever its file is like."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.advisories.conftest import Hub
from tests.conftest import REAL_DATA
from tests.sizes import SIZES
from warp_hub.advisories import intake
from warp_hub.advisories.intake import PullFailed
from warp_hub.advisories.models import Provenance
from warp_hub.sharing.models import Item, ItemKind, ItemVersion

pytestmark = pytest.mark.real_data

FOLDER = REAL_DATA / "stix"
# Mixed versions, own markings, hostile cycles, MISP, STIX 2.0: what every run tries before the rest.
FIRST = (
    "opencti-client_DATA-TEST-STIX2_v2.json",
    "opencti-client_bundle_ids_sample.json",
    "oasis_using-marking-definitions.json",
    "misp2stix_eset_wintervivern.json",
    "unit42-report_Zeppelin_TA.json",
    "oasis_poisonivy.json",
)
NOT_STIX = "oasis_medallion_default_data.json"


def _files() -> list[str]:
    rest = sorted(path.name for path in FOLDER.glob("*.json") if path.name not in FIRST)
    return [*FIRST, *rest][: SIZES.real_files]


def _offered(file: Path) -> list[dict[str, Any]]:
    return [obj for obj in json.loads(file.read_text())["objects"] if isinstance(obj, dict)]


@pytest.mark.parametrize("name", [name for name in _files() if name != NOT_STIX])
def test_every_good_object_of_a_file_arrives_once_and_a_second_pull_adds_nothing(hub: Hub, name: str) -> None:
    feed = hub.feed(trusted=True)
    feed.file.symlink_to(FOLDER / name)
    begun = time.monotonic()
    outcome = intake.pull_source(feed.source.id)
    offered = _offered(FOLDER / name)
    assert outcome.fetched == len(offered)
    assert outcome.fetched == outcome.stored + outcome.updated + outcome.duplicate + outcome.quarantined
    aside = hub.aside(feed)
    assert all(row.reason for row in aside)
    refused = {row.stix_id for row in aside}
    arrived = {row.stix_id for row in hub.rows(Provenance)}
    assert {str(obj.get("id")) for obj in offered} - {str(name) for name in refused} <= arrived
    assert len(arrived) == outcome.stored == len(hub.rows(Item))
    again = intake.pull_source(feed.source.id)
    assert (again.stored, again.updated) == (0, 0)
    assert len(hub.rows(ItemVersion)) == outcome.stored + outcome.updated
    assert time.monotonic() - begun < 60


def test_what_is_no_bundle_is_refused_in_plain_words(hub: Hub) -> None:
    feed = hub.feed()
    feed.file.symlink_to(FOLDER / NOT_STIX)
    with pytest.raises(PullFailed, match="neither a STIX bundle"):
        intake.pull_source(feed.source.id)
    assert hub.rows(Item) == []


def test_a_newer_release_updates_adds_and_revokes(hub: Hub) -> None:
    feed = hub.feed(trusted=True)
    feed.file.symlink_to(FOLDER / "mitre_mobile-attack-6.3_21.json")
    assert intake.pull_source(feed.source.id).stored == 734
    feed.file.unlink()
    feed.file.symlink_to(FOLDER / "mitre_mobile-attack-13.1_21.json")
    outcome = intake.pull_source(feed.source.id)
    before = {obj["id"]: obj for obj in _offered(FOLDER / "mitre_mobile-attack-6.3_21.json")}
    after = {obj["id"]: obj for obj in _offered(FOLDER / "mitre_mobile-attack-13.1_21.json")}
    assert outcome.stored == len(after.keys() - before.keys())
    revoked = {name for name, obj in after.items() if obj.get("revoked")}
    gone = {item.id for item in hub.rows(Item) if item.withdrawn_at}
    withdrawn = {row.stix_id for row in hub.rows(Provenance) if row.item_id in gone}
    assert revoked <= withdrawn


def test_the_reports_of_a_real_feed_are_warnings_with_their_words(hub: Hub) -> None:
    feed = hub.feed(trusted=True)
    feed.file.symlink_to(FOLDER / "oasis_poisonivy.json")
    intake.pull_source(feed.source.id)
    (warning,) = [item for item in hub.rows(Item) if item.kind is ItemKind.ADVISORY]
    assert warning.title == "Poison Ivy: Assessing Damage and Extracting Intelligence"
    assert warning.summary
