"""STIX objects for the tests."""

import uuid
from datetime import datetime, timedelta
from typing import Any

_NAMESPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")


def stix_id(kind: str, number: int | str) -> str:
    return f"{kind}--{uuid.uuid5(_NAMESPACE, f'{kind} {number}')}"


def moment(number: int) -> str:
    """Return a time that grows with the number."""
    return (datetime(2025, 1, 1) + timedelta(seconds=number)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def indicator(number: int = 0, **changes: Any) -> dict[str, Any]:
    """Return a sound STIX 2.1 indicator."""
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": stix_id("indicator", number),
        "created": moment(number),
        "modified": moment(number),
        "name": f"Address {number}",
        "indicator_types": ["malicious-activity"],
        "pattern": f"[ipv4-addr:value = '198.51.100.{number % 256}']",
        "pattern_type": "stix",
        "valid_from": moment(number),
    } | changes


def without(data: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in names}


def bundle(objects: list[Any], **more: Any) -> dict[str, Any]:
    return {"type": "bundle", "id": stix_id("bundle", 0), "objects": objects} | more
