"""An incident as STIX 2.1: by the WARP, at the time its batch went out, under ids that mean nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from warp_hub import stix
from warp_hub.stix import IndicatorValue
from warp_hub.stix.authored import fresh_id, identity_of, limits_of, maker, pattern_of, plain
from warp_hub.tlp import Marking

__all__ = ["Told", "identity_of", "objects_of", "pattern_of"]


@dataclass(frozen=True)
class Told:
    """What an incident says, for whoever reads it by a tool."""

    title: str
    description: str
    marking: Marking
    indicators: Sequence[IndicatorValue]
    limits: Sequence[str]


def objects_of(told: Told, warp_id: UUID, at: datetime) -> list[dict[str, Any]]:
    """Return the incident, its indicators, the report that holds them together, and the limits set on all of it."""
    from stix2.v21 import Incident, Indicator, Report  # noqa: PLC0415

    limits = list(limits_of(told.limits, warp_id, at))
    every = {
        "created_by_ref": maker(warp_id),
        "created": at,
        "modified": at,
        "object_marking_refs": [stix.marking_ref(told.marking), *(limit["id"] for limit in limits)],
    }
    incident = Incident(id=fresh_id("incident"), name=told.title, description=told.description, **every)
    indicators = [
        Indicator(
            id=fresh_id("indicator"),
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
        id=fresh_id("report"),
        name=told.title,
        description=told.description,
        published=at,
        report_types=["indicator" if indicators else "threat-report"],
        object_refs=[incident["id"], *(one["id"] for one in indicators)],
        **every,
    )
    return [*limits, *(plain(one) for one in (incident, *indicators, report))]
