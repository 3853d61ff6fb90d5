"""The passages in which the words that were looked for stand, marked for the page; made for the rows of one page."""

from collections.abc import Sequence

from sqlalchemy import ARRAY, Text, cast, column, func, select

from warp_hub import text
from warp_hub.db import session
from warp_hub.pages.snippets import BEGIN, END, unmarked
from warp_hub.sharing import words

LONGEST = 10_000
_MARKS = f"StartSel={BEGIN},StopSel={END}"
_WHOLE = f"{_MARKS},HighlightAll=true"
_PASSAGE = f'{_MARKS},MaxFragments=2,MaxWords=24,MinWords=10,FragmentDelimiter=" … "'


def marked_titles(titles: Sequence[str], query: str) -> list[str]:
    """Return whole titles with the words marked."""
    return _headlines(titles, query, _WHOLE)


def marked_passages(texts: Sequence[str], query: str) -> list[str]:
    """Return of each text the passages with the words in it, "" where it has none of them."""
    return [passage if BEGIN in passage else "" for passage in _headlines(texts, query, _PASSAGE)]


def _headlines(texts: Sequence[str], query: str, options: str) -> list[str]:
    """Ask the database, which cut the words, to find them again; the texts are handed over, no table is read."""
    if not texts:
        return []
    shown = [text.for_database(unmarked(said[:LONGEST])).replace("’", "'") for said in texts]
    given = func.unnest(cast(shown, ARRAY(Text()))).table_valued(column("said", Text()), with_ordinality="place")
    given = given.render_derived(name="given")
    marked = func.ts_headline(words.CUTTING, given.c.said, words.asked(query), options)
    return list(session.scalars(select(marked).order_by(given.c.place)))
