"""STIX bundles of any size, for pulls that are to meet trouble on their way."""

import json
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5


def bundle(file: Path, objects: int, padding: int = 0) -> Path:
    """Write a bundle of so many indicators; each is always the same, and as long as the padding makes it."""
    told = [_indicator(number, "x" * padding) for number in range(objects)]
    file.write_text(json.dumps({"type": "bundle", "id": f"bundle--{_id('bundle')}", "objects": told}))
    return file


def _indicator(number: int, description: str) -> dict[str, str]:
    moment = f"2026-01-01T00:{number // 60 % 60:02}:{number % 60:02}.{number // 3600:03}Z"
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--{_id(str(number))}",
        "created": moment,
        "modified": moment,
        "valid_from": moment,
        "name": f"Address {number}",
        "description": description,
        "pattern_type": "stix",
        "pattern": f"[domain-name:value = 'a-{number}.example']",
    }


def _id(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"https://feed.example/{name}"))
