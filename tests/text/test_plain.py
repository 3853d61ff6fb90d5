"""Markdown for letters and lists: only words, in order."""

from hypothesis import given
from hypothesis import strategies as st

from warp_hub.text import clean_html, first_paragraph, plain, plain_of_html


def test_paragraphs_lists_and_links_read_as_text() -> None:
    text = plain(
        "# Title\n\nSee [the notice](https://a.example/x) or <https://b.example>.\n\n* one\n* two\n\n3. a\n4. b"
    )

    assert text == ("Title\n\nSee the notice (https://a.example/x) or https://b.example.\n\n- one\n- two\n\n1. a\n2. b")


def test_loose_lists_keep_their_dashes() -> None:
    assert plain("* one\n\n* two") == "- one\n\n- two"


def test_line_breaks_and_code_stay() -> None:
    assert plain("one\ntwo\n\n```\nif x:\n    y\n```") == "one\ntwo\n\nif x:\n    y"


def test_tables_read_row_by_row() -> None:
    assert plain("| a | b |\n|---|---|\n| 1 | 2 |") == "a | b\n1 | 2"


def test_html_of_a_feed_reads_as_text() -> None:
    assert plain("<p>One &amp; <b>two</b></p><p>three</p>") == "One & two\n\nthree"


def test_a_mailbox_is_not_said_twice() -> None:
    assert plain("<warp@midshire.example>") == "warp@midshire.example"


def test_stored_html_need_not_be_cleaned_again() -> None:
    assert plain_of_html(clean_html("**a** b")) == plain("**a** b") == "a b"


def test_the_first_paragraph_passes_over_headings() -> None:
    assert first_paragraph("# Summary\n\nThe *first* words.\n\nThe second.") == "The first words."


def test_the_first_paragraph_is_cut_at_a_word() -> None:
    assert first_paragraph("word " * 100, limit=23) == "word word word word…"


def test_a_text_of_headings_alone_still_has_a_first_paragraph() -> None:
    assert first_paragraph("# Only this") == "Only this"


def test_nothing_gives_nothing() -> None:
    assert plain("") == first_paragraph("  \n ") == ""


@given(st.text(max_size=200))
def test_any_text_can_be_read_plainly(text: str) -> None:
    assert len(first_paragraph(text, 50)) <= 50
    assert isinstance(plain(text), str)
