"""What an object points to: pages outside, CVE numbers, and how urgent its source says it is."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

Urgency = Literal["Act today", "This week", "For information"]

MOST_REFERENCES = 200
_LONGEST_URL, _LONGEST_TEXT, _LONGEST_READ = 2000, 1000, 100_000
_CVE = re.compile(r"(?<![A-Za-z0-9])CVE-(?:19|20)\d\d-\d{4,7}(?!\d)", re.IGNORECASE)
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\x9f\ud800-\udfff\u200b-\u200f\u2028-\u202e\u2066-\u2069\\]")
_UNREADABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]+")
_SCORE_PROPERTY = re.compile(r"x_(?:[a-z0-9]+_){0,5}(?:cvss(?:_?v?\d)?(?:_\d)?(?:_(?:base_)?score)?|base_score)")
_SCORE = re.compile(r"(?<![\d.:/v])(10(?:\.0)?|\d(?:\.\d)?)(?![\d./]\d|/)")
_SCORE_LABEL = re.compile(r"cvss[a-z0-9_. -]{0,20}?[:=]\s*\"?(10(?:\.0)?|\d(?:\.\d)?)\"?\s*\Z", re.IGNORECASE)

_ACT_TODAY = frozenset({"act today", "critical", "severity critical", "kev", "known exploited", "actively exploited"})
_THIS_WEEK = frozenset({"this week", "high", "severity high"})
_FOR_INFORMATION = frozenset({"for information", "medium", "moderate", "low", "severity medium", "severity low"})


@dataclass(frozen=True, slots=True)
class Reference:
    """A source an object names; the address is there only when it is safe to link to."""

    source_name: str
    url: str | None = None
    external_id: str | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class SeverityHint:
    """How urgent the source says it is, in the word people see, and by what."""

    word: Urgency
    why: str


def references(obj: Mapping[str, Any]) -> list[Reference]:
    """Return the external references of an object, at most 200, each once; unsafe addresses are left out."""
    found: dict[Reference, None] = {}
    for entry in _entries(obj):
        reference = Reference(
            source_name=_text(entry.get("source_name")),
            url=safe_url(entry.get("url")),
            external_id=_text(entry.get("external_id")) or None,
            description=_text(entry.get("description")),
        )
        if reference != Reference(""):
            found[reference] = None
        if len(found) == MOST_REFERENCES:
            break
    return list(found)


def safe_url(value: object) -> str | None:
    """Return an absolute web address as it stands, or None when it is anything else."""
    if not isinstance(value, str):
        return None
    url = value.strip()
    if len(url) > _LONGEST_URL or _UNSAFE.search(url):
        return None
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None
    except ValueError:
        return None
    return url if is_web else None


def cves(obj: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the CVE numbers an object names anywhere in its words or references, in order."""
    # Most texts name none: looked for as it stands, that costs a tenth of what the expression does.
    texts = (text[:_LONGEST_READ] for text in _words(obj))
    found = {cve.upper() for text in texts if "cve-" in text.lower() for cve in _CVE.findall(text)}
    return tuple(sorted(found, key=lambda cve: [int(part) for part in cve.split("-")[1:]]))


def severity_hints(obj: Mapping[str, Any]) -> list[SeverityHint]:
    """Return all that says how urgent an object is: its labels, x_ properties and references to a CVSS score.

    Act today: CVSS 9.0 or more, "critical", or known to be exploited. This week: CVSS 7.0 or more, or
    "high". For information: anything lower.
    """
    return [*_hints_of_labels(obj), *_hints_of_properties(obj), *_hints_of_references(obj)]


def hint_of_score(score: float) -> SeverityHint:
    """Return how urgent a CVSS score is."""
    why = f"CVSS {score:.1f}"
    if score >= 9.0:
        return SeverityHint("Act today", why)
    return SeverityHint("This week" if score >= 7.0 else "For information", why)


def most_urgent(hints: Iterable[SeverityHint]) -> SeverityHint | None:
    """Return the most urgent of several, or None."""
    order: tuple[Urgency, ...] = ("Act today", "This week", "For information")
    return min(hints, key=lambda hint: order.index(hint.word), default=None)


def _entries(obj: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    entries = obj.get("external_references")
    if isinstance(entries, list):
        yield from (entry for entry in entries if isinstance(entry, Mapping))


def _text(value: object) -> str:
    if not isinstance(value, str):
        return ""
    text = value[:_LONGEST_TEXT]
    return (text if text.isprintable() else _UNREADABLE.sub(" ", text)).strip()


def _words(obj: Mapping[str, Any]) -> Iterator[str]:
    for key in ("name", "description", "abstract", "content", "explanation"):
        yield obj[key] if isinstance(obj.get(key), str) else ""
    for key in ("labels", "aliases"):
        values = obj.get(key)
        yield from (value for value in values if isinstance(value, str)) if isinstance(values, list) else ()
    for entry in _entries(obj):
        yield from (_text(entry.get(key)) for key in ("external_id", "source_name", "description", "url"))


def _hints_of_labels(obj: Mapping[str, Any]) -> Iterator[SeverityHint]:
    labels = obj.get("labels")
    for label in labels if isinstance(labels, list) else ():
        if not isinstance(label, str) or len(label) > _LONGEST_TEXT:
            continue
        yield from _hint_of_word(label, f"label {label.strip()}")
        score = _SCORE_LABEL.match(label.strip())
        if score:
            yield hint_of_score(float(score[1]))


def _hints_of_properties(obj: Mapping[str, Any]) -> Iterator[SeverityHint]:
    for key, value in obj.items():
        name = key.lower()
        if not name.startswith("x_") or name.startswith("x_capec_"):  # CAPEC grades attacks in general
            continue
        if isinstance(value, bool):
            if value and ("_kev" in name or "exploited" in name):
                yield SeverityHint("Act today", "attackers are using this now")
        elif "severity" in name and isinstance(value, str):
            yield from _hint_of_word(value, f"severity {value.strip()[:40]}")
        elif _SCORE_PROPERTY.fullmatch(name):
            yield from _hints_of_score_in(value)


def _hints_of_references(obj: Mapping[str, Any]) -> Iterator[SeverityHint]:
    for entry in _entries(obj):
        if "cvss" in _text(entry.get("source_name")).lower():
            for key in ("external_id", "description"):
                yield from _hints_of_score_in(entry.get(key))


def _hint_of_word(text: str, why: str) -> Iterator[SeverityHint]:
    word = re.sub(r"[\s:=_\"-]+", " ", text.lower()).strip()
    if word in _ACT_TODAY:
        yield SeverityHint("Act today", why)
    elif word in _THIS_WEEK:
        yield SeverityHint("This week", why)
    elif word in _FOR_INFORMATION:
        yield SeverityHint("For information", why)


def _hints_of_score_in(value: object) -> Iterator[SeverityHint]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key in ("baseScore", "base_score", "score") and not isinstance(inner, Mapping):
                yield from _hints_of_score_in(inner)
    elif isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 10:
        yield hint_of_score(float(value))
    elif isinstance(value, str):
        scores = [float(score) for score in _SCORE.findall(value[:_LONGEST_TEXT])]
        if scores:
            yield hint_of_score(max(scores))
