"""Sound documents of other kinds than STIX, as tests write them: CSAF, RSS, a list of what is exploited."""

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import escape

from tests.feeds.samples import moment, stix_id

Json = dict[str, Any]
_BEGUN = datetime(2025, 1, 1, tzinfo=UTC)


def csaf(number: int = 0, *, title: str = "", tlp: Any = "GREEN", changes: Json | None = None, **document: Any) -> Json:
    """Return a sound CSAF advisory about a product of a company that does not exist; `changes` replace whole parts."""
    when = moment(number)
    about: Json = {
        "category": "csaf_security_advisory",
        "csaf_version": "2.0",
        "lang": "en",
        "title": title or f"Gateway warning {number}",
        "publisher": {"category": "vendor", "name": "Harbour Networks", "namespace": "https://harbour.example"},
        "notes": [{"category": "summary", "title": "Summary", "text": "An attacker can pass the gateway."}],
        "references": [{"category": "self", "summary": "Page", "url": f"https://harbour.example/a/{number}"}],
        "tracking": {
            "id": f"HN-{number}",
            "status": "final",
            "version": "1",
            "initial_release_date": when,
            "current_release_date": when,
            "revision_history": [{"date": when, "number": "1", "summary": "First"}],
        },
    }
    if tlp is not None:
        about["distribution"] = {"tlp": {"label": tlp}}
    whole = {"document": about | document, "product_tree": _TREE, "vulnerabilities": [vulnerability(number)]}
    return whole | (changes or {})


_TREE: Json = {
    "branches": [
        {
            "category": "vendor",
            "name": "Harbour Networks",
            "branches": [
                {
                    "category": "product_name",
                    "name": "Gateway",
                    "branches": [
                        {
                            "category": "product_version",
                            "name": version,
                            "product": {
                                "product_id": f"P{version}",
                                "name": f"Harbour Networks Gateway {version}",
                                "product_identification_helper": {"cpe": "cpe:/a:harbour:gateway"},
                            },
                        }
                        for version in ("1", "2")
                    ],
                }
            ],
        }
    ]
}


def vulnerability(number: int = 0, **changes: Any) -> Json:
    """Return a sound vulnerability of CSAF."""
    return {
        "cve": f"CVE-2025-{10_000 + number}",
        "title": "The gateway lets strangers in",
        "product_status": {"known_affected": ["P1"], "fixed": ["P2"]},
        "remediations": [
            {"category": "mitigation", "details": "Close the port.", "product_ids": ["P1"]},
            {"category": "vendor_fix", "details": "Install version 2.", "url": "https://harbour.example/2"},
        ],
        "scores": [{"cvss_v3": {"version": "3.1", "baseScore": 9.1, "vectorString": "CVSS:3.1/X"}, "products": ["P1"]}],
    } | changes


def rolie(entries: list[tuple[str, str, str]], **more: Any) -> Json:
    """Return a ROLIE feed of (id, address, time of change)."""
    return {
        "feed": {
            "id": "feed",
            "title": "Advisories",
            "updated": moment(0),
            "entry": [
                {"id": name, "title": name, "updated": when, "published": when, "content": {"src": src}}
                for name, src, when in entries
            ],
        }
        | more
    }


def rss_item(number: int = 0, *, title: str = "", description: str = "Install the update.", **parts: str) -> bytes:
    """Return an entry of RSS; `parts` replace or add elements, as they are."""
    elements = {
        "title": escape(title or f"Notice {number}"),
        "link": f"https://harbour.example/n/{number}",
        "guid": f"https://harbour.example/n/{number}",
        "pubDate": format_datetime(_BEGUN + timedelta(seconds=number)),
        "description": escape(description),
    } | parts
    inside = "".join(f"<{name}>{text}</{name}>" for name, text in elements.items() if text)
    return f"<item>{inside}</item>".encode("utf-8", "surrogatepass")


def rss(items: list[bytes], title: str = "Harbour notices") -> bytes:
    """Return a feed of these entries, as they are."""
    head = f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>{title}</title>'
    return head.encode() + b"".join(items) + b"</channel></rss>"


def kev_entry(number: int = 0, **changes: Any) -> Json:
    """Return an entry of a list of what is known to be exploited."""
    return {
        "cveID": f"CVE-2025-{10_000 + number}",
        "vendorProject": "Harbour Networks",
        "product": "Gateway",
        "vulnerabilityName": "Harbour Networks Gateway Improper Access Control",
        "dateAdded": (_BEGUN + timedelta(days=number)).strftime("%Y-%m-%d"),
        "shortDescription": "The gateway lets strangers in.",
        "requiredAction": "Install the update.",
        "knownRansomwareCampaignUse": "Known",
        "notes": "https://harbour.example/2 ; https://nvd.example/x",
    } | changes


def kev_list(members: list[Any], **more: Any) -> bytes:
    """Return a list of these entries, the newest first as its publisher has it; bytes are sent as they are."""
    raw = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in reversed(members)]
    frame = {"title": "Known", "catalogVersion": "2025.02.01", "dateReleased": "2025-12-01T12:00:00Z", "count": 1}
    return json.dumps(frame | more | {"vulnerabilities": ["HERE"]}).encode().replace(b'"HERE"', b", ".join(raw))


def event(number: int = 0, **changes: Any) -> Json:
    """Return a sound MISP event with one address to look for."""
    about: Json = {
        "uuid": named(f"event {number}"),
        "info": f"Campaign {number}",
        "date": "2025-01-01",
        "timestamp": str(seconds(number)),
        "threat_level_id": "1",
        "Orgc": {"name": "Harbour CERT", "uuid": named("orgc")},
        "Tag": [{"name": "tlp:green"}],
        "Attribute": [attribute(number)],
    }
    return {"Event": about | changes}


def attribute(number: int = 0, kind: str = "ip-dst", value: str = "", **changes: Any) -> Json:
    """Return an attribute of a MISP event."""
    plain = {"uuid": named(f"attribute {number} {kind} {value!a}"), "type": kind, "category": "Network activity"}
    return plain | {"value": value or f"198.51.100.{number % 256}", "to_ids": True, "timestamp": "1"} | changes


def manifest(members: list[Any]) -> Json:
    """Return the list of a feed of these events; one without a name that is free has the name of its place."""
    listed: Json = {}
    for place, member in enumerate(members):
        raw = member if isinstance(member, bytes) else json.dumps(member).encode()
        name = _FIRST_UUID.search(raw)
        uuid = name[1].decode() if name and name[1].decode() not in listed else named(f"place {place}")
        when = _FIRST_TIME.search(raw)
        timestamp = when[1].decode() if when else str(seconds(place))
        listed[uuid] = {"info": "x" * 100, "timestamp": timestamp, "Orgc": {"name": "Harbour CERT"}, "Tag": []}
    return listed


_FIRST_UUID = re.compile(rb'\{"uuid": "([0-9a-f-]{36})"')
_FIRST_TIME = re.compile(rb'"timestamp": "(\d{9,12})", "threat')


def named(what: str) -> str:
    """Return the uuid of something."""
    return stix_id("x", what).removeprefix("x--")


def seconds(number: int) -> int:
    """Return a time that grows with the number, as MISP writes times."""
    return int(_BEGUN.timestamp()) + number
