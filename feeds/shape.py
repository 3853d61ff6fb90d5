"""The cheap check every object passes before it is stored: what the hub relies on, and no more.

Looser than the standard on purpose: custom types and properties pass, and so does an object changed before it was
made (MITRE publishes some). What it refuses would break a reader later, or hide a marking.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Any


def words(line: str) -> frozenset[str]:
    """Return the words of a vocabulary as a set."""
    return frozenset(line.split())


DOMAIN_TYPES = words(
    "attack-pattern campaign course-of-action grouping identity incident indicator infrastructure intrusion-set"
    " location malware malware-analysis note observed-data opinion report threat-actor tool vulnerability"
    " relationship sighting"
)
OBSERVABLE_TYPES = words(
    "artifact autonomous-system directory domain-name email-addr email-message file ipv4-addr ipv6-addr mac-addr mutex"
    " network-traffic process software url user-account windows-registry-key x509-certificate"
)

_TYPE = re.compile(r"[a-z0-9][a-z0-9_-]{1,249}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,30})?Z", re.ASCII)
_TIMES = words(
    "first_observed last_observed first_seen last_seen published start_time stop_time valid_from valid_until"
)


def fault_of(data: Any) -> str | None:
    """Say why this value must not be stored as a STIX object, or None."""
    if not isinstance(data, dict):
        return "it is not an object"
    kind = data.get("type")
    if not isinstance(kind, str) or not _TYPE.fullmatch(kind):
        return "it has no STIX type"
    if kind == "bundle":
        return "it is a bundle inside a bundle"
    if not _is_id(data.get("id"), kind):
        return "its id is not a STIX id of its type"
    if kind in DOMAIN_TYPES and not ("created" in data and "modified" in data):
        return "it does not say when it was created and modified"
    times, others = _asked_of(kind)
    for name in times:
        if name in data and not is_timestamp(data[name]):
            return f"its {name} time is not a STIX time"
    wrong = {name for name, value in data.items() if name in others and not others[name](value)}
    return next((f"its {name} is not what STIX asks for" for name in others if name in wrong), None) if wrong else None


def is_timestamp(value: Any) -> bool:
    """Say whether a value is a timestamp by the grammar of STIX and of the calendar."""
    if not isinstance(value, str) or not _TIMESTAMP.fullmatch(value):
        return False
    try:
        date.fromisoformat(value[:10])
    except ValueError:
        return False
    return True


def id_of(data: Any) -> str | None:
    """Return the id of a refused object where it has a well-formed one."""
    if not isinstance(data, dict):
        return None
    stix_id = data.get("id")
    kind = stix_id.partition("--")[0] if isinstance(stix_id, str) else ""
    return str(stix_id) if _is_id(stix_id, kind) and _TYPE.fullmatch(kind) else None


def changed_before_made(data: dict[str, Any]) -> bool:
    """Say whether an object claims to have been modified before it was created."""
    created, modified = data.get("created"), data.get("modified")
    if not isinstance(created, str) or not isinstance(modified, str):
        return False
    if len(created) == len(modified):
        return modified < created
    return sortable(modified) < sortable(created)


def sortable(moment: str) -> str:
    """Return a STIX time in a form that sorts as time goes, whatever its precision."""
    whole, _, fraction = moment.removesuffix("Z").partition(".")
    return f"{whole}.{fraction.ljust(30, '0')}"


def _asked_of(kind: str) -> tuple[tuple[str, ...], dict[str, Callable[[Any], bool]]]:
    return _OF_DOMAIN_TYPES if kind in DOMAIN_TYPES else _OF_KINDS.get(kind, _OF_OTHERS)


def _is_id(value: Any, kind: str) -> bool:
    if not isinstance(value, str):
        return False
    prefix, dashes, unique = value.partition("--")
    return bool(dashes) and prefix == kind and bool(_UUID.fullmatch(unique))


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _is_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


# Custom types may use any other name as they like.
_OF_ALL: dict[str, Callable[[Any], bool]] = {
    "spec_version": _is_text,
    "name": _is_text,
    "created_by_ref": _is_text,
    "revoked": lambda value: isinstance(value, bool),
    "labels": _is_texts,
    "object_marking_refs": _is_texts,
    "granular_markings": _is_objects,
    "external_references": _is_objects,
    "extensions": lambda value: isinstance(value, dict),
}
_OF_DOMAIN: dict[str, Callable[[Any], bool]] = {
    "description": _is_text,
    "pattern": _is_text,
    "source_ref": _is_text,
    "target_ref": _is_text,
    "relationship_type": _is_text,
    "sighting_of_ref": _is_text,
    "lang": _is_text,
    "aliases": _is_texts,
    "object_refs": _is_texts,
    "kill_chain_phases": _is_objects,
}
_OF_SOME: dict[str, dict[str, Callable[[Any], bool]]] = {
    "marking-definition": {"definition_type": _is_text, "definition": lambda value: isinstance(value, dict)},
}
# What is looked at, in this order: the times, then the rest.
_OF_DOMAIN_TYPES = (("created", "modified", *sorted(_TIMES)), _OF_ALL | _OF_DOMAIN)
_OF_OTHERS = (("created", "modified"), _OF_ALL)
_OF_KINDS = {kind: (("created", "modified"), _OF_ALL | more) for kind, more in _OF_SOME.items()}
