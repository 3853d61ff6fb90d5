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
from warp_hub.stix.objects import (
    created_by,
    fault_of,
    is_revoked,
    is_stix_id,
    read_timestamp,
    refers_to,
    version_of,
)
from warp_hub.stix.patterns import indicator_values, observable_values
from warp_hub.stix.references import (
    Reference,
    SeverityHint,
    cves,
    hint_of_score,
    most_urgent,
    references,
    safe_url,
    severity_hints,
)
from warp_hub.stix.titles import summary_of, title_of, type_name
from warp_hub.stix.values import IndicatorKind, IndicatorValue

__all__ = [
    "IndicatorKind",
    "IndicatorValue",
    "MarkingReading",
    "Pap",
    "Reading",
    "Reference",
    "SeverityHint",
    "created_by",
    "cves",
    "fault_of",
    "hint_of_score",
    "indicator_values",
    "is_revoked",
    "is_stix_id",
    "legacy_marking_ref",
    "marking_object",
    "marking_objects",
    "marking_ref",
    "most_urgent",
    "observable_values",
    "read_label",
    "read_markings",
    "read_timestamp",
    "references",
    "refers_to",
    "safe_url",
    "severity_hints",
    "summary_of",
    "title_of",
    "type_name",
    "version_of",
]
