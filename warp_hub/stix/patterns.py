"""Takes the values out of STIX patterns and observed objects, in time that grows only with their length.

A pattern is read by one pass of one expression that cannot backtrack, so a hostile pattern costs no more
than a long one; tests hold it equal to the OASIS parser on real patterns. A broken pattern still gives
the comparisons that can be read, except that nothing denied is ever taken for an indicator.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from warp_hub.stix.values import IndicatorKind, IndicatorValue, kind_at, value_of

LONGEST_PATTERN = 1_048_576
MOST_VALUES = 10_000

_STRING = r"'(?:[^'\\]++|\\.)*+\\?(?:'|\Z)"
_STEP = rf"(?:{_STRING}|[\w-]++)"
_READ = re.compile(
    rf"""
      (?<![\w-]) (?P<denied>NOT\s++)?
      (?P<type>[a-z][\w-]*+) : (?P<path>{_STEP}(?:\.{_STEP}|\[(?:\d++|\*)\])*+)
      \s*+ (?P<negated>NOT\s++|NOT\b)?
      (?P<verb>==?|!=|<>|<=?|>=?|\b(?:IN|LIKE|MATCHES|ISSUBSET|ISSUPERSET)\b) \s*+
      (?P<literal>[tbh]?{_STRING}|\((?:[^'()]++|{_STRING})*+\)?|[^\s'\[\]()]++)
    | (?P<refused>(?<![\w-])NOT\s*+[\[(])
    | {_STRING}
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_STRINGS = re.compile(_STRING, re.DOTALL)
_SAYS_SO = frozenset({"=", "==", "IN", "ISSUBSET"})
# Conditions that narrow a match but recognise nothing by themselves.
_CONDITIONS = frozenset({"type", "protocols", "mime_type", "content_type", "name_enc", "content_disposition"})


def indicator_values(pattern: str, pattern_type: str | None = "stix") -> list[IndicatorValue]:
    """Return what a STIX pattern says to look for, each value once; other pattern languages give none."""
    if not isinstance(pattern, str) or (pattern_type or "stix") != "stix":
        return []
    return _each_once(_values_in(pattern[:LONGEST_PATTERN]))


def observable_values(obj: Mapping[str, Any]) -> list[IndicatorValue]:
    """Return the values of an observed object, or of every one inside a STIX 2.0 observation."""
    inner = obj.get("objects")
    parts = inner.values() if isinstance(inner, Mapping) else (obj,)
    return _each_once(value for part in parts if isinstance(part, Mapping) for value in _values_of_object(part))


def _values_in(pattern: str) -> Iterator[IndicatorValue | None]:
    comparisons = list(_READ.finditer(pattern))
    if any(found["refused"] for found in comparisons):
        return
    for found in comparisons:
        if found["type"] is None or found["denied"] or found["negated"] or found["verb"].upper() not in _SAYS_SO:
            continue
        path = _plain_path(found["path"])
        kind = kind_at(found["type"], path) or _kind_elsewhere(path, found["literal"])
        if kind is not None:
            yield from (value_of(kind, text) for text in _texts(found["literal"]))


def _plain_path(path: str) -> str:
    if "[" not in path and "'" not in path:
        return path
    without_indexes = re.sub(r"\[(?:\d+|\*)\]", "", path)
    return ".".join(_unquoted(step) for step in re.findall(_STEP, without_indexes, re.DOTALL))


def _kind_elsewhere(path: str, literal: str) -> IndicatorKind | None:
    if path.rsplit(".", 1)[-1].lower() in _CONDITIONS or literal[:1] not in ("'", "("):
        return None
    return IndicatorKind.OTHER


def _texts(literal: str) -> list[str]:
    if literal.startswith("("):
        return [_unquoted(text) for text in _STRINGS.findall(literal)]
    return [_unquoted(literal)]


def _unquoted(text: str) -> str:
    if not text.startswith("'"):
        return text
    inside = text[1:].removesuffix("'")
    return re.sub(r"\\(.)", r"\1", inside, flags=re.DOTALL) if "\\" in inside else inside


def _values_of_object(obj: Mapping[str, Any]) -> Iterator[IndicatorValue | None]:
    object_type = str(obj.get("type"))
    for path, text in _leaves(obj):
        kind = kind_at(object_type, path)
        if kind is not None:
            yield value_of(kind, text)


def _leaves(obj: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in obj.items():
        if isinstance(value, str):
            yield str(key), value
    number = obj.get("number")
    if isinstance(number, int) and 0 <= number < 2**32:
        yield "number", str(number)
    hashes = obj.get("hashes")
    if isinstance(hashes, Mapping):
        yield from ((f"hashes.{name}", value) for name, value in hashes.items() if isinstance(value, str))


def _each_once(values: Iterable[IndicatorValue | None]) -> list[IndicatorValue]:
    seen: dict[IndicatorValue, None] = {}
    for value in values:
        if value is not None:
            seen[value] = None
        if len(seen) >= MOST_VALUES:
            break
    return list(seen)
