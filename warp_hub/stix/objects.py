"""Facts about one object: which version it is, what it refers to, and whether its shape is sound."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_TYPE = r"[a-z0-9](?:[a-z0-9-]{0,248}[a-z0-9])?"
_ID = re.compile(rf"({_TYPE})--{_UUID}", re.IGNORECASE)
_FIRST, _LAST = re.compile(_TYPE, re.IGNORECASE), re.compile(f"--{_UUID}", re.IGNORECASE)
_LAST_LENGTH = 38
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\d)(?:\.(\d{1,6})\d{0,24})?Z", re.ASCII)
_CONTAINERS = (dict, list, Mapping)
_ABOUT_THE_OBJECT = frozenset({"created_by_ref", "object_marking_refs", "granular_markings"})


def read_timestamp(text: object) -> datetime | None:
    """Return the moment a STIX timestamp names, to the microsecond; None for anything outside its grammar."""
    found = _TIME.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    second, fraction = found.groups()
    try:
        # The grammar is checked: of what is left it takes none for another moment.
        return datetime.fromisoformat(f"{second}.{fraction or '0':0<6}+00:00")
    except ValueError:
        return None


def version_of(obj: Mapping[str, Any]) -> datetime:
    """Return when this version was made: modified, else created, else a fixed moment (observed objects)."""
    return read_timestamp(obj.get("modified")) or read_timestamp(obj.get("created")) or EPOCH


def is_revoked(obj: Mapping[str, Any]) -> bool:
    """Say whether its source has withdrawn the object."""
    return obj.get("revoked") is True


def is_stix_id(text: object) -> bool:
    """Say whether a text has the shape of a STIX id."""
    # In two parts: whole, each beginning of the number would be tried as a part of the type.
    return (
        isinstance(text, str)
        and _LAST.fullmatch(text[-_LAST_LENGTH:]) is not None
        and _FIRST.fullmatch(text[:-_LAST_LENGTH]) is not None
    )


def fault_of(obj: object) -> str | None:
    """Return in plain words why an object cannot be stored, or None when its shape is sound."""
    if not isinstance(obj, Mapping):
        return "not an object"
    object_id, object_type = obj.get("id"), obj.get("type")
    if not isinstance(object_type, str) or re.fullmatch(_TYPE, object_type) is None:
        return "no type, or a type outside the grammar"
    found = _ID.fullmatch(object_id) if isinstance(object_id, str) else None
    if found is None:
        return "no id, or an id outside the grammar"
    if found[1] != object_type:
        return "the id does not begin with the type"
    for key in ("created", "modified"):
        if key in obj and read_timestamp(obj[key]) is None:
            return f"{key} is not a time as STIX writes it"
    return None


def created_by(obj: Mapping[str, Any]) -> str | None:
    """Return the id of the identity that made the object, or None."""
    maker = obj.get("created_by_ref")
    return maker if is_stix_id(maker) else None


def refers_to(obj: Mapping[str, Any]) -> frozenset[str]:
    """Return every STIX id an object refers to at any depth, apart from its maker, its markings and itself."""
    own_id = obj.get("id")
    return frozenset(text for text in _referred(obj) if isinstance(text, str) and text != own_id and is_stix_id(text))


def _referred(obj: Mapping[str, Any]) -> Iterator[object]:
    waiting: list[object] = [obj]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting.extend(inner for inner in part if isinstance(inner, _CONTAINERS))
        elif isinstance(part, Mapping):
            for key, value in part.items():
                if key in _ABOUT_THE_OBJECT:
                    continue
                if isinstance(key, str) and key.endswith(("_ref", "_refs")):
                    yield from value if isinstance(value, list) else [value]
                if not isinstance(value, str) and isinstance(value, _CONTAINERS):
                    waiting.append(value)
