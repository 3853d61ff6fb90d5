"""The words by which items are found.

An item's words are its own: its title, what it says and what it is about, never those of another item that it
names, which may be under a stricter label. What is stored here nobody reads; `visibility.search_visible` asks it.

One way of cutting words serves both languages: what is said in Welsh is cut in the same way when it is stored and
when it is asked for. Addresses are stored as they are meant, and words with accents without them as well.
"""

import unicodedata
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, Uuid, cast, column, func, literal_column, select
from sqlalchemy.dialects.postgresql import insert

from warp_hub import text
from warp_hub.db import session
from warp_hub.sharing.models import ITEM_WORDS

LONGEST_HEADING, LONGEST_TEXT, LONGEST_QUERY = 2000, 100_000, 200
# The database would take "FortiOS/FortiProxy" for the name of a file, and "cynghorau’n" for one word.
_CUT_APART = str.maketrans("/\\’", "  '")
CUTTING: ColumnElement[str] = literal_column("'english'::regconfig")


def put(item_id: UUID, heading: str, said: str) -> None:
    """Let an item be found by these words and by no others; whoever may write the item may call this.

    Words of the heading count for more. Plain text: HTML goes through `text.plain_of_html` first.
    """
    put_all([(item_id, heading, said)])


def put_all(rows: Iterable[tuple[UUID, str, str]]) -> None:
    """Do for many items at once what `put` does for one: (id, heading, text) of each."""
    given = {
        item_id: (_as_meant(heading[:LONGEST_HEADING]), _as_meant(said[:LONGEST_TEXT]))
        for item_id, heading, said in rows
    }
    if not given:
        return
    session.flush()
    told = func.unnest(
        cast(list(given), ARRAY(Uuid())),
        cast([heading for heading, _ in given.values()], ARRAY(Text())),
        cast([said for _, said in given.values()], ARRAY(Text())),
    ).table_valued(column("item_id", Uuid()), column("heading", Text()), column("said", Text()))
    told = told.render_derived(name="told")
    heading = func.setweight(func.to_tsvector(CUTTING, told.c.heading), literal_column("'A'"))
    words = heading.op("||")(func.to_tsvector(CUTTING, told.c.said))
    statement = insert(ITEM_WORDS).from_select(["item_id", "words"], select(told.c.item_id, words))
    statement = statement.on_conflict_do_update(index_elements=["item_id"], set_={"words": statement.excluded.words})
    session.execute(statement)


def asked(query: str) -> ColumnElement[str]:
    """Return what somebody typed as a query of the database: "quoted words", OR and -not; nothing in it is an error."""
    return func.websearch_to_tsquery(CUTTING, readable(query).translate(_CUT_APART))


def readable(query: str) -> str:
    """Return a query as it is looked for: on one line, no longer than one may be, its addresses as they are meant."""
    printable = (letter if letter.isprintable() else " " for letter in query[:LONGEST_QUERY])
    return text.refang(" ".join("".join(printable).split()))


def _as_meant(said: str) -> str:
    """Return text with its addresses as they are meant, and its accented words a second time without accents."""
    meant = text.refang(text.for_database(said)).translate(_CUT_APART)
    if meant.isascii():
        return meant
    bare = [_without_accents(word) for word in meant.split() if not word.isascii()]
    return f"{meant}\n{' '.join(bare)}"


def _without_accents(word: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter))
