"""A list of STIX objects read object by object, so that one bad object costs only itself."""

from dataclasses import dataclass, field
from typing import Any

from feeds.contract import Limits
from feeds.strict_json import Broken, Raw, decode
from feeds.window import NOT_KEPT, Piece, Reader

_MOST_NAMES = 10_000


@dataclass(slots=True)
class Document:
    """A list of objects and what stood around it."""

    raw: Raw
    envelope: dict[str, Any] = field(default_factory=dict)
    pieces: list[Piece] = field(default_factory=list)
    has_list: bool = False

    def data_of(self, piece: Piece) -> Any:
        """Return the value of a piece without fault."""
        return decode(self.raw_of(piece)) if piece.data is NOT_KEPT else piece.data

    def raw_of(self, piece: Piece, at_most: int | None = None) -> bytes:
        """Return the bytes of a piece as they came."""
        end = piece.end if at_most is None else min(piece.end, piece.start + at_most)
        return bytes(self.raw[piece.start : end])


def read(raw: Raw, limits: Limits, listed: str = "objects") -> Document:
    """Return the document with its list of objects in pieces; raise Broken where there is no telling them apart."""
    document = Document(raw)
    reader = Reader(raw, limits)
    if reader.peek() == b"[":
        document.has_list = True
        document.pieces = _collect(reader, limits)
    elif reader.peek() == b"{":
        _read_envelope(reader, document, limits, listed)
    else:
        raise Broken("it is not JSON")
    if reader.peek() in (b"{", b"["):
        raise Broken("it holds several JSON documents one after the other (JSON lines), not one STIX bundle")
    if reader.peek():
        raise Broken("there is something after its end")
    return document


def _read_envelope(reader: Reader, document: Document, limits: Limits, listed: str) -> None:
    reader.take(b"{")
    while reader.peek() != b"}":
        name = reader.whole_value()
        if not isinstance(name, str):
            raise Broken("it is not proper JSON")
        if name in document.envelope or (name == listed and document.has_list):
            raise Broken("it has the same name twice")
        if len(document.envelope) >= _MOST_NAMES:
            raise Broken("it has too many properties")
        reader.take(b":")
        if name == listed and reader.peek() == b"[":
            document.has_list = True
            document.pieces = _collect(reader, limits)
        else:
            document.envelope[name] = reader.value_or_none()
        if reader.peek() != b"}":
            reader.take(b",")
            if reader.peek() == b"}":
                raise Broken("it is not proper JSON")
    reader.take(b"}")


def _collect(reader: Reader, limits: Limits) -> list[Piece]:
    pieces: list[Piece] = []
    for piece in reader.members():
        pieces.append(piece)
        if len(pieces) > limits.page_objects:
            raise Broken(f"it holds more than {limits.page_objects:,} objects")
    return pieces
