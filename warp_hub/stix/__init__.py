"""What STIX objects say: their labels, their values, their references, in words a page can show."""

from warp_hub.stix.labels import Pap, Reading, read_label
from warp_hub.stix.markings import (
    MarkingReading,
    legacy_marking_ref,
    marking_object,
    marking_objects,
    marking_ref,
    read_markings,
)
from warp_hub.stix.patterns import indicator_values, observable_values
from warp_hub.stix.values import IndicatorKind, IndicatorValue

__all__ = [
    "IndicatorKind",
    "IndicatorValue",
    "MarkingReading",
    "Pap",
    "Reading",
    "indicator_values",
    "legacy_marking_ref",
    "marking_object",
    "marking_objects",
    "marking_ref",
    "observable_values",
    "read_label",
    "read_markings",
]
