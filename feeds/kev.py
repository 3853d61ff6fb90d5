"""CISA's list of vulnerabilities known to be exploited: a file or one web address.

Each entry becomes a vulnerability that says since when it is known to be exploited: knowledge about other
warnings, and no warning by itself, or 1,400 of them would drown the desk.
"""

import re
from collections.abc import Iterator
from typing import Any

from feeds import documents, made, moments, pieces, strict_json
from feeds.contract import STANDARD_LIMITS, BadObject, Endpoint, Limits, NotStix, Page, StixObject
from feeds.files import Wanted, one_file
from feeds.made import Stix
from feeds.pieces import Document
from feeds.portions import Result, paged
from feeds.remembered import Remembered
from feeds.strict_json import Broken, Raw

_WANTED = Wanted(frozenset({".json"}), "application/json, */*;q=0.1", "KEV")
_MOST, _MOST_LINKS = 20_000, 10
_CVE = re.compile(r"CVE-\d{4}-\d{4,7}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def pull(endpoint: Endpoint, cursor: str | None = None, limits: Limits = STANDARD_LIMITS) -> Iterator[Page]:
    """Yield the entries that are new or changed since the cursor, in the order in which they were added."""
    place = Remembered("kev", cursor, _MOST, limits)
    document = _opened(one_file(endpoint, limits, _WANTED), limits)
    yield from paged(_parts(document, place, limits), place.written, limits)


def probe(endpoint: Endpoint, limits: Limits) -> str:
    """Return one sentence about what can be read there; raise FeedError where nothing can."""
    document = _opened(one_file(endpoint, limits, _WANTED), limits)
    return f"A list of {len(document.pieces):,} vulnerabilities known to be exploited."


def again(raw: Raw, limits: Limits) -> list[StixObject | BadObject]:
    """Return what comes of an entry that was refused before."""
    entry = strict_json.parse(raw)
    return [_judged(entry, bytes(raw), None, limits)]


def _opened(raw: Raw, limits: Limits) -> Document:
    """Return the list, entry by entry."""
    documents.refuse_other_formats(raw, "a KEV list")
    try:
        document = pieces.read(raw, limits, "vulnerabilities")
    except Broken as fault:
        raise NotStix(f"This list cannot be read: {fault}.", permanent=False) from None
    if not document.has_list or not document.envelope.keys() & {"catalogVersion", "dateReleased"}:
        raise NotStix("This is JSON, but not a list of vulnerabilities known to be exploited (KEV).")
    if len(document.pieces) > _MOST:
        raise NotStix(f"This list holds more than {_MOST:,} entries.")
    return document


def _parts(document: Document, place: Remembered, limits: Limits) -> Iterator[list[Result]]:
    released = moments.of_rfc3339(document.envelope.get("dateReleased"))
    # The newest stands first.
    entries = [(None if piece.fault else document.data_of(piece), piece) for piece in reversed(document.pieces)]
    named = {}
    for entry, piece in sorted(entries, key=lambda one: _day_of(one[0])):
        raw = document.raw_of(piece, limits.object_bytes)
        # Of several of one number the last counts: each would pass for a change of the other at every pull.
        named[_name_of(entry, raw, piece.fault, limits)] = (entry, piece, raw)
    for name, (entry, piece, raw) in named.items():
        version = place.version(name, raw, released if place.knows(name) else moments.of_rfc3339(_day_of(entry)))
        if version is not None:
            yield [BadObject(raw, piece.fault) if piece.fault else _judged(entry, raw, version, limits)]


def _name_of(entry: Any, raw: bytes, fault: str | None, limits: Limits) -> str:
    """Return the number of an entry; of one that is refused all it says, so that it stands in no other's place."""
    is_refused = fault or isinstance(_judged(entry, raw, None, limits), BadObject)
    return str(raw) if is_refused else str(entry["cveID"])


def _judged(entry: Any, raw: bytes, version: str | None, limits: Limits) -> Result:
    try:
        if not isinstance(entry, dict):
            raise documents.Refused("it is not an object")
        return documents.sound(_vulnerability(entry, version), limits)
    except documents.Refused as refused:
        return BadObject(raw[: limits.object_bytes], str(refused))


def _vulnerability(entry: dict[str, Any], version: str | None) -> Stix:
    cve, day = made.line(entry.get("cveID")).upper(), _day_of(entry)
    added = moments.of_rfc3339(day)
    if not _CVE.fullmatch(cve):
        raise documents.Refused("it has no CVE number")
    if added is None:
        raise documents.Refused("it does not say when it was added")
    return made.compact(
        {
            "type": "vulnerability",
            "spec_version": "2.1",
            "id": made.stix_id("vulnerability", "kev", cve),
            "created": added,
            "modified": version or added,
            "name": cve,
            "description": _description(entry),
            "external_references": _references(cve, entry),
            made.EXPLOITED_SINCE: day,
            "x_warp_hub_ransomware": made.line(entry.get("knownRansomwareCampaignUse")).lower() == "known",
            "x_warp_hub_vendor": made.line(entry.get("vendorProject"), 200),
            "x_warp_hub_product": _product(entry),
        }
    )


def _description(entry: dict[str, Any]) -> str:
    about = [made.line(entry.get("vulnerabilityName")).rstrip("."), made.prose(entry.get("shortDescription"))]
    told = ". ".join(filter(None, about))
    to_do = made.prose(entry.get("requiredAction"))
    return f"{told}\n\n## What to do\n\n{to_do}" if to_do else told


def _references(cve: str, entry: dict[str, Any]) -> list[dict[str, str]]:
    links = [made.web(part) for part in made.line(entry.get("notes"), 5000).split(" ")]
    named = [{"source_name": "cve", "external_id": cve}]
    return named + [{"source_name": "CISA KEV", "url": url} for url in links if url][:_MOST_LINKS]


def _day_of(entry: Any) -> str:
    day = made.inside(entry).get("dateAdded")
    return day if isinstance(day, str) and _DAY.fullmatch(day) else ""


def _product(entry: dict[str, Any]) -> str:
    product = made.line(entry.get("product"), 200)
    return "" if product.lower().startswith("multiple ") else product
