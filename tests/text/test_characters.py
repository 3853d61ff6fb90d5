"""Characters that lie are shown or removed; what is stored, named and printed is what is seen."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warp_hub.text import clean_html, for_database, one_line, safe_filename, shortened, visible

ANYTHING = st.text(alphabet=st.characters(categories=None), max_size=300)  # lone surrogates too


def test_nul_and_lone_surrogates_do_not_reach_the_database() -> None:
    assert for_database("a\x00b\ud800c😀") == "a\ufffdb\ufffdc😀"


@given(ANYTHING)
def test_any_text_can_be_stored_and_encoded_afterwards(text: str) -> None:
    for stored in (for_database(text), visible(text), one_line(text), clean_html(text), safe_filename(text)):
        stored.encode("utf-8")
        assert "\x00" not in stored


def test_changes_of_direction_can_be_seen() -> None:
    assert visible("invoice\u202efdp.exe") == "invoice[U+202E]fdp.exe"
    assert visible("\u2066x\u2069") == "[U+2066]x[U+2069]"


def test_terminal_commands_can_be_seen() -> None:
    assert visible("\x1b[31mred\x07") == "␛[31mred␇"


def test_what_nobody_sees_is_gone() -> None:
    assert visible("ad\u00admin\u200b\ufeff\u2060") == "admin"
    assert visible("hi\U000e0068\U000e0069") == "hi"


def test_the_welsh_flag_and_joined_letters_stay() -> None:
    wales = "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"

    assert visible(f"Cymru {wales} 👩‍💻 Llŷn") == f"Cymru {wales} 👩‍💻 Llŷn"


def test_every_line_end_is_one_newline() -> None:
    assert visible("a\r\nb\rc\u2028d\u2029e\x85f") == "a\nb\nc\nd\ne\nf"


def test_ten_thousand_combining_marks_become_a_few() -> None:
    assert len(visible("a" + "\u0301" * 10_000 + "b")) < 20
    assert len(clean_html("a" + "\u0335\u0301" * 10_000)) < 50


def test_ordinary_marks_stay() -> None:
    for text in ("Tiếng Việt e\u0302\u0301", "שָׁלוֹם", "नमस्ते", "ภาษาไทยที่นี่"):
        assert visible(text) == text


def test_a_line_is_one_line_within_its_limit() -> None:
    assert one_line("  a\nb\tc  ") == "a b c"
    assert one_line("one two three four", limit=12) == "one two…"
    assert len(one_line("x" * 500, limit=50)) == 50


@given(ANYTHING, st.integers(min_value=5, max_value=60))
def test_no_line_is_longer_than_asked_or_breaks(text: str, limit: int) -> None:
    line = one_line(text, limit)

    assert len(line) <= limit
    assert len(line.splitlines()) <= 1


def test_a_short_text_is_not_shortened() -> None:
    assert shortened("one two", 7) == "one two"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("report.pdf", "report.pdf"),
        ("Adroddiad Llŷn.pdf", "Adroddiad-Llŷn.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\notes.doc", "notes.doc"),
        ("a\r\nContent-Type: text/html", "html"),
        ('a";b.pdf', "a-b.pdf"),
        (".htaccess", "htaccess"),
        ("invoice\u202efdp.exe", "invoice-fdp.exe"),
        ("CON", "file"),
        ("nul.txt", "file"),
        ("", "file"),
        ("....", "file"),
        ("/", "file"),
    ],
)
def test_a_file_name_is_only_a_name(name: str, safe: str) -> None:
    assert safe_filename(name) == safe


@given(ANYTHING)
def test_no_file_name_leaves_its_folder_or_its_header(name: str) -> None:
    safe = safe_filename(name)

    assert 0 < len(safe) <= 100
    assert not set(safe) & set("/\\\"'\r\n;:<>|*?% ")
    assert not safe.startswith(".")
    assert not any(unicodedata.category(character) in ("Cc", "Cf", "Cs") for character in safe)
