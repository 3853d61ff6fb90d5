"""How urgent a source calls what it sends: by its words and scores, and by a CVSS vector that has no score."""

from collections.abc import Iterator, Mapping
from typing import Any

from feeds import vectors
from warp_hub import stix

_SCORED = "CVSS "
_MOST = 50


def hint_of(obj: Mapping[str, Any]) -> stix.SeverityHint | None:
    """Return the most urgent of what a source says of an object; a vector counts only where no score is given."""
    hints = stix.severity_hints(obj)
    if not any(hint.why.startswith(_SCORED) for hint in hints):
        graded = vectors.highest(*_vectors_of(obj))
        hints += [stix.hint_of_score(graded[0])] if graded else []
    return stix.most_urgent(hints)


def _vectors_of(obj: Mapping[str, Any]) -> Iterator[object]:
    """Yield what may hold a vector: properties and references named for it, and labels."""
    for name, value in obj.items():
        if name.lower().startswith("x_") and ("cvss" in name.lower() or "vector" in name.lower()):
            yield from value.values() if isinstance(value, Mapping) else (value,)
    labels = obj.get("labels")
    yield from labels[:_MOST] if isinstance(labels, list) else ()
    for reference in stix.references(obj):
        if "cvss" in reference.source_name.lower():
            yield from (reference.external_id, reference.description)
