"""Whatever is typed: the places are right, what is replaced is gone, and a megabyte takes a moment."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sizes import SIZES
from warp_hub.text.identifying import Known, find_identifiers, replace_all

KNOWN = Known(
    ("Leeds City Council", "Leeds", "Reading", "LCC", "Bath and North East Somerset"),
    ("leeds.gov.uk",),
    ("Sam Archer", "sam@leeds.gov.uk"),
)
ANYTHING = st.characters(categories=None)
WORDS = """
    Leeds leeds City Council Reading LCC Bath and & NE Somerset Sam Archer s leeds.gov.uk [.] dot at @ gov uk com
    evil.example jo@x.example \\\\ \\ DC01 0113-496-0000 +44 0 113 (0) 10.1.2.3 ::1 fe80 : LS1 1UR .local /24
    ext 12 - . , ' ’ 👩\u200d🚒 ﷺ %6C =4C
"""
PIECES = st.sampled_from([*WORDS.split(), " ", "  ", "\n", "\u00ad", "\u0301", "\u202e", "[council name]"])
TEXTS = st.one_of(st.text(ANYTHING, max_size=200), st.lists(PIECES | st.text(ANYTHING, max_size=3)).map("".join))


@given(TEXTS, st.lists(st.text(max_size=40), max_size=3))
def test_every_finding_is_where_it_says_and_they_are_in_order(text: str, names: list[str]) -> None:
    known = Known((*KNOWN.names, *names), (*KNOWN.domains, *names), (*KNOWN.people, *names))
    place = 0
    for finding in find_identifiers(text, known):
        assert place <= finding.start < finding.end <= len(text)
        assert text[finding.start : finding.end] == finding.found
        place = finding.end


@given(TEXTS)
def test_what_is_replaced_is_found_no_more(text: str) -> None:
    replaced = replace_all(text, find_identifiers(text, KNOWN))

    assert find_identifiers(replaced, KNOWN) == []
    assert replace_all(replaced, find_identifiers(replaced, KNOWN)) == replaced


@given(st.text(st.characters(categories=("L", "Mn", "So", "Cf")), max_size=20))
def test_a_name_between_any_signs_is_found(around: str) -> None:
    text = f"{around} Leeds City Council {around}"
    assert "Leeds City Council" not in replace_all(text, find_identifiers(text, KNOWN))


REPEATED = """
    a a. a@ (0 \\a 1: %4 [ s' 🙂 =4C. [. ( x_ www. +1 &
"""


@pytest.mark.parametrize(
    "piece",
    [
        *REPEATED.split(),
        "On 3 March they moved from 10.1.2.3 to LEEDS\\svc with evil@bad.example. ",
        "Leeds and ",
        "City of ",
        "Bath & ",
        "L E ",
        "0 ",
        "x dot ",
        "-\n",
        "=\n",
        "é ",
        "Ab\\c ",
        "bGVlZHMuZ292LnVr ",
        "/aGVsbG8gd29ybGQ",
    ],
)
def test_a_paste_costs_what_it_is_long(piece: str) -> None:
    small, large = (_seconds(piece, size) for size in (12_000, 96_000))
    assert large < 8 * 3 * small + SIZES.seconds_per_deadline


def _seconds(piece: str, size: int) -> float:
    text = (piece * (size // len(piece) + 1))[:size]
    begun = time.thread_time()
    find_identifiers(text, KNOWN)
    return time.thread_time() - begun
