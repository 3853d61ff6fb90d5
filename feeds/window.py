"""A reader that walks a JSON document through a window of bytes: memory follows the largest permitted object."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from feeds.contract import Limits
from feeds.strict_json import DECODER, SMALL, Fault, Raw, reason_of

_SLACK = 64 * 1024
_BLANK = re.compile(rb"[ \t\r\n]*")
_ATOM = re.compile(rb"[^\s,\]}\[{\":]+")
# A lone quote matches last: an unterminated string must not be tried again at each of its bytes.
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[{]+|[\]}]+|"', re.DOTALL)
_NOT_UTF8 = re.compile("[\udc80-\udcff]")


# Values of a large document are not kept, but read again when they are needed.
NOT_KEPT = object()


class Broken(Fault):
    """The document as a whole cannot be read; `str()` says why."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One member of the list of objects: where it lies, and its fault if it has one."""

    start: int
    end: int
    fault: str | None
    data: Any = NOT_KEPT


class Reader:
    """Walks a document; `_text` is its bytes from `_start` to `_edge`, decoded; `_at` and `_char` are one place."""

    def __init__(self, raw: Raw, limits: Limits) -> None:
        self._raw, self._limits = raw, limits
        self._keep = len(raw) <= SMALL
        self._at = 3 if raw.startswith(b"\xef\xbb\xbf") else 0
        self._width = limits.object_bytes + _SLACK
        self._text, self._char = "", 0
        self._start = self._edge = self._at

    def peek(self) -> bytes:
        """Return the next byte that is not blank, or nothing at the end."""
        end = self._blank_end()
        self._char += end - self._at
        self._at = end
        return bytes(self._raw[end : end + 1])

    def take(self, expected: bytes) -> None:
        if self.peek() != expected:
            raise Broken("it breaks off or is not proper JSON")
        self._at += 1
        self._char += 1

    def members(self) -> Iterator[Piece]:
        self.take(b"[")
        while self.peek() != b"]":
            yield self._piece()
            if self.peek() != b"]":
                self.take(b",")
                if self.peek() == b"]":
                    raise Broken("it is not proper JSON")
        self.take(b"]")

    def value_or_none(self) -> Any:
        """Return the next value, or None where it is faulty or too large to matter."""
        self.peek()
        start = self._at
        try:
            return self.whole_value()
        except Broken:
            self._skip_from(start)
            return None

    def whole_value(self) -> Any:
        self.peek()
        try:
            return self._value()
        except (ValueError, RecursionError) as fault:
            raise Broken(reason_of(fault)) from None

    def _piece(self) -> Piece:
        start = self._at
        fault: str | None = None
        data: Any = NOT_KEPT
        try:
            data = self._value()
        except (ValueError, RecursionError) as wrong:
            fault = reason_of(wrong)
            self._skip_from(start)
        if self._at - start > self._limits.object_bytes:
            fault = f"it is larger than {self._limits.object_bytes:,} bytes"
        return Piece(start, self._at, fault, data if self._keep else NOT_KEPT)

    def _value(self) -> Any:
        """Decode at the cursor; what the edge of the window cuts is tried again in a window that begins right here."""
        if self._char > len(self._text) or not self._text:
            self._load()
        try:
            value, end = DECODER.raw_decode(self._text, self._char)
        except (ValueError, RecursionError):
            if not self._cut_short():
                raise
            value, end = self._decode_afresh()
        if end == len(self._text) and self._edge < len(self._raw):
            # A number at the edge of the window may go on behind it.
            value, end = self._decode_afresh()
        taken = self._text[self._char : end]
        self._char = end
        self._at += len(taken) if taken.isascii() else len(taken.encode("utf-8", "surrogateescape"))
        if not taken.isascii() and _NOT_UTF8.search(taken):
            raise Fault("it is not written in UTF-8")
        return value

    def _cut_short(self) -> bool:
        return self._start < self._at and self._edge < _end_of_value(self._raw, self._at)

    def _decode_afresh(self) -> tuple[Any, int]:
        self._load()
        value, end = DECODER.raw_decode(self._text, 0)
        return value, end

    def _load(self) -> None:
        self._start, self._char = self._at, 0
        self._edge = min(self._at + self._width, len(self._raw))
        self._text = self._raw[self._start : self._edge].decode("utf-8", "surrogateescape")

    def _skip_from(self, start: int) -> None:
        """Move behind the value that begins at `start`, by brackets and strings alone."""
        if self._at != start:
            self._text = ""
        end = _end_of_value(self._raw, start)
        if self._text and end <= self._edge:
            self._char += len(self._raw[start:end].decode("utf-8", "surrogateescape"))
        else:
            self._text = ""
        self._at = end

    def _blank_end(self) -> int:
        found = _BLANK.match(self._raw, self._at)
        return found.end() if found else self._at


def _end_of_value(raw: Raw, start: int) -> int:
    if raw[start : start + 1] not in (b"{", b"[", b'"'):
        atom = _ATOM.match(raw, start)
        if atom is None:
            raise Broken("it is not proper JSON")
        return atom.end()
    depth = 0
    for token in _TOKEN.finditer(raw, start):
        first = token[0][:1]
        if first == b'"' and len(token[0]) == 1:
            break
        if first in b"[{":
            depth += len(token[0])
        elif first in b"]}":
            surplus = len(token[0]) - depth
            if surplus >= 0:
                return token.end() - surplus
            depth -= len(token[0])
        if depth == 0:
            return token.end()
    raise Broken("it breaks off before its end")
