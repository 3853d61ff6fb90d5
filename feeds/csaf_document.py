"""One CSAF document (VEX among them) made into a warning, its vulnerabilities and its products."""

import re
from typing import Any
from urllib.parse import urlsplit

from feeds import csaf_products, csaf_vulnerabilities, csaf_words, documents, made, moments, strict_json
from feeds.contract import BadObject, Limits, NotStix, Original, StixObject
from feeds.csaf_vulnerabilities import Vulnerability
from feeds.made import Stix
from feeds.strict_json import Raw

_VERSIONS = ("2.0", "2.1")
_MOST_REVISIONS, _MOST_LINKS = 500, 60
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}")
_NO_LIMIT = re.compile(
    r"disclosure is not limited\.?|(distribution is )?unlimited\.?|(copyright\b|\(c\)|©).{0,200}|", re.IGNORECASE
)
_IN_A_NAME = re.compile(r"[^A-Za-z0-9._-]+")
WITHDRAWN = "csaf_withdrawn"
_NO_CSAF = "This is JSON, but not a CSAF document."
_OTHERS = {
    "feed": "This is a ROLIE feed: enter its https address, and the documents that it lists are read.",
    "objects": "This is STIX, not a CSAF document: add it as a source of the kind bundle.",
    "vulnerabilities": "This is a list of vulnerabilities, not a CSAF document: add it as a source of the kind kev.",
}


def read(raw: Raw, limits: Limits) -> list[StixObject | BadObject]:
    """Return what comes of one document; raise NotStix where it is no CSAF document at all."""
    data = parsed(raw)
    if not isinstance(data.get("document"), dict):
        raise NotStix(next((said for name, said in _OTHERS.items() if name in data), _NO_CSAF))
    try:
        objects = _objects(data)
        *behind, report = objects
        original = Original("application/json", f"{_file_name(data)}.json", bytes(raw))
        return [*(documents.sound(each, limits) for each in behind), documents.sound(report, limits, original)]
    except documents.Refused as refused:
        return [BadObject(bytes(raw[: limits.object_bytes]), str(refused))]


def parsed(raw: Raw, most: int = strict_json.SMALL) -> dict[str, Any]:
    """Return a JSON document that is an object; raise NotStix where it is anything else."""
    documents.refuse_other_formats(raw, "CSAF")
    data = strict_json.parse(raw, most)
    if not isinstance(data, dict):
        raise NotStix(_NO_CSAF)
    return data


def _objects(data: dict[str, Any]) -> list[Stix]:
    """Return the objects, the warning last."""
    document, tracking = data["document"], made.inside(data["document"].get("tracking"))
    _refuse_incomplete(document, tracking)
    publisher = made.inside(document.get("publisher"))
    who = made.identity(made.line(publisher.get("name"), 200), made.line(publisher.get("namespace"), 200))
    tree = csaf_products.Tree(made.inside(data.get("product_tree")))
    vulnerabilities = csaf_vulnerabilities.read(data, tree)
    limits, labels = _handling(document)
    key = (made.line(publisher.get("namespace")) or who["name"], made.line(tracking.get("id")))
    frame = _frame(tracking, who["id"], labels)
    weak = [_vulnerability(one, place, key, frame) for place, one in enumerate(vulnerabilities)]
    concerned = [each for one in vulnerabilities for each in one.concerned]
    products = tree.products(concerned if vulnerabilities else tree.ids())
    wares = [made.software(one.name, one.vendor, one.cpe, tuple(labels)) for one in products]
    behind = list({each["id"]: each for each in (*weak, *wares)}.values())
    report = _report(document, key, frame, vulnerabilities)
    return [*limits, who, *behind, report | {"object_refs": [each["id"] for each in behind] or [who["id"]]}]


def _refuse_incomplete(document: dict[str, Any], tracking: dict[str, Any]) -> None:
    if document.get("csaf_version") not in _VERSIONS:
        raise documents.Refused("its version of CSAF is not one that we read (2.0 and 2.1)")
    if not made.line(document.get("title")):
        raise documents.Refused("it has no title")
    if not made.line(tracking.get("id")):
        raise documents.Refused("it has no id")


def _handling(document: dict[str, Any]) -> tuple[list[Stix], list[str]]:
    """Return the markings a document defines, and the ids of those it has: its label, and limits in words."""
    distribution = made.inside(document.get("distribution"))
    word, said = made.inside(distribution.get("tlp")).get("label"), made.line(distribution.get("text"), 1500)
    labels = [made.label_ref(str(word))] if word is not None else []
    limits = [] if _NO_LIMIT.fullmatch(said) else [made.statement(said)]
    return limits, [*labels, *(each["id"] for each in limits)]


def _frame(tracking: dict[str, Any], author: str, labels: list[str]) -> Stix:
    """Return what the warning and its vulnerabilities have in common: times, author and markings."""
    revisions = made.members(tracking.get("revision_history"), _MOST_REVISIONS)
    told = [tracking.get("current_release_date"), *(each.get("date") for each in revisions)]
    moments_told = [moment for each in told if (moment := moments.of_rfc3339(each))]
    if not moments_told:
        raise documents.Refused("it does not say when it was released")
    modified = max(moments_told)
    begun = moments.of_rfc3339(tracking.get("initial_release_date")) or min(moments_told)
    frame = {"spec_version": "2.1", "created_by_ref": author, "created": min(begun, modified), "modified": modified}
    return frame | ({"object_marking_refs": labels} if labels else {})


def _vulnerability(one: Vulnerability, place: int, key: tuple[str, str], frame: Stix) -> Stix:
    named = [{"source_name": "cve", "external_id": one.cve}] if one.cve else []
    named += [{"source_name": "cwe", "external_id": one.cwe}] if one.cwe else []
    return made.compact(
        {
            "type": "vulnerability",
            "id": made.stix_id("vulnerability", *key, one.cve or f"{place} {one.name}"),
            **frame,
            "name": one.name,
            "description": one.text or one.title,
            "external_references": named,
            made.EXPLOITED: one.is_exploited,
            made.CVSS: one.score,
            made.CVSS_VECTOR: one.vector,
        }
    )


def _report(document: dict[str, Any], key: tuple[str, str], frame: Stix, vulnerabilities: list[Vulnerability]) -> Stix:
    grave = max((one.score for one in vulnerabilities if one.score is not None), default=None)
    category, language = made.line(document.get("category"), 60), made.line(document.get("lang"), 40)
    return made.compact(
        {
            "type": "report",
            "id": made.stix_id("report", "csaf", *key),
            **frame,
            "revoked": category == WITHDRAWN,
            "lang": language if _LANGUAGE.fullmatch(language) else "",
            "name": made.line(document.get("title")),
            "description": csaf_words.description(document, vulnerabilities),
            "published": frame["created"],
            "report_types": ["vulnerability"] if vulnerabilities else [],
            "labels": [category.replace("_", "-")] if category else [],
            "external_references": _references(document, key[1], vulnerabilities),
            made.EXPLOITED: any(one.is_exploited and one.concerned for one in vulnerabilities),
            made.CVSS: grave,
            made.SEVERITY: made.severity(made.inside(document.get("aggregate_severity")).get("text")),
        }
    )


def _references(document: dict[str, Any], tracking_id: str, vulnerabilities: list[Vulnerability]) -> list[Stix]:
    given = made.members(document.get("references"), _MOST_LINKS)
    own = [made.web(each.get("url")) for each in given if each.get("category") == "self"]
    page = next((url for url in own if url and not url.lower().endswith(".json")), "") or next(filter(None, own), "")
    author = made.line(made.inside(document.get("publisher")).get("name"), 200) or "Publisher"
    found = [made.compact({"source_name": author, "external_id": tracking_id, "url": page})]
    found += [{"source_name": "cve", "external_id": one.cve} for one in vulnerabilities if one.cve]
    told = {page, *own}
    for each in (*given, *(link for one in vulnerabilities for link in one.references)):
        url = made.web(each.get("url"))
        if url and url not in told and len(told) < _MOST_LINKS:
            told.add(url)
            name = made.line(each.get("summary"), 150)
            host = urlsplit(url).hostname or ""
            found.append({"source_name": name if name and not made.web(name) else host, "url": url})
    return found


def _file_name(data: dict[str, Any]) -> str:
    named = made.line(made.inside(data["document"].get("tracking")).get("id"), 80)
    return _IN_A_NAME.sub("_", named).strip("._").lower() or "csaf"
