"""The vulnerabilities of a CSAF or VEX document: how grave each is, for which products, and what helps."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from feeds import made, vectors
from feeds.csaf_products import Tree

MOST = 200
_MOST_SCORES, _MOST_IDS = 200, 20_000
_CVE = re.compile(r"CVE-\d{4}-\d{4,7}", re.ASCII | re.IGNORECASE)
_EXPLOITED = re.compile(r"(?<!publicly )\bexploited\s*[:=]\s*yes\b|\bexploitation detected\b", re.IGNORECASE)
_AFFECTED = ("known_affected", "first_affected", "last_affected", "recommended", "fixed", "under_investigation")
_STATES = (*_AFFECTED, "first_fixed", "known_not_affected")


@dataclass(frozen=True)
class Vulnerability:
    """One vulnerability; `concerned` are the ids of the products that it may touch."""

    name: str
    cve: str
    title: str
    text: str
    cwe: str
    score: float | None
    vector: str
    is_exploited: bool
    concerned: list[str]
    names: dict[str, list[str]]
    why_not: list[str]
    remediations: list[dict[str, Any]]
    references: list[dict[str, Any]]


def read(document: dict[str, Any], tree: Tree) -> list[Vulnerability]:
    """Return the vulnerabilities of a document, at most two hundred."""
    return [_read_one(each, tree) for each in made.members(document.get("vulnerabilities"), MOST)]


def _read_one(data: dict[str, Any], tree: Tree) -> Vulnerability:
    cve = made.line(data.get("cve"), 40).upper()
    cve = cve if _CVE.fullmatch(cve) else ""
    title = made.line(data.get("title"), 200)
    status = {state: _ids(made.inside(data.get("product_status")).get(state)) for state in _STATES}
    concerned = list(dict.fromkeys(each for state in _AFFECTED for each in status[state]))
    score, vector = _score(data, set(concerned), is_vex=any(status.values()))
    return Vulnerability(
        name=cve or title or next(_other_names(data), "") or "Vulnerability without a number",
        cve=cve,
        title=title,
        text=_text(data),
        cwe=made.line(made.inside(data.get("cwe")).get("id"), 20),
        score=score,
        vector=vector,
        is_exploited=_is_exploited(data),
        concerned=concerned,
        names={state: tree.names(ids) for state, ids in status.items()},
        why_not=_why_not(data, set(status["known_not_affected"])),
        remediations=made.members(data.get("remediations"), 200),
        references=made.members(data.get("references"), 50),
    )


def _ids(value: object) -> list[str]:
    return made.texts(value, _MOST_IDS)


def _other_names(data: dict[str, Any]) -> Iterator[str]:
    yield from (made.line(each.get("text"), 100) for each in made.members(data.get("ids"), 5))


def _text(data: dict[str, Any]) -> str:
    notes = made.members(data.get("notes"), 20)
    wanted = [note for note in notes if note.get("category") in ("summary", "description")] or [
        note for note in notes if note.get("category") in ("general", "details")
    ]
    return "\n\n".join(made.prose(note.get("text"), 4000) for note in wanted[:2])


def _score(data: dict[str, Any], concerned: set[str], *, is_vex: bool) -> tuple[float | None, str]:
    """Return the highest base score among products that it may touch: CVSS 4 or 3, else 2."""
    found: list[tuple[bool, float, str]] = []
    for products, versions in _metrics(data):
        if is_vex and products and not concerned.intersection(products):
            continue
        for version in ("cvss_v4", "cvss_v3", "cvss_v2"):
            graded = _graded(made.inside(versions.get(version)))
            found += [(version != "cvss_v2", *graded)] if graded else []
    if not found or (is_vex and not concerned):
        return None, ""
    _, score, vector = max(found)
    return score, vector


def _graded(given: dict[str, Any]) -> tuple[float, str] | None:
    """Return the base score as it is given, or as it follows from the vector."""
    base, vector = given.get("baseScore"), made.line(given.get("vectorString"), 200)
    if isinstance(base, int | float) and not isinstance(base, bool) and 0 <= base <= 10:
        return float(base), vector
    return vectors.highest(vector)


def _metrics(data: dict[str, Any]) -> Iterator[tuple[list[str], dict[str, Any]]]:
    """Yield scores with the products they are for, as CSAF 2.0 and as 2.1 write them."""
    yield from ((_ids(each.get("products")), each) for each in made.members(data.get("scores"), _MOST_SCORES))
    for each in made.members(data.get("metrics"), _MOST_SCORES):
        yield _ids(each.get("products")), made.inside(each.get("content"))


def _is_exploited(data: dict[str, Any]) -> bool:
    if made.members(data.get("first_known_exploitation_dates"), 1):
        return True
    threats = (each for each in made.members(data.get("threats"), 200) if each.get("category") == "exploit_status")
    return any(_EXPLOITED.search(made.line(each.get("details"), 1000)) for each in threats)


def _why_not(data: dict[str, Any], unharmed: set[str]) -> list[str]:
    said = (
        made.line(each.get("details"))
        for each in made.members(data.get("threats"), 200)
        if each.get("category") == "impact" and unharmed.intersection(_ids(each.get("product_ids")))
    )
    flags = (
        made.line(each.get("label"), 80).replace("_", " ")
        for each in made.members(data.get("flags"), 200)
        if not each.get("product_ids") or unharmed.intersection(_ids(each.get("product_ids")))
    )
    return list(dict.fromkeys(filter(None, (*said, *flags))))[:5]
