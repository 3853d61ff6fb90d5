"""Where a JSON value ends, by its brackets and strings alone: for values that cannot be decoded, or should not be."""

import re

from feeds.strict_json import Broken, Raw

_ATOM = re.compile(rb"[^\s,\]}\[{\":]+")
_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_TEXT = re.compile(_STRING, re.DOTALL)
# Everything between the brackets that matter goes in one step: text, numbers, and containers without containers.
# A lone quote matches last: an unterminated string must not be tried again at each of its bytes.
_FLAT = rb'(?:[^"\[\]{}]++|' + _STRING + rb")"
_TOKEN = re.compile(
    rb"((?:" + _FLAT + rb"|[\[{]" + _FLAT + rb'*+[\]}])++)|([\[{]+)|([\]}]+)|(")',
    re.DOTALL,
)
_OPENING, _CLOSING, _LONE_QUOTE = 2, 3, 4
# Beyond this the rest of the document is not worth the time to find out where the value ends.
_BOTTOMLESS = 1_000_000


def end_of_value(raw: Raw, start: int) -> int:
    """Return the place behind the value that begins at `start`; raise Broken where it has no end."""
    first = raw[start : start + 1]
    if first not in (b"{", b"["):
        simple = (_TEXT if first == b'"' else _ATOM).match(raw, start)
        if simple is None:
            raise Broken("it is not proper JSON")
        return simple.end()
    depth = 1
    for token in _TOKEN.finditer(raw, start + 1):
        kind = token.lastindex
        if kind == _OPENING:
            depth += token.end() - token.start()
            if depth > _BOTTOMLESS:
                break
        elif kind == _CLOSING:
            depth -= token.end() - token.start()
            if depth <= 0:
                return token.end() + depth
        elif kind == _LONE_QUOTE:
            break
    raise Broken("it breaks off before its end")


def crowd(text: Raw | str) -> int:
    """Return how many lists and objects a text can hold at most."""
    return text.count("[") + text.count("{") if isinstance(text, str) else text.count(b"[") + text.count(b"{")
