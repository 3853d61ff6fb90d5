"""Every file of the collection of real feeds: each object arrives, or is refused with a reason that holds."""

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from feeds import opening
from feeds.contract import Endpoint, Limits, NotStix
from feeds.pieces import read
from tests.feeds.contract import taken
from tests.feeds.servers import HonestTaxii, serving

pytestmark = pytest.mark.real_data

# Refused by the reference library too: neither says when it was created or modified.
REFUSED = {
    "observed-data--7d258c31-9a26-4543-aecb-2abc5ed366be",
    "relationship--10e8c71d-a1b4-4e35-bca8-2e4a3785ea04",
}
SEED = "oasis_medallion_default_data.json"


def test_every_object_of_every_file_arrives_or_is_refused_with_a_reason(stix_folder: Path, quick: Limits) -> None:
    with (stix_folder / "MANIFEST.csv").open(encoding="utf-8") as file:
        promised = {row["file"]: int(row["n_objects"]) for row in csv.DictReader(file)}
    refused: dict[str, str] = {}
    for name, count in promised.items():
        if name == SEED:
            continue
        objects, bad = taken(opening.pull("bundle", Endpoint(str(stix_folder / name)), None, quick))
        assert len(objects) + len(bad) == count, name
        assert all(each.data["spec_version"] == "2.1" for each in objects if "created" in each.data)
        assert [json.loads(each.text) for each in objects] == [each.data for each in objects]
        refused |= {str(each.stix_id): each.reason for each in bad}

    assert refused == dict.fromkeys(REFUSED, "it does not say when it was created and modified")


def test_nothing_that_a_source_wrote_is_lost_or_changed(stix_folder: Path, quick: Limits) -> None:
    for file in sorted(stix_folder.glob("*_21.json")):
        sent = Counter(json.dumps(each, sort_keys=True) for each in json.loads(file.read_bytes())["objects"])
        objects, _ = taken(opening.pull("bundle", Endpoint(str(file)), None, quick))
        assert Counter(json.dumps(each.data, sort_keys=True) for each in objects) == sent


def test_a_file_that_is_no_bundle_is_refused_plainly(stix_folder: Path, quick: Limits) -> None:
    with pytest.raises(NotStix, match="neither a STIX bundle nor a list of STIX objects"):
        taken(opening.pull("bundle", Endpoint(str(stix_folder / SEED)), None, quick))


def test_the_whole_folder_is_one_source(stix_folder: Path, quick: Limits) -> None:
    objects, bad = taken(opening.pull("bundle", Endpoint(str(stix_folder)), None, quick))

    assert len(objects) == 30_027
    assert sorted(each.reason.split(":")[0] for each in bad) == sorted(
        [SEED, "opencti-client_DATA-TEST-STIX2_v2.json", "opencti-client_bundle_with_internal_ids.json"]
    )


def test_old_bundles_become_what_the_reference_library_reads_as_new(stix_folder: Path, quick: Limits) -> None:
    import stix2

    unread: dict[str, str] = {}
    for file in sorted(stix_folder.glob("unit42-report_*.json")):
        objects, _ = taken(opening.pull("bundle", Endpoint(str(file)), None, quick))
        for each in objects:
            try:
                assert stix2.parse(each.data, allow_custom=True)["spec_version"] == "2.1"
            except ValueError as fault:
                unread[each.type] = str(fault).partition(" ")[2]

    # STIX 2.0 had no such rule for campaigns.
    assert unread == {"campaign": "'last_seen' must be greater than or equal to 'first_seen'"}


@pytest.mark.parametrize("uses_next", [True, False])
def test_a_real_bundle_comes_over_taxii_as_it_comes_from_a_file(
    stix_folder: Path, uses_next: bool, quick: Limits
) -> None:
    file = stix_folder / "mitre_mobile-attack-6.3_21.json"
    document = read(file.read_bytes(), quick)
    with serving(HonestTaxii([document.raw_of(each) for each in document.pieces], 100, uses_next)) as server:
        endpoint = Endpoint(server.url("/taxii2/"), allow_private=True)
        over_taxii, bad = taken(opening.pull("taxii21", endpoint, None, quick))
    from_file, _ = taken(opening.pull("bundle", Endpoint(str(file)), None, quick))

    assert not bad
    assert {(each.id, each.modified, each.text) for each in over_taxii} == {
        (each.id, each.modified, each.text) for each in from_file
    }
