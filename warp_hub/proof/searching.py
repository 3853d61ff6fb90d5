"""Finding canaries in whatever form they left: plain, escaped, encoded, compressed or cut off.

A canary is `zq7` and 16 hexadecimal digits; no two begin alike, so nine characters tell which one it was.
Ids of items and of STIX objects are canaries too: random, and of use to nobody but those who may know them.
"""

import base64
import binascii
import codecs
import gzip
import html
import json
import quopri
import re
import secrets
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote_plus
from uuid import UUID

_CANARY = re.compile(r"zq7[0-9a-f]{6,16}", re.IGNORECASE)
_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_ROTATED = re.compile(r"md7[0-9n-s]{6,16}", re.IGNORECASE)
_HEX = re.compile(r"(?:7a|5a)(?:71|51)37(?:3[0-9]|[46][1-6]){6,16}", re.IGNORECASE)
_RUN = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_BEGINNING = 9
_MOST_KEPT = 2_000
_LONGEST_TOKEN = 400  # longer runs are texts: no id in raw bytes is looked for in them


@dataclass(frozen=True, order=True)
class Mark:
    """Where a canary was planted: in which row of the tables, and in which of its fields."""

    row: str
    field: str


@dataclass
class Register:
    """Every canary there is, and what it marks."""

    _marks: dict[str, Mark] = field(default_factory=dict)
    _ids: dict[bytes, Mark] = field(default_factory=dict)
    _searched: dict[bytes | str, dict[Mark, str]] = field(default_factory=dict)

    def new(self, row: str, of_field: str) -> str:
        """Return a canary for one field of one row."""
        while True:
            canary = f"zq7{secrets.token_hex(8)}"
            if canary[:_BEGINNING] not in self._marks:
                self._marks[canary[:_BEGINNING]] = Mark(row, of_field)
                self._searched.clear()
                return canary

    def note_id(self, row: str, of_field: str, value: UUID) -> UUID:
        """Let an id be a canary as well."""
        self._ids[value.bytes] = Mark(row, of_field)
        self._searched.clear()
        return value

    def found_in(self, data: bytes | str) -> dict[Mark, str]:
        """Return which canaries are in the data, each with the form in which it was found first."""
        if data not in self._searched:  # most answers are refusals, and those are the same
            if len(self._searched) >= _MOST_KEPT:
                self._searched.clear()
            self._searched[data] = self._search(data)
        return self._searched[data]

    def _search(self, data: bytes | str) -> dict[Mark, str]:
        text = data if isinstance(data, str) else data.decode("latin-1")
        found: dict[Mark, str] = {}
        for form, reading in _readings(text):
            for canary in _CANARY.findall(reading):
                self._add(found, self._marks.get(canary[:_BEGINNING].lower()), form)
            for value in _ID.findall(reading):
                self._add(found, self._ids.get(UUID(value).bytes), form)
        for token in _tokens(text):
            for value in _ID.findall(token.decode("latin-1")):
                self._add(found, self._ids.get(UUID(value).bytes), "id in a token")
            for start in range(len(token) - 15):
                self._add(found, self._ids.get(token[start : start + 16]), "id in a token")
        return found

    def _add(self, found: dict[Mark, str], mark: Mark | None, form: str) -> None:
        if mark is not None:
            found.setdefault(mark, form)


def unpacked(data: bytes, encoding: str) -> bytes:
    """Return a body as it was before its Content-Encoding."""
    ways: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.decompress, "deflate": zlib.decompress}
    return ways[encoding](data) if encoding in ways else data


def cookie_text(value: str) -> str:
    """Return a cookie's value, with what it holds when it is Flask's own signed one."""
    bare = value.strip('"')
    payload = bare.lstrip(".").split(".")[0]
    try:
        held = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
        held = zlib.decompress(held) if bare.startswith(".") else held
    except (ValueError, binascii.Error, zlib.error):
        return value
    return f"{value} {held.decode('latin-1')}"


def _readings(text: str) -> Iterator[tuple[str, str]]:
    """Yield the text in every form in which somebody could read it."""
    yield "plain", text
    joined = re.sub(r"=?\r?\n[ \t]?", "", text)
    yield "folded", joined
    if "%" in text:
        yield "URL-escaped", unquote_plus(text)
        yield "URL-escaped twice", unquote_plus(unquote_plus(text))
    if "&#" in text:
        yield "HTML-escaped", html.unescape(text)
    if "\\" in text:
        yield "JSON-escaped", _without_backslashes(text)
    if "=" in text:
        yield "quoted-printable", quopri.decodestring(text.encode("latin-1", "replace")).decode("latin-1")
    yield "rot13", " ".join(codecs.decode(found, "rot13") for found in _ROTATED.findall(joined))
    yield "hexadecimal", " ".join(bytes.fromhex(found).decode("latin-1") for found in _HEX.findall(joined))
    yield "reversed", " ".join(found[::-1] for found in re.findall(r"[0-9a-f]{6,16}7qz", joined, re.IGNORECASE))
    yield "base64", " ".join(piece.decode("latin-1") for piece in _decoded(joined))


# What "zq7" and "ZQ7" look like in base64 at the three alignments; nothing else is worth decoding.
_IN_BASE64 = re.compile(r"enE3|pxN|6cT|WlE3|pRN|aUT")
_DEFLATED = "eJ"  # and how whatever zlib has packed begins: long signed links do


def _decoded(text: str) -> Iterator[bytes]:
    for run in _RUN.findall(text):
        if _IN_BASE64.search(run):
            yield from _at_each_alignment(run)
        if run.startswith(_DEFLATED):
            yield _inflated(run)


def _inflated(run: str) -> bytes:
    try:
        return zlib.decompress(base64.urlsafe_b64decode(run + "=" * (-len(run) % 4)))
    except (ValueError, binascii.Error, zlib.error):
        return b""


def _tokens(text: str) -> Iterator[bytes]:
    for run in _RUN.findall(text):
        if 22 <= len(run) <= _LONGEST_TOKEN and not _ID.fullmatch(run):
            yield from _at_each_alignment(run)


def _at_each_alignment(run: str) -> Iterator[bytes]:
    plain = run.rstrip("=").translate(str.maketrans("-_", "+/"))
    for start in range(4):
        piece = plain[start:]
        yield base64.b64decode(piece[: len(piece) - len(piece) % 4])


def _without_backslashes(text: str) -> str:
    def character(found: re.Match[str]) -> str:
        return str(json.loads(f'"{found[0]}"'))

    return re.sub(r"\\u[0-9a-fA-F]{4}", character, text)
