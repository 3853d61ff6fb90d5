"""One MISP event made into a warning, what is to be looked for, and the weaknesses and techniques it names.

Ids follow from those of the event and its attributes, and every object is of the event's version: a label that is
raised is raised for all that the event holds.
"""

import re
from collections.abc import Iterator
from typing import Any

from feeds import documents, made, misp_attributes, misp_tags, moments, strict_json, vectors
from feeds.contract import Limits, NotStix, Original
from feeds.made import Stix
from feeds.misp_attributes import Attribute
from feeds.misp_shelf import LARGEST
from feeds.misp_tags import Handling
from feeds.portions import Result
from feeds.strict_json import Raw

Json = dict[str, Any]

_MOST_REFS, _MOST_LABELS, _MOST_LINKS, _MOST_TOLD, _MOST_REPORTS = 9_000, 30, 60, 100, 20
_LARGEST_ORIGINAL = 8 * 1024 * 1024
_GRADES = {"1": "high", "2": "medium", "3": "low"}
_CVE = re.compile(r"CVE-\d{4}-\d{4,7}", re.ASCII | re.IGNORECASE)
_NAMED = re.compile(r"@\[[a-z]{1,20}\]\([^()\s]{1,200}\)")


def opened(raw: Raw) -> Json:
    """Return the event in a document; raise NotStix where there is none."""
    documents.refuse_other_formats(raw, "a MISP event")
    data = strict_json.parse(raw, LARGEST)
    event = data.get("Event") if isinstance(data, dict) else None
    if not isinstance(event, dict):
        raise NotStix("This is JSON, but not a MISP event.")
    return event


def uuid_of(event: Json) -> str:
    """Return the name of an event, or nothing where it has none."""
    return made.uuid_in(made.line(event.get("uuid"), 60))


def dated(event: Json) -> str | None:
    """Return when an event was last changed, as far as it says."""
    return moments.of_unix(event.get("timestamp"))


def objects_of(event: Json, raw: Raw, version: str | None, limits: Limits) -> list[Result]:
    """Return the objects of an event, the warning last; raise Refused where it says too little to be one."""
    uuid, title = uuid_of(event), made.line(event.get("info"))
    if not uuid:
        raise documents.Refused("it has no uuid of its own")
    if not title:
        raise documents.Refused("it has no title")
    if version is None:
        raise documents.Refused("it does not say when it was changed")
    about = made.inside(event.get("Orgc"))
    who = made.identity(made.line(about.get("name"), 200), made.line(about.get("uuid"), 60))
    tags, attributes = misp_tags.tags_of(event), misp_attributes.read(event)
    labels = misp_tags.handling(tags)
    begun = moments.of_rfc3339(event.get("date")) or version
    frame = {"spec_version": "2.1", "created_by_ref": who["id"], "created": min(begun, version), "modified": version}
    behind = {each["id"]: each for each in _behind(uuid, frame, tags, attributes, labels)}
    named = [ref for ref, each in behind.items() if not each.get("revoked")][:_MOST_REFS]
    # What has a label of its own is told in objects of its own alone.
    told = [one for one in attributes if misp_tags.labels_in(one.tags) <= labels.keys()]
    report = _report(event, frame | {"name": title}, tags, told, labels) | {"object_refs": named or [who["id"]]}
    definitions = misp_tags.definitions([labels, *(misp_tags.handling(one.tags) for one in attributes)])
    is_kept = len(raw) <= _LARGEST_ORIGINAL and len(told) == len(attributes)
    original = Original("application/json", f"{uuid}.json", bytes(raw)) if is_kept else None
    first = (documents.sound(each, limits) for each in (*definitions, who, *behind.values()))
    return [*first, documents.sound(report, limits, original)]


def _behind(uuid: str, frame: Stix, tags: list[str], attributes: list[Attribute], labels: Handling) -> Iterator[Stix]:
    """Yield weaknesses and techniques, then values to look for."""
    for one in attributes:
        if one.type == "vulnerability" and _CVE.fullmatch(one.value):
            yield _weakness(uuid, frame, one, labels)
    for name, number in misp_tags.techniques(tags):
        yield made.compact(
            {
                "type": "attack-pattern",
                "id": made.stix_id("attack-pattern", "misp", uuid, number),
                **frame,
                "name": name,
                "external_references": [{"source_name": "mitre-attack", "external_id": number}],
                "object_marking_refs": list(labels),
            }
        )
    for one in attributes:
        if pattern := misp_attributes.pattern_of(one):
            yield _indicator(uuid, frame, one, pattern, labels)


def _weakness(uuid: str, frame: Stix, one: Attribute, labels: Handling) -> Stix:
    cve = one.value.upper()
    return made.compact(
        {
            "type": "vulnerability",
            "id": made.stix_id("vulnerability", "misp", uuid, cve),
            **frame,
            "name": cve,
            "description": one.comment,
            "external_references": [{"source_name": "cve", "external_id": cve}],
            "object_marking_refs": list(labels | misp_tags.handling(one.tags)),
            "revoked": one.deleted,
        }
    )


def _indicator(uuid: str, frame: Stix, one: Attribute, pattern: tuple[str, str], labels: Handling) -> Stix:
    return made.compact(
        {
            "type": "indicator",
            "id": made.stix_id("indicator", "misp", uuid, one.uuid),
            **frame,
            "name": one.comment or one.within,
            "indicator_types": ["malicious-activity"],
            "pattern": pattern[0],
            "pattern_type": pattern[1],
            "valid_from": frame["created"],
            "object_marking_refs": list(labels | misp_tags.handling(one.tags)),
            "revoked": one.deleted,
        }
    )


def _report(event: Json, frame: Stix, tags: list[str], attributes: list[Attribute], labels: Handling) -> Stix:
    kept = [one for one in attributes if not one.deleted]
    uuid = uuid_of(event)
    links = dict.fromkeys(made.web(one.value) for one in kept if one.is_link)
    references = [{"source_name": "MISP", "external_id": uuid}]
    references += [{"source_name": "MISP event", "url": url} for url in links if url][:_MOST_LINKS]
    return made.compact(
        {
            "type": "report",
            "id": made.stix_id("report", "misp", uuid),
            **frame,
            "description": _description(event, kept),
            "published": frame["created"],
            "report_types": ["indicator"],
            "labels": list(dict.fromkeys(misp_tags.words_of(tags)))[:_MOST_LABELS],
            "external_references": references,
            "object_marking_refs": list(labels),
            made.SEVERITY: _GRADES.get(str(event.get("threat_level_id")), ""),
            made.CVSS: _score(kept),
        }
    )


def _score(attributes: list[Attribute]) -> float | None:
    given = [
        one.value
        for one in attributes
        if one.relation == "cvss-score" and re.fullmatch(r"10(\.0)?|\d(\.\d)?", one.value)
    ]
    if given:
        return max(map(float, given))
    found = vectors.highest(*(one.value for one in attributes if one.relation == "cvss-string"))
    return found[0] if found else None


def _description(event: Json, attributes: list[Attribute]) -> str:
    prose = dict.fromkeys(one.value for one in attributes if one.is_prose)
    parts = [each for each in prose if each]
    for each in made.members(event.get("EventReport"), _MOST_REPORTS):
        content = _NAMED.sub("", made.prose(each.get("content")))
        if content and each.get("deleted") not in (True, 1, "1"):
            parts.append(f"## {made.line(each.get('name')) or 'Report'}\n\n{content}")
    told = list(dict.fromkeys(misp_attributes.words_of(attributes)))
    if told:
        more = [f"- and {len(told) - _MOST_TOLD:,} more"] if len(told) > _MOST_TOLD else []
        parts.append("## Also named\n\n" + "\n".join([*(f"- {one}" for one in told[:_MOST_TOLD]), *more]))
    return made.prose("\n\n".join(parts))
