"""Reading a list object by object: nothing is lost, nothing is mistaken, memory stays small."""

import contextlib
import json
import random
import time
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import documents, pieces, strict_json, window
from feeds.contract import BadObject, Limits, NotStix, StixObject
from feeds.strict_json import Broken
from tests.feeds.samples import indicator

SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
)
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)
VALUES = st.recursive(
    SCALARS | TEXT, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4), max_leaves=12
)


@given(st.lists(VALUES, max_size=20), st.booleans(), st.sampled_from([None, 2]), st.integers(1, 400))
def test_any_list_is_read_as_json_reads_it(
    members: list[Any], ascii_only: bool, indent: int | None, width: int
) -> None:
    text = json.dumps({"x": {"y": 1}, "objects": members, "more": True}, ensure_ascii=ascii_only, indent=indent)

    with pytest.MonkeyPatch.context() as patch:
        # Windows as small as an object, so that every edge is met.
        patch.setattr(window, "_SLACK", 0)
        patch.setattr(window, "SMALL", 0)
        document = pieces.read(text.encode(), Limits(object_bytes=max(width, 700)))

    assert len(document.pieces) == len(members)
    for piece, member in zip(document.pieces, members, strict=True):
        if piece.fault is None:
            assert document.data_of(piece) == member
        else:
            assert piece.end - piece.start > max(width, 700)
    assert document.envelope == {"x": {"y": 1}, "more": True}


@given(st.binary(max_size=300))
def test_noise_is_refused_or_read_but_never_more(noise: bytes) -> None:
    for raw in (noise, b'{"objects": [' + noise, b'{"objects": [' + noise + b"]}", b"[" + noise + b', {"a": 1}]'):
        with contextlib.suppress(NotStix):
            document = documents.open_bundle(raw, Limits())
            for result in documents.judge_all(document, document.pieces, Limits()):
                assert isinstance(result, BadObject | StixObject)


@given(st.integers(0, 2000), st.integers(0, 255))
def test_one_spoiled_byte_costs_at_most_what_it_touches(place: int, byte: int) -> None:
    raw = bytearray(json.dumps([indicator(n) for n in range(5)]).encode())
    raw[place % len(raw)] = byte
    try:
        document = documents.open_bundle(raw, Limits())
    except NotStix:
        return
    good = [each for each in documents.judge_all(document, document.pieces, Limits()) if isinstance(each, StixObject)]
    assert len(good) >= 3


def test_a_page_of_64_megabytes_is_read_in_little_memory() -> None:
    one = json.dumps(indicator(1, description="\U0001f600" + "x" * 9_000)).encode()
    raw = b'{"objects": [' + b",".join([one] * 6_000) + b"]}"

    tracemalloc.start()
    document = documents.open_bundle(raw, Limits())
    good = sum(isinstance(each, StixObject) for each in documents.judge_all(document, document.pieces, Limits()))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert good == 6_000
    assert most < 30_000_000


def test_a_page_of_millions_of_crumbs_is_refused() -> None:
    raw = b'{"objects": [' + b"[]," * 5_000_000 + b"[]]}"

    with pytest.raises(NotStix, match="more than 200,000 objects"):
        documents.open_bundle(raw, Limits())


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b'{"a": 1}\n{"a": 2}', "JSON lines"),
        (b'{"objects": []} x', "after its end"),
        (b'{"objects": [],}', "not proper JSON"),
        (b'{"objects": [1,]}', "not proper JSON"),
        (b"[1 2]", "not proper JSON"),
        (b'{"more": true, "more": false}', "same name twice"),
        (b'{"objects": [{}', "breaks off"),
        (b"{1: 2}", "not proper JSON"),
        (b"tru", "not JSON"),
    ],
)
def test_a_document_that_falls_apart_is_refused_with_the_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(Broken, match=reason):
        pieces.read(raw, Limits())


def test_a_huge_property_of_the_envelope_does_not_matter() -> None:
    raw = b'{"x_junk": "' + b"y" * 3_000_000 + b'", "objects": [{"a": 1}], "more": false, "x_bad": [NaN, 1]}'

    document = pieces.read(raw, Limits())

    assert [document.data_of(piece) for piece in document.pieces] == [{"a": 1}]
    assert document.envelope == {"x_junk": None, "more": False, "x_bad": None}


@pytest.mark.parametrize(
    "flood",
    [
        b'{"objects": [{"a": [' + b"[]," * 300_000 + b"1]}]}",
        b'{"objects": [{"a": [' + b'{"b":1},' * 100_000 + b"NaN]}]}",
        b'{"objects": [], "x": [' + b"[]," * 300_000 + b"1]}",
        b"{" + b",".join(b'"x%d": [%s1]' % (n, b"[]," * 15_000) for n in range(40)) + b"}",
        b"{" + b",".join(b'"%d":0' % n for n in range(500_000)) + b"}",
        b'[[[{"a": [[' * 60_000,
    ],
    ids=["lists", "objects", "around", "many around", "names", "without end"],
)
def test_a_flood_of_brackets_is_refused_quickly_and_in_little_memory(flood: bytes) -> None:
    tracemalloc.start()
    started = time.monotonic()
    with contextlib.suppress(Broken):
        document = pieces.read(flood, Limits())
        assert all(piece.fault for piece in document.pieces)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert most < 40_000_000
    assert time.monotonic() - started < 15


def test_brackets_and_quotes_inside_text_do_not_mislead_what_is_skipped() -> None:
    text = json.dumps({"a": 'x]}"\\"[{', "b": [chr(92), '"', "]", {"c": "}"}], "d": "NAN"}).replace('"NAN"', "NaN")

    document = pieces.read(f'[{text}, {{"good": [[{{}}]]}}, {text}]'.encode(), Limits())

    assert [piece.fault is None for piece in document.pieces] == [False, True, False]


def test_a_small_document_is_read_strictly() -> None:
    assert strict_json.parse(b'\xef\xbb\xbf{"a": [1, 2.5, null]}') == {"a": [1, 2.5, None]}
    crowd = b"[" + b"[]," * 300_000 + b"1]"
    for raw in (b'{"a": NaN}', b"[" * 100_000, b'"\xff"', b"9" * 6_000, b"", b" " * 5_000_000, crowd):
        with pytest.raises(NotStix):
            strict_json.parse(raw)


def test_bad_objects_in_number_are_read_quickly() -> None:
    member = '{"name": "Blåbær 😀", "score": NaN},'.encode()
    random.seed(1)

    document = pieces.read(b"[" + member * 20_000 + b"1]", Limits())

    assert sum(piece.fault is not None for piece in document.pieces) == 20_000
