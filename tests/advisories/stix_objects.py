"""STIX objects and sources as tests write them: short, with times that follow each other."""

import itertools
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests import factories
from warp_hub import db
from warp_hub.advisories import sources
from warp_hub.advisories.models import Source, SourceKind
from warp_hub.memberships.models import Warp
from warp_hub.stix import marking_ref
from warp_hub.tlp import Marking

_numbers = itertools.count(1)
EARLY, LATE, LATER = "2026-01-01T10:00:00.000Z", "2026-02-01T10:00:00.000Z", "2026-03-01T10:00:00.000Z"

Stix = dict[str, Any]


def made(kind: str, *, marking: Marking | str | None = None, modified: str = EARLY, **given: Any) -> Stix:
    """Return an object of a type; `marking` is a label or the id of a marking definition."""
    obj = {
        "type": kind,
        "spec_version": "2.1",
        "id": f"{kind}--{uuid4()}",
        "created": EARLY,
        "modified": modified,
        **given,
    }
    if marking is not None:
        obj["object_marking_refs"] = [marking_ref(marking) if isinstance(marking, Marking) else marking]
    return obj


def report(*refers_to: Stix, name: str = "", **given: Any) -> Stix:
    """Return a report that refers to these objects."""
    name = name or f"Patch now {next(_numbers)}"
    refs = [obj["id"] for obj in refers_to] or [f"indicator--{uuid4()}"]
    return made("report", name=name, published=EARLY, object_refs=refs, **given)


def indicator(value: str = "", **given: Any) -> Stix:
    """Return an indicator of an address."""
    value = value or f"evil-{next(_numbers)}.example"
    pattern = f"[domain-name:value = '{value}']"
    return made("indicator", name=value, pattern=pattern, pattern_type="stix", valid_from=EARLY, **given)


def relationship(source: Stix, verb: str, target: Stix, **given: Any) -> Stix:
    """Return a relationship between two objects."""
    ends = {"source_ref": source["id"], "target_ref": target["id"]}
    return made("relationship", relationship_type=verb, **ends, **given)


def definition(statement: str = "Copyright somebody.") -> Stix:
    """Return a marking definition that is no label."""
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": f"marking-definition--{uuid4()}",
        "created": EARLY,
        "definition_type": "statement",
        "definition": {"statement": statement},
    }


def newer(obj: Stix, modified: str = LATE, **changes: Any) -> Stix:
    """Return a newer version of an object."""
    return {**obj, "modified": modified, **changes}


def bundle(objects: Iterable[Stix]) -> str:
    """Return a bundle as text."""
    return json.dumps({"type": "bundle", "id": f"bundle--{uuid4()}", "objects": list(objects)})


class Feed:
    """A source that reads a file, which a test rewrites at will, or what lies at an address."""

    def __init__(
        self,
        folder: Path,
        *warps: Warp,
        marking: Marking = Marking.GREEN,
        trusted: bool = False,
        kind: SourceKind = SourceKind.BUNDLE,
        url: str = "",
    ) -> None:
        self.warps = warps or (factories.warp(),)
        self.file = folder / f"feed-{next(_numbers)}.json"
        self.source = sources.add(
            f"Feed {next(_numbers)}",
            url or str(self.file),
            kind,
            [warp.slug for warp in self.warps],
            marking.value,
            trusted=trusted,
            allow_private=True,
        )
        db.session.commit()
        db.session.expunge_all()

    def offers(self, *objects: Any) -> "Feed":
        """Let the source offer these objects from now on."""
        self.file.write_text(bundle(objects))
        return self

    @property
    def now(self) -> Source:
        """Return the source as it stands in the database."""
        db.session.expunge_all()
        db.session.rollback()
        return sources.find(self.source.id)
