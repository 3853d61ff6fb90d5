"""From the bytes a source sent to STIX objects and refused ones: what both connectors share."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from feeds import pieces, shape, stix20
from feeds.contract import MEBIBYTE, BadObject, Limits, NotStix, Original, Page, StixObject
from feeds.pieces import Document
from feeds.strict_json import Broken, Raw
from feeds.window import Piece

# A page is held in memory as text and as values at once.
PAGE_BYTES = 4 * MEBIBYTE
# orjson writes no deeper, and what reads the text later is not asked to.
_DEEPEST = 250
_CONTAINERS = (dict, list)
_NUL_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_BACKWARDS = "Some objects say that they were changed before they were made; they were taken as they are."
_OTHER_FORMATS = {
    "Event": "This is a MISP event, not a STIX bundle: add its feed as a source of the kind misp.",
    "document": "This is a CSAF advisory, not a STIX bundle: add it as a source of the kind csaf.",
    "vulnerabilities": "This is a list of vulnerabilities, not a STIX bundle: add it as a source of the kind kev.",
}


def open_document(raw: Raw, limits: Limits) -> Document:
    """Return the document in pieces; raise NotStix with a plain sentence where it is something else."""
    refuse_other_formats(raw, "STIX")
    try:
        return pieces.read(raw, limits)
    except Broken as fault:
        # It may have been cut on its way, or still be written: another try can help.
        raise NotStix(f"This is not a STIX document that can be read: {fault}.", permanent=False) from None


def open_bundle(raw: Raw, limits: Limits) -> Document:
    """Return a bundle, a bare list of objects or one object by itself; raise NotStix for any other document."""
    document = open_document(raw, limits)
    if document.has_list:
        return document
    kind = document.envelope.get("type")
    if isinstance(kind, str) and "id" in document.envelope and kind != "bundle":
        document.pieces = [Piece(0, len(raw), None, document.envelope)]
        return document
    if kind == "bundle" and "objects" not in document.envelope:
        return document
    for name, sentence in _OTHER_FORMATS.items():
        if name in document.envelope:
            raise NotStix(sentence)
    raise NotStix("This is JSON, but neither a STIX bundle nor a list of STIX objects.")


def judge_all(document: Document, members: Iterable[Piece], limits: Limits) -> Iterator[StixObject | BadObject]:
    """Yield each object as STIX 2.1, or as refused with the reason."""
    bundle_version = document.envelope.get("spec_version")
    for piece in members:
        yield from _judge(document, piece, bundle_version, limits)


def paged(
    results: Iterable[StixObject | BadObject], size: int, before: str | None, after: str | None, notes: list[str]
) -> Iterator[Page]:
    """Yield the results of one answer in pages; only the last one moves the cursor on."""
    page = Page([], [], before)
    held = 0
    for result in results:
        if len(page.objects) + len(page.bad) >= size or held >= PAGE_BYTES:
            yield page
            page, held = Page([], [], before), 0
        add(page, result)
        held += len(result.raw if isinstance(result, BadObject) else result.text)
    yield Page(page.objects, page.bad, after, [*notes, *page.notes])


def add(page: Page, result: StixObject | BadObject) -> None:
    """Put one result where it belongs."""
    if isinstance(result, BadObject):
        page.bad.append(result)
        return
    page.objects.append(result)
    if shape.changed_before_made(result.data) and _BACKWARDS not in page.notes:
        page.notes.append(_BACKWARDS)


def _judge(document: Document, piece: Piece, bundle_version: Any, limits: Limits) -> Iterator[StixObject | BadObject]:
    data: Any = None if piece.fault else document.data_of(piece)
    try:
        if piece.fault:
            raise Refused(piece.fault)
        fault = shape.fault_of(data)
        if fault:
            raise Refused(fault)
        first = _storable(data, limits)
        results = stix20.convert(data) if stix20.is_20(data, bundle_version) else []
        made = [sound(each, limits) for each in results] or [first]
    except Refused as refused:
        yield BadObject(document.raw_of(piece, limits.object_bytes), str(refused), shape.id_of(data))
        return
    yield from made


class Refused(Exception):
    """One object must not be stored; `str()` says why."""


def sound(data: dict[str, Any], limits: Limits, original: Original | None = None) -> StixObject:
    """Return an object that we wrote ourselves, checked like any other; raise Refused."""
    fault = shape.fault_of(data)
    if fault:
        raise Refused(f"as STIX 2.1, {fault}")
    return _storable(data, limits, original)


def _storable(data: dict[str, Any], limits: Limits, original: Original | None = None) -> StixObject:
    """Return the object with its text; refuse what the database or a later reader would choke on."""
    if _deeper_than(data, min(limits.nesting, _DEEPEST)):
        raise Refused("it is nested too deeply")
    try:
        text = orjson.dumps(data).decode()
    except TypeError:
        raise Refused("it holds half a character (a lone surrogate)") from None
    if "\\u0000" in text and _NUL_ESCAPE.search(text):
        raise Refused("it holds a NUL character")
    if len(text) > limits.object_bytes and len(text.encode()) > limits.object_bytes:
        raise Refused(f"it is larger than {limits.object_bytes:,} bytes")
    modified = data.get("modified")
    return StixObject(data["id"], data["type"], modified, text, data, original)


def _deeper_than(data: Any, levels: int) -> bool:
    layer = [data]
    for _ in range(levels):
        layer = [inside for each in layer for inside in _children(each)]
        if not layer:
            return False
    return True


def _children(value: Any) -> Iterable[Any]:
    members = value.values() if isinstance(value, dict) else value
    return [each for each in members if isinstance(each, _CONTAINERS)]


def refuse_other_formats(raw: Raw, wanted: str) -> None:
    """Raise NotStix with a plain sentence where the first bytes already say that this is no JSON document."""
    text = refuse_what_is_no_text(raw, wanted)
    if text.startswith(b"<"):
        if b"stix" in text or b"cybox" in text:
            raise NotStix("This is STIX 1 (XML); only STIX 2.0 and 2.1 are read.")
        raise NotStix(f"This is XML, not {wanted}.")


def refuse_what_is_no_text(raw: Raw, wanted: str) -> bytes:
    """Return the beginning of a document in small letters; raise NotStix where it is packed, empty or a web page."""
    start = bytes(raw[:2048])
    if start[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in start[:4]:
        raise NotStix("This document is not written in UTF-8.")
    if start[:2] in (b"PK", b"\x1f\x8b"):
        raise NotStix("This is a packed file; unpack it first.")
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if not text:
        raise NotStix("This document is empty.")
    if text.startswith((b"<!doctype html", b"<html")):
        raise NotStix(f"This is a web page, not {wanted}.")
    return text
