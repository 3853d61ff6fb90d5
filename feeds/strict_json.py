"""The rules of strict JSON: no name twice, no NaN, no number out of bounds, UTF-8 alone."""

import json
from typing import Any

from feeds.contract import MEBIBYTE, NotStix

Raw = bytes | bytearray

SMALL = 4 * MEBIBYTE
_CROWD = 200_000


class Fault(ValueError):
    """One value breaks a rule; `str()` says which."""


class Broken(Fault):
    """The document as a whole cannot be read; `str()` says why."""


def parse(raw: Raw, most: int = SMALL) -> Any:
    """Return a small document; raise NotStix where it is not strict JSON."""
    if len(raw) > most or raw.count(b"[") + raw.count(b"{") > _CROWD:
        raise NotStix("The source's answer is far too long for what we asked.")
    try:
        return decode(raw)
    except (ValueError, RecursionError) as fault:
        raise NotStix(f"The source's answer is not proper JSON: {reason_of(fault)}.") from None


def decode(raw: Raw) -> Any:
    """Return the value; raise ValueError or RecursionError where it breaks a rule."""
    try:
        return DECODER.decode(raw.removeprefix(b"\xef\xbb\xbf").decode())
    except UnicodeDecodeError:
        raise Fault("it is not written in UTF-8") from None


def reason_of(fault: Exception) -> str:
    """Say in a few words what a decoder stumbled over."""
    if isinstance(fault, Fault):
        return str(fault)
    return "it is nested too deeply" if isinstance(fault, RecursionError) else "it is not proper JSON"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Fault("it has the same name twice in one object")
    return found


def _constant(name: str) -> Any:
    raise Fault(f"{name} is not a number in JSON")


def _integer(digits: str) -> int:
    number = int(digits) if len(digits) <= 20 else 2**64
    if not -(2**63) <= number < 2**63:
        raise Fault("it holds a whole number that is too large")
    return number


def _decimal(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise Fault("it holds a number that is too large")
    return number


DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer, parse_float=_decimal
)
