"""What one STIX object becomes: a warning or something behind one, its words, its label and its parts.

A report is a warning, and so is a grouping with a name, because MISP events arrive as groupings. All
else (indicators, malware, vulnerabilities, notes, relationships, marking definitions …) is support: a
warning's page gathers it, and no list shows it by itself. `heading` makes an exception for sources without either.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from warp_hub import stix, text
from warp_hub.advisories import grading, titles
from warp_hub.sharing.models import ItemKind, Severity
from warp_hub.tlp import Marking

AHEAD = timedelta(hours=24)
LONGEST_EMBARGO = timedelta(days=366)
LONGEST_VALUE = 2000  # bytes: an index of PostgreSQL takes no more than 2,704
EMBARGO, EXPLOITED_SINCE = "x_warp_hub_embargo_until", "x_warp_hub_exploited_since"
MOST_REFERENCES, MOST_SUBJECTS = 10_000, 200
LONGEST_SUMMARY, LONGEST_SUBJECT, LONGEST_RESTRICTION = 300, 200, 2000

# Of what attackers are known to use, and since when: kinds of subject that no page shows.
EXPLOITED, SINCE = "exploited", "exploited since"

N_ = str  # marks a sentence for the translators
UNREADABLE_LABEL = N_("Its label could not be read")
UNREADABLE_REPORT = N_("It belongs to a report whose label could not be read")
UNREADABLE_EMBARGO = N_("The time until which it is early could not be read")
DATED_AHEAD = N_("It is dated more than a day ahead")

_ADVICE = re.compile(
    r"^(?P<depth>#{1,6})\s*(?:what to do|what you should do|recommend\w*|mitigations?|remediation|solution|"
    r"actions?(?: required| to take)?)\b[^\n]*$",
    re.IGNORECASE | re.MULTILINE,
)
_NAMED_SUBJECT = re.compile(r"(product|vendor|supplier|sector)\s*[:=]\s*(\S.*)", re.IGNORECASE)
_LISTED_SUBJECT = re.compile(r"x_\w*?(product|vendor|supplier|sector)s?", re.IGNORECASE)
_TECHNIQUE = re.compile(r"(?:AML\.)?T\d{4}(?:\.\d{3})?")
_DAY = re.compile(r"(?:19|20)\d\d-\d\d-\d\d")
_SCORE = re.compile(r"CVSS (\d+\.\d)")


@dataclass(frozen=True, slots=True)
class Label:
    """How an object is to be handled: no marking means that the source gave none."""

    marking: Marking | None
    held: str | None
    chatham_house: bool
    pap: str | None
    restrictions: str
    embargo_until: datetime | None


def kind_of(obj: Mapping[str, Any]) -> ItemKind:
    """Say whether an object is a warning or stands behind one."""
    named = isinstance(obj.get("name"), str) and obj["name"].strip()
    is_warning = obj["type"] == "report" or (obj["type"] == "grouping" and named)
    return ItemKind.ADVISORY if is_warning else ItemKind.SUPPORT


def label_of(obj: Mapping[str, Any], version: datetime, definitions: Mapping[str, Any], now: datetime) -> Label:
    """Return how an object is to be handled, and in words why it must be held back if it must."""
    reading = stix.read_markings(obj, definitions)
    embargo, fault = _embargo(obj, now)
    held = fault
    if reading.is_held:
        held = f"{UNREADABLE_LABEL}: {', '.join(reading.unknown)}"
    elif version > now + AHEAD:
        held = f"{DATED_AHEAD}: {version:%Y-%m-%d}"
    return Label(
        marking=reading.marking,
        held=held,
        chatham_house=reading.chatham_house,
        pap=reading.pap.value if reading.pap else None,
        restrictions=_limits(reading.statements),
        embargo_until=embargo,
    )


def words_of(obj: Mapping[str, Any], kind: ItemKind | None = None) -> dict[str, Any]:
    """Return what a list shows of an object, as columns of its item; of what is a warning for another reason too."""
    kind = kind or kind_of(obj)
    is_warning = kind is ItemKind.ADVISORY
    title = text.for_database(stix.title_of(obj))
    return {
        "kind": kind,
        "title": titles.readable(title) if is_warning else title,
        "summary": titles.in_short(obj, title)
        if is_warning
        else text.for_database(stix.summary_of(obj)[:LONGEST_SUMMARY]),
        "severity": _severity(obj) if is_warning else None,
    }


def advisory_of(obj: Mapping[str, Any], received_at: datetime) -> dict[str, Any]:
    """Return a warning's own columns: clean HTML, links, and why it is urgent."""
    told = obj.get("description")
    body, advice = without_advice(told if isinstance(told, str) else "")
    language = "cy" if str(obj.get("lang", ""))[:2].lower() == "cy" else "en"
    hint = grading.hint_of(obj)
    why = text.for_database(hint.why) if hint else ""
    links = [_link(reference) for reference in stix.references(obj)]
    score = _SCORE.search(why)
    return {
        "stix_id": obj["id"],
        "body": {language: text.clean_html(body)} if body.strip() else {},
        "to_do": {language: text.clean_html(advice)} if advice.strip() else {},
        "links": links,
        "external_id": next((link["external_id"] for link in links if link["external_id"]), None),
        "why": why,
        "cvss": float(score[1]) if score else None,
        "received_at": received_at,
        "modified": stix.version_of(obj),
    }


def references_of(obj: Mapping[str, Any], label: Label) -> list[str]:
    """Return the ids an object names; one that is held names the labels it waits for as well."""
    ends = (obj.get("source_ref"), obj.get("target_ref")) if obj["type"] == "relationship" else ()
    named = [end for end in dict.fromkeys(ends) if isinstance(end, str)]
    named = named or sorted(stix.refers_to(obj))[:MOST_REFERENCES]
    if label.held and isinstance(obj.get("object_marking_refs"), list):
        named += [ref for ref in obj["object_marking_refs"] if stix.is_stix_id(ref) and ref not in named]
    return named


def indicators_of(obj: Mapping[str, Any]) -> list[stix.IndicatorValue]:
    """Return the values an object says to look for."""
    return [found for found in _values_of(obj) if len(found.value.encode()) <= LONGEST_VALUE]


def valid_until(obj: Mapping[str, Any]) -> datetime | None:
    """Return when an indicator is worth looking for no longer, as far as its source says so."""
    return stix.read_timestamp(obj.get("valid_until")) if obj["type"] == "indicator" else None


def subjects_of(obj: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what an object is about: (kind, value) of CVEs, techniques, products, vendors and sectors."""
    if obj["type"] == "relationship":
        return []
    found = dict.fromkeys(("cve", cve) for cve in stix.cves(obj))
    found |= dict.fromkeys(_named_subjects(obj))
    clean = ((kind, text.one_line(value, LONGEST_SUBJECT)) for kind, value in found)
    return list(dict.fromkeys((kind, value) for kind, value in clean if value))[:MOST_SUBJECTS]


def _values_of(obj: Mapping[str, Any]) -> list[stix.IndicatorValue]:
    if obj["type"] == "indicator":
        pattern, language = obj.get("pattern"), obj.get("pattern_type")
        return stix.indicator_values(pattern, language) if isinstance(pattern, str) else []
    return [] if obj["type"] in ("relationship", "report", "grouping") else stix.observable_values(obj)


def _named_subjects(obj: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if obj["type"] == "attack-pattern":
        ids = (reference.external_id or "" for reference in stix.references(obj))
        yield from (("technique", name) for name in ids if _TECHNIQUE.fullmatch(name))
    if obj["type"] == "vulnerability" and _is_day(obj.get(EXPLOITED_SINCE)):
        yield from ((EXPLOITED, cve) for cve in stix.cves({"name": obj.get("name")}))
        yield SINCE, obj[EXPLOITED_SINCE]
    if obj["type"] == "software":
        yield from ((kind, obj[key]) for kind, key in _SOFTWARE if isinstance(obj.get(key), str))
    for label in _texts(obj.get("labels")):
        if named := _NAMED_SUBJECT.fullmatch(label.strip()):
            yield _subject_kind(named[1]), named[2]
    for key, value in obj.items():
        if key[:2] in ("x_", "X_") and (listed := _LISTED_SUBJECT.fullmatch(key)):
            yield from ((_subject_kind(listed[1]), name) for name in _texts(value))


_SOFTWARE = (("product", "name"), ("vendor", "vendor"), ("cpe", "cpe"))


def _subject_kind(word: str) -> str:
    return "vendor" if word.lower() == "supplier" else word.lower()


def _is_day(value: object) -> bool:
    return (
        isinstance(value, str) and bool(_DAY.fullmatch(value)) and stix.read_timestamp(f"{value}T00:00:00Z") is not None
    )


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [entry for entry in value[:MOST_SUBJECTS] if isinstance(entry, str)] if isinstance(value, list) else []


def _severity(obj: Mapping[str, Any]) -> Severity | None:
    hint = grading.hint_of(obj)
    return Severity(hint.word) if hint else None


def _limits(statements: tuple[str, ...]) -> str:
    return text.for_database("\n".join(statements))[:LONGEST_RESTRICTION] if statements else ""


def _embargo(obj: Mapping[str, Any], now: datetime) -> tuple[datetime | None, str | None]:
    if EMBARGO not in obj:
        return None, None
    until = stix.read_timestamp(obj[EMBARGO])
    if until is None or until > now + LONGEST_EMBARGO:
        return None, UNREADABLE_EMBARGO
    return (until, None) if until > now else (None, None)


def without_advice(markdown: str) -> tuple[str, str]:
    """Split off the part under a heading that says what to do."""
    found = _ADVICE.search(markdown)
    if found is None:
        return markdown, ""
    rest = markdown[found.end() :]
    next_heading = re.search(rf"^#{{1,{len(found['depth'])}}}\s", rest, re.MULTILINE)
    end = next_heading.start() if next_heading else len(rest)
    return markdown[: found.start()] + rest[end:], rest[:end]


def _link(reference: stix.Reference) -> dict[str, Any]:
    return {
        "name": text.one_line(reference.source_name or reference.external_id or reference.url or ""),
        "url": reference.url,
        "external_id": text.one_line(reference.external_id) if reference.external_id else None,
        "description": text.one_line(reference.description),
    }
