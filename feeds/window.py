"""A reader that walks a JSON document through a window of bytes: memory follows the largest permitted object."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from feeds.brackets import crowd, end_of_value
from feeds.contract import Limits
from feeds.strict_json import DECODER, SMALL, Broken, Fault, Raw, reason_of

_SLACK = 64 * 1024
_BLANK = re.compile(rb"[ \t\r\n]*")
_SPACE = ord(" ")
_BYTES = [bytes([number]) for number in range(256)]
_NOT_UTF8 = re.compile("[\udc80-\udcff]")
# No honest object has so many lists and objects inside it; decoding them would cost memory and time without measure.
_CROWD = 20_000
# Values of a large document are not kept, but read again when they are needed.
NOT_KEPT = object()


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
        self._text, self._char, self._crowded, self._is_ascii = "", 0, False, False
        self._start = self._edge = self._at
        self._spent = 0
        self._ending = (-1, -1)

    def peek(self) -> bytes:
        """Return the next byte that is not blank, or nothing at the end."""
        if self._at < len(self._raw) and self._raw[self._at] > _SPACE:
            return _BYTES[self._raw[self._at]]
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
        sign = self.peek()
        while sign != b"]":
            yield self._piece()
            sign = self.peek()
            if sign != b"]":
                self.take(b",")
                sign = self.peek()
                if sign == b"]":
                    raise Broken("it is not proper JSON")
        self.take(b"]")

    def value_or_none(self) -> Any:
        """Return the next value, or None where it is faulty or too large to matter."""
        self.peek()
        start = self._at
        try:
            value = self.whole_value()
        except Broken:
            self._skip_from(start)
            return None
        self._spent += self._at - start
        return value if self._spent <= self._limits.object_bytes else None

    def whole_value(self) -> Any:
        self.peek()
        try:
            self._refuse_a_crowd()
            return self._value()
        except (ValueError, RecursionError) as fault:
            raise Broken(reason_of(fault)) from None

    def _piece(self) -> Piece:
        start = self._at
        fault: str | None = None
        data: Any = NOT_KEPT
        try:
            self._refuse_a_crowd()
            data = self._value()
        except (ValueError, RecursionError) as wrong:
            fault = reason_of(wrong)
            self._skip_from(start)
        if self._at - start > self._limits.object_bytes:
            fault = f"it is larger than {self._limits.object_bytes:,} bytes"
        return Piece(start, self._at, fault, data if self._keep else NOT_KEPT)

    def _refuse_a_crowd(self) -> None:
        """Look before decoding, where the window holds so many brackets that one object may hold them all."""
        if self._char > len(self._text) or not self._text:
            self._load()
        if self._crowded and crowd(self._raw[self._at : self._end_of(self._at)]) > _CROWD:
            raise Fault("it holds too many lists and objects")

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
        self._pass_to(end)
        return value

    def _pass_to(self, end: int) -> None:
        """Move behind what was decoded; raise Fault where it is not written in UTF-8."""
        taken = "" if self._is_ascii else self._text[self._char : end]
        is_ascii = taken.isascii()
        self._at += end - self._char if is_ascii else len(taken.encode("utf-8", "surrogateescape"))
        self._char = end
        if not is_ascii and _NOT_UTF8.search(taken):
            raise Fault("it is not written in UTF-8")

    def _cut_short(self) -> bool:
        return self._start < self._at and self._edge < self._end_of(self._at)

    def _decode_afresh(self) -> tuple[Any, int]:
        self._load()
        value, end = DECODER.raw_decode(self._text, 0)
        return value, end

    def _load(self) -> None:
        self._start, self._char = self._at, 0
        self._edge = min(self._at + self._width, len(self._raw))
        self._text = self._raw[self._start : self._edge].decode("utf-8", "surrogateescape")
        self._is_ascii = self._text.isascii()
        self._crowded = crowd(self._text) > _CROWD

    def _skip_from(self, start: int) -> None:
        """Move behind the value that begins at `start`, by brackets and strings alone."""
        if self._at != start:
            self._text = ""
        end = self._end_of(start)
        if self._text and end <= self._edge:
            self._char += len(self._raw[start:end].decode("utf-8", "surrogateescape"))
        else:
            self._text = ""
        self._at = end

    def _end_of(self, start: int) -> int:
        """Return where the value at `start` ends; the last answer is kept, since it is asked for twice."""
        if self._ending[0] != start:
            self._ending = (start, end_of_value(self._raw, start))
        return self._ending[1]

    def _blank_end(self) -> int:
        found = _BLANK.match(self._raw, self._at)
        return found.end() if found else self._at
