"""Labels as people write them: one of the five comes out, or nothing and the reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warp_hub.stix import Pap, read_label
from warp_hub.stix.labels import (
    CAPITALS,
    CHATHAM_HOUSE,
    LEGACY,
    NOT_A_LABEL,
    REQUIRED,
    SPELLING,
    UNCLEAR,
    read_pap,
    speaks_of_tlp,
)
from warp_hub.tlp import Marking

PARSE_TABLE = [
    *((marking.value, marking, ()) for marking in Marking),
    ("tlp:clear", Marking.CLEAR, (CAPITALS,)),
    ("Tlp:Red", Marking.RED, (CAPITALS,)),
    ("tlp:amber+strict", Marking.AMBER_STRICT, (CAPITALS,)),
    ("TLP: AMBER", Marking.AMBER, (SPELLING,)),
    ("TLP AMBER", Marking.AMBER, (SPELLING,)),
    (" TLP:RED ", Marking.RED, (SPELLING,)),
    ("TLP:WHITE", Marking.CLEAR, (LEGACY,)),
    ("tlp:white", Marking.CLEAR, (LEGACY, CAPITALS)),
    ("TLP AMBER STRICT", Marking.AMBER_STRICT, (SPELLING,)),
    ("TLP:AMBER-STRICT", Marking.AMBER_STRICT, (SPELLING,)),
    ("TLP:AMBER_STRICT", Marking.AMBER_STRICT, (SPELLING,)),
    ("TLP:AMBER + STRICT", Marking.AMBER_STRICT, (SPELLING,)),
    ("ＴＬＰ：ＧＲＥＥＮ", Marking.GREEN, (SPELLING,)),
    ("tlp:unclear", None, (UNCLEAR,)),
    ("TLP:ORANGE", None, (NOT_A_LABEL,)),
    ("TLP:AMBER+RED", None, (NOT_A_LABEL,)),
    ("TLP:RED+STRICT", None, (NOT_A_LABEL,)),
    ("TLP:GREEN TLP:RED", None, (NOT_A_LABEL,)),
    ("AMBER", None, (NOT_A_LABEL,)),
    ("TLP", None, (NOT_A_LABEL,)),
    ("TLP:", None, (NOT_A_LABEL,)),
    ("TLP:\u200bRED", None, (NOT_A_LABEL,)),
    ("TLP:\u0410MBER", None, (NOT_A_LABEL,)),
    ("TLP:RED" + " " * 1_000_000, None, (NOT_A_LABEL,)),
    ("TLP:CLEAR" + " " * 100 + "RED", None, (NOT_A_LABEL,)),
    ("", None, (REQUIRED,)),
    (" \n", None, (REQUIRED,)),
]


@pytest.mark.parametrize(("text", "marking", "notices"), PARSE_TABLE, ids=lambda value: repr(value)[:30])
def test_a_label_is_read_as_the_table_says(text: str, marking: Marking | None, notices: tuple[str, ...]) -> None:
    reading = read_label(text)

    assert reading.marking is marking
    assert reading.notices == notices
    assert not reading.chatham_house


@pytest.mark.parametrize("text", ["tlp:ex:chr", "TLP:EX:CHR"])
def test_the_chatham_house_rule_gives_no_label(text: str) -> None:
    reading = read_label(text)

    assert reading.marking is None
    assert reading.chatham_house
    assert reading.notices == (CHATHAM_HOUSE,)


LOOSE = st.lists(
    st.sampled_from(
        ["TLP", "tlp", ":", " ", "+", "-", "AMBER", "amber", "STRICT", "RED", "white", "CLEAR", "ex", "chr", "x"]
    ),
    max_size=8,
).map("".join)


@given(st.text(max_size=80) | LOOSE)
def test_only_the_five_labels_come_out_and_every_liberty_is_reported(text: str) -> None:
    reading = read_label(text)

    assert reading.marking is None or type(reading.marking) is Marking
    assert reading.notices or text in [marking.value for marking in Marking]


@given(st.sampled_from(list(Marking)), st.sampled_from([" ", ":", "_", "-", " : "]), st.booleans())
def test_no_loose_spelling_loosens_the_label(marking: Marking, sign: str, lowered: bool) -> None:
    text = "TLP" + sign + marking.value.removeprefix("TLP:").replace("+", sign)

    assert read_label(text.lower() if lowered else text).marking is marking


@pytest.mark.parametrize(
    ("text", "pap"),
    [("PAP:RED", Pap.RED), ("pap:amber", Pap.AMBER), ("PAP:WHITE", Pap.CLEAR), ("PAP: GREEN", Pap.GREEN)],
)
def test_permissible_actions_are_read(text: str, pap: Pap) -> None:
    assert read_pap(text) is pap


@pytest.mark.parametrize("text", ["PAP:PURPLE", "paper", "", "TLP:RED"])
def test_other_words_are_no_permissible_actions(text: str) -> None:
    assert read_pap(text) is None


def test_a_word_that_only_begins_like_tlp_is_no_label() -> None:
    assert speaks_of_tlp("tlp:purple")
    assert not speaks_of_tlp("tlphone")
