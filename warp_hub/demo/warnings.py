"""The sixty warnings of the demonstration as STIX 2.1, made from warnings.txt; every id is always the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from warp_hub import stix
from warp_hub.tlp import Marking

SPACE = UUID("0f6d1a1e-77a6-4b3f-9a55-2f1c1d5f7a10")
SOURCE_NAME = "National Cyber Warnings (demonstration)"
UNKNOWN_LABEL = f"marking-definition--{uuid5(SPACE, 'a label of its own')}"
UPDATED, WITHDRAWN, EMBARGOED = "FortiOS", "Zoom Rooms", "Fixed next week"
NETWORKS = ("192.0.2", "198.51.100", "203.0.113")


@dataclass(frozen=True)
class Row:
    """One line of warnings.txt."""

    number: int
    label: str
    severity: str
    title: str
    vendor: str
    product: str
    score: str
    known: str
    steps: tuple[str, ...]


def rows() -> list[Row]:
    """Return the warnings as they are written down, oldest last line first."""
    lines = (Path(__file__).parent / "warnings.txt").read_text(encoding="utf-8").splitlines()
    told = [[part.strip() for part in line.split(" | ")] for line in lines if line and not line.startswith("#")]
    return [
        Row(
            number, label, severity, title, vendor, product, score, known, tuple(step.strip() for step in do.split(";"))
        )
        for number, (label, severity, title, vendor, product, score, known, do) in enumerate(told)
    ]


def issued(row: Row, now: datetime) -> datetime:
    """Return when the source issued a warning: the first lines are the newest."""
    spread = timedelta(hours=11 * row.number + 5)
    recent = row.label in ("RED", "UNKNOWN") or row.title.startswith(EMBARGOED)
    return (now - (timedelta(hours=row.number % 7 + 2) if recent else spread)).replace(microsecond=0)


def objects(now: datetime) -> list[tuple[datetime, dict[str, Any]]]:
    """Return everything the source held at first, each with when it was added, oldest first."""
    made = [(now - timedelta(days=40), _identity(now))]
    for row in rows():
        made += [(issued(row, now), thing) for thing in _warning(row, issued(row, now))]
    return sorted(made, key=lambda pair: pair[0])


def later(now: datetime) -> list[tuple[datetime, dict[str, Any]]]:
    """Return what the source added afterwards: one warning updated, one withdrawn."""
    updated = next(row for row in rows() if row.title.startswith(UPDATED))
    withdrawn = next(row for row in rows() if row.title.startswith(WITHDRAWN))
    new = _report(updated, issued(updated, now), [*_parts(updated)])
    new["modified"] = _time(now)
    new["description"] += "\n\nUpdate: 7.4.8, which an earlier issue of this warning named, does not close the flaw."
    gone = _report(withdrawn, issued(withdrawn, now), [*_parts(withdrawn)])
    gone |= {"modified": _time(now), "revoked": True}
    return [(now, new), (now, gone)]


def _warning(row: Row, at: datetime) -> Iterator[dict[str, Any]]:
    parts = [{**part, "created": _time(at), "modified": _time(at)} for part in _parts(row)]
    yield from parts
    yield _report(row, at, parts)


def _report(row: Row, at: datetime, parts: list[dict[str, Any]]) -> dict[str, Any]:
    steps = "\n".join(f"- {step}" for step in row.steps)
    return _thing(
        "report",
        row.title,
        row,
        created=_time(at),
        modified=_time(at),
        published=_time(at),
        name=row.title,
        description=f"{row.known}\n\n## What to do\n\n{steps}",
        report_types=["vulnerability"] if row.score != "-" else ["threat-report"],
        object_refs=[part["id"] for part in parts] or [_identity_id()],
        labels=[row.severity],
        external_references=[
            {"source_name": SOURCE_NAME, "external_id": f"NCW-2026-{400 - row.number}"},
            {"source_name": "Supplier's notice", "url": f"https://notices.example/{row.number}"},
        ],
    )


def _parts(row: Row) -> list[dict[str, Any]]:
    made = []
    if row.score != "-":
        cve = f"CVE-2026-{90000 + row.number}"
        made.append(
            _thing(
                "vulnerability",
                cve,
                row,
                name=cve,
                description=row.known,
                external_references=[{"source_name": "cve", "external_id": cve}],
                x_cvss_score=float(row.score),
            )
        )
    if row.vendor != "-":
        software = _thing("software", row.product, row, name=row.product, vendor=row.vendor)
        made.append({key: value for key, value in software.items() if key not in ("created", "modified", "labels")})
    if row.severity == "act-today" or row.label == "AMBER":
        made += [_indicator(row, number) for number in range(3)]
    return made


def _indicator(row: Row, number: int) -> dict[str, Any]:
    address = f"{NETWORKS[number % 3]}.{(row.number * 7 + number * 31) % 250 + 1}"
    domain = f"update-{row.number}-{number}.attacker.example"
    digest = f"{row.number:02x}{number:02x}" * 16
    pattern = (
        f"[ipv4-addr:value = '{address}']",
        f"[domain-name:value = '{domain}']",
        f"[file:hashes.'SHA-256' = '{digest}']",
    )[number]
    return _thing(
        "indicator",
        f"{row.title} {number}",
        row,
        name=f"Seen with: {row.title}",
        pattern=pattern,
        pattern_type="stix",
        valid_from="2026-10-01T00:00:00.000Z",
        indicator_types=["malicious-activity"],
    )


def _thing(kind: str, called: str, row: Row, **more: Any) -> dict[str, Any]:
    label = UNKNOWN_LABEL if row.label == "UNKNOWN" else stix.marking_ref(Marking(f"TLP:{row.label}"))
    thing = {
        "type": kind,
        "spec_version": "2.1",
        "id": f"{kind}--{uuid5(SPACE, f'{row.number} {kind} {called}')}",
        "created_by_ref": _identity_id(),
        "object_marking_refs": [label],
        **more,
    }
    if kind == "software":
        del thing["created_by_ref"]
    return thing


def _identity(now: datetime) -> dict[str, Any]:
    at = _time(now - timedelta(days=40))
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": _identity_id(),
        "created": at,
        "modified": at,
        "name": SOURCE_NAME,
        "identity_class": "organization",
        "object_marking_refs": [stix.marking_ref(Marking.CLEAR)],
    }


def _identity_id() -> str:
    return f"identity--{uuid5(SPACE, 'source')}"


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
