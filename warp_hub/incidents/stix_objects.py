"""An incident as STIX 2.1: by the WARP, at the time its batch went out, under ids that mean nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from warp_hub import stix
from warp_hub.db import new_id
from warp_hub.stix import IndicatorKind, IndicatorValue
from warp_hub.tlp import Marking

# A WARP is not made anew with each incident.
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


@dataclass(frozen=True)
class Told:
    """What an incident says, for whoever reads it by a tool."""

    title: str
    description: str
    marking: Marking
    indicators: Sequence[IndicatorValue]
    limits: Sequence[str]


def identity_of(warp_id: UUID, name: str) -> dict[str, Any]:
    """Return the WARP as the maker of its incidents."""
    from stix2.v21 import Identity  # noqa: PLC0415

    since = {"created": _IDENTITY_SINCE, "modified": _IDENTITY_SINCE}
    return _plain(Identity(id=_maker(warp_id), name=name, identity_class="organization", **since))


def objects_of(told: Told, warp_id: UUID, at: datetime) -> list[dict[str, Any]]:
    """Return the incident, its indicators, the report that holds them together, and the limits set on all of it."""
    from stix2.v21 import Incident, Indicator, Report  # noqa: PLC0415

    limits = list(_limits(told.limits, warp_id, at))
    every = {
        "created_by_ref": _maker(warp_id),
        "created": at,
        "modified": at,
        "object_marking_refs": [stix.marking_ref(told.marking), *(limit["id"] for limit in limits)],
    }
    incident = Incident(id=_id("incident"), name=told.title, description=told.description, **every)
    indicators = [
        Indicator(
            id=_id("indicator"),
            name=found.value,
            description=f"Seen in this incident: {told.title}",
            pattern=pattern_of(found),
            pattern_type="stix",
            valid_from=at,
            indicator_types=["malicious-activity"],
            **every,
        )
        for found in told.indicators
    ]
    report = Report(
        id=_id("report"),
        name=told.title,
        description=told.description,
        published=at,
        report_types=["indicator" if indicators else "threat-report"],
        object_refs=[incident["id"], *(one["id"] for one in indicators)],
        **every,
    )
    return [*limits, *(_plain(one) for one in (incident, *indicators, report))]


def pattern_of(found: IndicatorValue) -> str:
    """Return the pattern that recognises a value."""
    written = found.value.replace("\\", "\\\\").replace("'", "\\'")
    return f"[{_PATTERNS[found.kind]} = '{written}']"


def _limits(words: Iterable[str], warp_id: UUID, at: datetime) -> Iterable[dict[str, Any]]:
    from stix2.v21 import MarkingDefinition, StatementMarking  # noqa: PLC0415

    for said in words:
        yield _plain(
            MarkingDefinition(
                id=_id("marking-definition"),
                created_by_ref=_maker(warp_id),
                created=at,
                definition_type="statement",
                definition=StatementMarking(statement=said),
            )
        )


def _maker(warp_id: UUID) -> str:
    return f"identity--{warp_id}"


def _id(of_type: str) -> str:
    return f"{of_type}--{new_id()}"


def _plain(made: Any) -> dict[str, Any]:
    plain: dict[str, Any] = orjson.loads(made.serialize())
    return plain
