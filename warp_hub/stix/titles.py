"""A name and a summary for any object, also for those whose type has none."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from warp_hub.stix.patterns import indicator_values, observable_values

LONGEST_TITLE, LONGEST_SUMMARY = 300, 20_000
_READ_AHEAD = 4000  # of a pattern, to find the first value that names it
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]+")
_INVISIBLE_BUT_LINES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]+")
_DESCRIBED_IN = ("description", "abstract", "content", "explanation", "comment", "x_misp_comment")
_TYPE_NAMES = {
    "ipv4-addr": "IPv4 address",
    "ipv6-addr": "IPv6 address",
    "domain-name": "domain name",
    "url": "web address",
    "email-addr": "e-mail address",
    "email-message": "e-mail message",
    "mac-addr": "MAC address",
    "autonomous-system": "network operator",
    "windows-registry-key": "Windows registry key",
    "x509-certificate": "certificate",
    "x-misp-attribute": "MISP attribute",
    "x-misp-object": "MISP object",
}
_PROPERTIES = {
    "ipv4-addr": "value",
    "ipv6-addr": "value",
    "domain-name": "value",
    "url": "value",
    "email-addr": "value",
    "mac-addr": "value",
    "mutex": "name",
    "directory": "path",
    "windows-registry-key": "key",
    "x509-certificate": "subject",
    "process": "command_line",
    "malware-analysis": "product",
    "opinion": "opinion",
}


def title_of(obj: Mapping[str, Any]) -> str:
    """Return one line that names the object: its own name, else what it is and what it holds."""
    name = _line(obj.get("name")) or _line(obj.get("title"))
    object_type = str(obj.get("type") or "")
    if name and object_type not in ("file", "autonomous-system"):
        return name
    describe = _DESCRIBERS.get(object_type, _described_by_property)
    detail = describe(obj) or name
    kind = type_name(object_type)
    return _line(f"{kind}: {detail}" if detail else kind)


def summary_of(obj: Mapping[str, Any]) -> str:
    """Return what the source wrote about the object (Markdown or HTML as it came), else what can be told of it."""
    for key in _DESCRIBED_IN:
        text = obj.get(key)
        if isinstance(text, str) and text.strip():
            return _seen(_INVISIBLE_BUT_LINES, text[:LONGEST_SUMMARY]).strip()
    return _told(obj)


def type_name(object_type: str) -> str:
    """Return a type in words, with a capital: "Attack pattern"."""
    words = _TYPE_NAMES.get(object_type) or _line(object_type.removeprefix("x-").replace("-", " "))
    return (words[:1].upper() + words[1:] if words else "Object without a type")[:LONGEST_TITLE]


def _line(value: object) -> str:
    if not isinstance(value, str):
        return ""
    line = " ".join(_seen(_INVISIBLE, value[: LONGEST_TITLE * 4]).split())
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1].rstrip() + "…"


def _seen(invisible: re.Pattern[str], text: str) -> str:
    """Return the text with blanks for what is invisible: in most there is nothing, which is told in no time."""
    return text if text.isprintable() else invisible.sub(" ", text)


def _number(value: object) -> str:
    # Python refuses to write out integers of more than 4,300 digits.
    is_number = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**12
    return str(value) if is_number else ""


def _told(obj: Mapping[str, Any]) -> str:
    told = " ".join(_facts(obj))
    return told or f"{title_of(obj)}. The source gave no description."


def _facts(obj: Mapping[str, Any]) -> Iterator[str]:
    if isinstance(obj.get("pattern"), str):
        yield f"Looks for: {_line(obj['pattern'])}"
    times = _number(obj.get("number_observed"))
    if times:
        yield "Seen once." if times == "1" else f"Seen {times} times."
    first, last = _line(obj.get("first_observed")), _line(obj.get("last_observed"))
    if first and last:
        yield f"First seen {first[:10]}, last seen {last[:10]}."
    statement = obj.get("definition")
    if isinstance(statement, Mapping):
        yield from (_line(value) for value in statement.values() if isinstance(value, str))


def _described_by_property(obj: Mapping[str, Any]) -> str:
    return _line(obj.get(_PROPERTIES.get(str(obj.get("type")), "value")))


def _describe_indicator(obj: Mapping[str, Any]) -> str:
    pattern = obj.get("pattern")
    if not isinstance(pattern, str):
        return ""
    values = indicator_values(pattern[:_READ_AHEAD], str(obj.get("pattern_type") or "stix"))
    return _first_of([value.value for value in values]) or _line(pattern)


def _describe_relationship(obj: Mapping[str, Any]) -> str:
    verb = _line(obj.get("relationship_type")).replace("-", " ")
    return " ".join(filter(None, (_type_in(obj.get("source_ref")), verb, _type_in(obj.get("target_ref")))))


def _describe_sighting(obj: Mapping[str, Any]) -> str:
    return _type_in(obj.get("sighting_of_ref"))


def _describe_observation(obj: Mapping[str, Any]) -> str:
    values = [value.value for value in observable_values(obj)]
    refs = obj.get("object_refs")
    types = list(dict.fromkeys(map(_type_in, refs[:100]))) if isinstance(refs, list) else []
    return _first_of(values) or ", ".join(filter(None, types))


def _describe_file(obj: Mapping[str, Any]) -> str:
    values = [value.value for value in observable_values(obj) if value.kind.startswith("file-hash")]
    return _line(obj.get("name")) or (values[0] if values else "")


def _describe_message(obj: Mapping[str, Any]) -> str:
    return _line(obj.get("subject")) or _line(obj.get("message_id"))


def _describe_traffic(obj: Mapping[str, Any]) -> str:
    protocols = obj.get("protocols")
    names = [_line(name) for name in protocols[:5]] if isinstance(protocols, list) else []
    port = _number(obj.get("dst_port"))
    return " ".join([*filter(None, names), *([f"to port {port}"] if port else [])])


def _describe_network(obj: Mapping[str, Any]) -> str:
    number = _number(obj.get("number"))
    return " ".join(filter(None, (f"AS{number}" if number else "", _line(obj.get("name")))))


def _describe_account(obj: Mapping[str, Any]) -> str:
    return next(filter(None, (_line(obj.get(key)) for key in ("display_name", "account_login", "user_id"))), "")


def _describe_note(obj: Mapping[str, Any]) -> str:
    content = obj.get("content")
    first_line = content.lstrip().split("\n", 1)[0] if isinstance(content, str) else ""
    return _line(obj.get("abstract")) or _line(first_line)


def _describe_marking(obj: Mapping[str, Any]) -> str:
    inner = obj.get("definition")
    texts = inner.values() if isinstance(inner, Mapping) else ()
    return next(filter(None, map(_line, texts)), "") or _line(obj.get("definition_type"))


def _describe_misp(obj: Mapping[str, Any]) -> str:
    parts = (_line(obj.get(key)) for key in ("x_misp_name", "x_misp_type", "x_misp_value"))
    return " ".join(filter(None, parts))


_DESCRIBERS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "indicator": _describe_indicator,
    "relationship": _describe_relationship,
    "sighting": _describe_sighting,
    "observed-data": _describe_observation,
    "file": _describe_file,
    "email-message": _describe_message,
    "network-traffic": _describe_traffic,
    "autonomous-system": _describe_network,
    "user-account": _describe_account,
    "note": _describe_note,
    "marking-definition": _describe_marking,
    "x-misp-attribute": _describe_misp,
    "x-misp-object": _describe_misp,
}


def _type_in(reference: object) -> str:
    if not isinstance(reference, str) or "--" not in reference:
        return ""
    name = type_name(reference.split("--", 1)[0][:100])
    return name if name.startswith(("IPv", "MAC")) else name[:1].lower() + name[1:]


def _first_of(values: list[str]) -> str:
    if not values:
        return ""
    first = _line(values[0])
    return first if len(values) == 1 else f"{first[:200]} and {len(values) - 1} more"
