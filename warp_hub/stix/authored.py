"""What the STIX that we write ourselves has in common: its maker, the patterns of its values, the limits set on it."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import orjson

from warp_hub.stix.values import IndicatorKind, IndicatorValue

# A WARP is not made anew with each thing it says.
_IDENTITY_SINCE = datetime(2026, 1, 1, tzinfo=UTC)
_PATTERNS = {
    IndicatorKind.IPV4: "ipv4-addr:value",
    IndicatorKind.IPV6: "ipv6-addr:value",
    IndicatorKind.DOMAIN: "domain-name:value",
    IndicatorKind.URL: "url:value",
    IndicatorKind.EMAIL: "email-addr:value",
    IndicatorKind.MD5: "file:hashes.MD5",
    IndicatorKind.SHA1: "file:hashes.'SHA-1'",
    IndicatorKind.SHA256: "file:hashes.'SHA-256'",
    IndicatorKind.SHA512: "file:hashes.'SHA-512'",
    IndicatorKind.FILE_NAME: "file:name",
    IndicatorKind.FILE_PATH: "directory:path",
}


def identity_of(warp_id: UUID, name: str) -> dict[str, Any]:
    """Return the WARP as the maker of what it says."""
    from stix2.v21 import Identity  # noqa: PLC0415

    since = {"created": _IDENTITY_SINCE, "modified": _IDENTITY_SINCE}
    return plain(Identity(id=maker(warp_id), name=name, identity_class="organization", **since))


def maker(warp_id: UUID) -> str:
    """Return the id of a WARP as the maker of what it says."""
    return f"identity--{warp_id}"


def pattern_of(found: IndicatorValue) -> str:
    """Return the pattern that recognises a value."""
    written = found.value.replace("\\", "\\\\").replace("'", "\\'")
    return f"[{_PATTERNS[found.kind]} = '{written}']"


def limits_of(words: Iterable[str], warp_id: UUID, at: datetime) -> Iterator[dict[str, Any]]:
    """Yield the limits that a WARP sets in words, as markings to refer to."""
    from stix2.v21 import MarkingDefinition, StatementMarking  # noqa: PLC0415

    for said in words:
        yield plain(
            MarkingDefinition(
                id=fresh_id("marking-definition"),
                created_by_ref=maker(warp_id),
                created=at,
                definition_type="statement",
                definition=StatementMarking(statement=said),
            )
        )


def fresh_id(of_type: str) -> str:
    """Return an id that means nothing."""
    return f"{of_type}--{uuid4()}"


def plain(made: Any) -> dict[str, Any]:
    """Return an object of python-stix2 as plain data, in the words that are stored and served."""
    data: dict[str, Any] = orjson.loads(made.serialize())
    return data
