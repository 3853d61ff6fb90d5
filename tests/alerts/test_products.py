"""Which products a text names, and how often the matcher is right about real advisories labelled by hand."""

import csv
import hashlib
import json
from collections import defaultdict
from pathlib import Path

import pytest

from tests.conftest import REAL_DATA
from warp_hub.alerts import keys, products

LABELS = Path(__file__).with_name("labels.csv")


def ids(text: str) -> list[str]:
    return [product.id for product in products.find_products(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("FortiOS SSL-VPN: install 7.4.9 or switch it off", ["fortinet-fortigate"]),
        ("Attackers exploit Pulse Secure VPN appliances", ["ivanti-connect-secure"]),
        ("Citrix ADC and NetScaler Gateway: out-of-bounds read", ["citrix-netscaler"]),
        ("Citrix Workspace app for Windows", ["citrix-virtual-apps"]),
        ("Microsoft releases updates for Windows and Exchange", ["microsoft-windows", "microsoft-exchange"]),
        ("A client for Windows, macOS and Linux", []),
        ("Deposit currencies at our exchange", []),
        ("FortiClient EMS SQL injection", ["fortinet-forticlient"]),
        ("Azure Active Directory tokens stolen", ["microsoft-entra-id"]),
        ("Ivanti Endpoint Manager Mobile", ["ivanti-epmm"]),
        ("Cisco IOS XR memory exhaustion", []),
        ("Apple iOS 17.4", ["apple-ios"]),
        ("", []),
    ],
)
def test_a_text_names_what_it_names_and_nothing_that_only_sounds_like_it(text: str, found: list[str]) -> None:
    assert ids(text) == found


def test_an_identifier_of_either_version_stands_for_its_product() -> None:
    for cpe in ("cpe:2.3:o:fortinet:fortios:7.4.1:*:*:*:*:*:*:*", "cpe:/o:fortinet:fortios:7.4.1"):
        assert [one.id for one in products.of_cpe(cpe)] == ["fortinet-fortigate"]
    assert products.of_cpe("no identifier") == []
    assert products.of_cpe("cpe:2.3:a:nobody:nothing") == []


def test_the_catalogue_has_sixty_products_each_found_by_its_own_names_and_by_kind() -> None:
    assert len(products.catalogue()) == 60
    said = [(one.id, f"{one.vendor} {alias}") for one in products.catalogue() for alias in one.aliases]
    assert [(product, name) for product, name in said if product not in ids(name)] == []


def test_a_name_that_tells_nothing_is_no_key_and_a_longer_one_keeps_its_first_two_words() -> None:
    assert keys.key_of_name("the server") == ""
    assert keys.key_of_name("2024") == ""
    assert keys.key_of_name("Jadu Central Web Publisher") == "name:jadu central"


def test_long_hostile_text_takes_no_time() -> None:
    assert ids("microsoft " * 50_000) == []


@pytest.mark.real_data
@pytest.mark.parametrize("part", ["seen", "held back"])
def test_of_real_advisories_labelled_by_hand_nineteen_in_twenty_are_right(part: str) -> None:
    """The pairs were labelled before the matcher was written; a third, by a hash of the id, was held back from it.

    Measured once on that third before anything was changed for its sake: precision 0.980, recall 1.000.
    """
    right, wrong, missed = counted(held_back=part == "held back")
    assert right / (right + wrong) >= 0.95
    assert right / (right + missed) >= 0.95


def counted(*, held_back: bool) -> tuple[int, int, int]:
    """Return how many products were found rightly and wrongly, over all of the catalogue, and how many were missed."""
    concerned: dict[str, set[str]] = defaultdict(set)
    for row in csv.DictReader(LABELS.read_text().splitlines()):
        concerned[row["advisory"]] |= {row["product"]} if row["affected"] == "yes" else set()
    texts = advisories()
    right = wrong = missed = 0
    for advisory, really in concerned.items():
        if (hashlib.sha256(advisory.encode()).digest()[0] % 3 == 0) is held_back:
            found = matched(*texts[advisory])
            right, wrong, missed = (
                right + len(found & really),
                wrong + len(found - really),
                missed + len(really - found),
            )
    return right, wrong, missed


def matched(maker: str, product: str, title: str, summary: str) -> set[str]:
    """Return the products by which a warning of these fields would be met."""
    subjects = {"vendor": [maker], "product": [product]} if product else {}
    said = keys.Said(is_whole=True, title=title, summary=summary, originator=None, subjects=subjects)  # type: ignore[arg-type]
    return {key.removeprefix("product:") for key in keys.keys_of(said) if key.startswith("product:")}


def advisories() -> dict[str, tuple[str, str, str, str]]:
    """Return maker, product, title and summary of each real advisory by its id."""
    known = json.loads((REAL_DATA / "advisories" / "kev_2025-08-25.json").read_text())["vulnerabilities"]
    found = {
        one["cveID"]: (one["vendorProject"], one["product"], one["vulnerabilityName"], one["shortDescription"])
        for one in known
    }
    for path in (REAL_DATA / "advisories").glob("*.json"):
        told = json.loads(path.read_text())
        if "document" in told:
            document = told["document"]
            found[document["tracking"]["id"]] = ("", "", document["title"], "")
    return found
