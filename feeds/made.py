"""Writing STIX of what a source says in another format: the same words make the same objects, ids and all."""

import json
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

Stix = dict[str, Any]

EXPLOITED, EXPLOITED_SINCE = "x_warp_hub_exploited", "x_warp_hub_exploited_since"
CVSS, CVSS_VECTOR, SEVERITY = "x_warp_hub_cvss", "x_warp_hub_cvss_vector", "x_warp_hub_severity"
LONGEST_LINE, LONGEST_PROSE = 300, 60_000

_SPACE = UUID("5b0a6a2e-6f6b-5c1e-9c0a-6f0f3f3b7a11")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LONG_AGO = "2020-01-01T00:00:00.000Z"
_UNREADABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]+")
_WEB = re.compile(r"https?://[^\s<>\"'`\\\x00-\x20\x7f-\x9f\ud800-\udfff]{4,1900}", re.IGNORECASE)

_LABELS = {
    "CLEAR": "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    "WHITE": "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    "GREEN": "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "AMBER": "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    "AMBER+STRICT": "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    "RED": "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}

# How publishers grade their own warnings, in the words that severity is read from.
_SEVERITIES = {
    "critical": "critical", "kritisch": "critical", "important": "high", "high": "high", "hoch": "high",
    "moderate": "medium", "medium": "medium", "mittel": "medium", "low": "low", "niedrig": "low", "none": "low",
}  # fmt: skip


def severity(word: object) -> str:
    """Return a publisher's grade as critical, high, medium or low; nothing where it is none of them."""
    return _SEVERITIES.get(line(word).lower(), "")


def stix_id(kind: str, *what: str) -> str:
    """Return the id of what these words name; other words, another id."""
    return f"{kind}--{uuid5(_SPACE, json.dumps([kind, *what]))}"


def label_ref(word: str) -> str:
    """Return the id of a label's marking; of one that nobody knows an id that nobody knows, so that it is held."""
    plain = re.sub(r"[\s_]+", "", word.upper()).removeprefix("TLP").lstrip(":-")
    return _LABELS.get(plain) or stix_id("marking-definition", "unknown label", plain[:80])


def statement(text: str) -> Stix:
    """Return a marking definition that says how a document may be used, in its publisher's words."""
    said = prose(text, 1500)
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": stix_id("marking-definition", "statement", said),
        "created": _LONG_AGO,
        "definition_type": "statement",
        "definition": {"statement": said},
    }


def identity(name: str, key: str = "") -> Stix:
    """Return the publisher."""
    name = line(name) or "Unnamed publisher"
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": stix_id("identity", name, key),
        "created": _LONG_AGO,
        "modified": _LONG_AGO,
        "name": name,
        "identity_class": "organization",
    }


def software(name: str, vendor: str = "", cpe: str = "", labels: tuple[str, ...] = ()) -> Stix:
    """Return a product; its id holds all that it says, since it has no version to tell two apart by."""
    name, vendor = line(name, 200), line(vendor, 200)
    data: Stix = {"type": "software", "spec_version": "2.1", "id": stix_id("software", name, vendor, cpe, *labels)}
    return compact(data | {"name": name, "vendor": vendor, "cpe": cpe, "object_marking_refs": list(labels)})


def compact(data: Mapping[str, Any]) -> Stix:
    """Return an object without its empty properties, which STIX does not allow."""
    return {name: value for name, value in data.items() if value not in (None, "", [], False)}


def readable(text: str) -> str:
    """Return text without what a database or a page cannot take."""
    return _UNREADABLE.sub(" ", text)


def uuid_in(name: str) -> str:
    """Return the UUID that a name is, in small letters; nothing for any other name."""
    small = name.lower()
    return small if _UUID.fullmatch(small) else ""


def line(value: object, longest: int = LONGEST_LINE) -> str:
    """Return a value as one line of text that can be stored; nothing where it is no text."""
    if not isinstance(value, str):
        return ""
    told = " ".join(readable(value[: longest * 4]).split())
    return told if len(told) <= longest else told[: longest - 1].rstrip() + "…"


def prose(value: object, longest: int = LONGEST_PROSE) -> str:
    """Return a value as text of several lines that can be stored; nothing where it is no text."""
    if not isinstance(value, str):
        return ""
    told = readable(value[: longest + 1].replace("\r\n", "\n")).strip()
    return told if len(told) <= longest else told[:longest].rstrip() + "…"


def web(value: object) -> str:
    """Return a web address that can be a link, or nothing."""
    address = value.strip() if isinstance(value, str) and len(value) < 2000 else ""
    return address if _WEB.fullmatch(address) else ""


def texts(value: object, most: int) -> list[str]:
    """Return the texts in a list, at most so many."""
    return [each for each in value[:most] if isinstance(each, str)] if isinstance(value, list) else []


def members(value: object, most: int) -> list[dict[str, Any]]:
    """Return the objects in a list, at most so many."""
    return [each for each in value[:most] if isinstance(each, dict)] if isinstance(value, list) else []


def inside(value: object) -> dict[str, Any]:
    """Return a value that is an object, or an empty one."""
    return value if isinstance(value, dict) else {}
