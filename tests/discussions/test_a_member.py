"""Who speaks as "a member" is nowhere: not in a row, not in an index of one, not in the time at which it was made."""

import re
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import NullPool, create_engine, text

from tests import factories
from tests.database import server
from tests.discussions.conftest import Room
from tests.discussions.test_pages import send
from warp_hub import audit, clock, db
from warp_hub.db.roles import RoleUrls
from warp_hub.discussions import telling

EVERY_TABLE = """
SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
 WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
"""
A_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T](\d\d:\d\d:\d\d(?:\.\d+)?)([+-]\d\d)")
OF_EVERY_VISIT = "session"  # its row tells when it was last used, by whatever page


def _dump(urls: RoleUrls) -> Counter[tuple[str, str]]:
    """Return every row of every table as text."""
    engine = create_engine(urls.owner, poolclass=NullPool)
    with engine.connect() as connection:
        tables = connection.execute(text(EVERY_TABLE)).scalars().all()
        rows = [
            (table, str(row))
            for table in tables
            for row in connection.execute(text(f"SELECT one::text FROM {table} AS one")).scalars()
        ]
    engine.dispose()
    return Counter(row for row in rows if row[0] != f"public.{OF_EVERY_VISIT}")


def _speak_as_a_member(room: Room, author: Any, signed_in: Any) -> None:
    browser = signed_in(author)
    to = f"TLP:GREEN {room.midshire.id}"
    spoken = {"shown_as": "a member", "step": "send"}
    page = send(browser, "/discussions/ask", title="Who has moved?", words="We start soon.", to=to, **spoken)
    path = page.select_one('form[action$="/reply"]')["action"]
    send(browser, path, words="Nobody yet?", **spoken)


def test_no_row_written_for_a_member_holds_them_their_organisation_or_the_time(
    room: Room, signed_in: Any, database: RoleUrls
) -> None:
    council = factories.organisation(room.midshire)
    author = factories.person(council, name="Zq7 Canaryname", email="zq7canary@zq7council.example")
    signed_in(author).get_page("/discussions")
    audit.link()
    db.session.commit()
    before = _dump(database)

    _speak_as_a_member(room, author, signed_in)
    tomorrow = clock.local(clock.now()).replace(hour=8, minute=0) + timedelta(days=1)
    spoken = _dump(database) - before
    with clock.at(tomorrow):
        telling.tell_due()
        db.session.commit()
    written = spoken + (_dump(database) - before)

    assert {table for table, _ in written} == {f"public.{name}" for name in ("item", "question", "reply", "item_words")}
    for table, row in written:
        for secret in (str(author.id), str(council.id), "zq7", "canary", council.name.lower()):
            assert secret not in row.lower(), f"{table} holds {secret}: {row}"
        for moment in A_TIME.finditer(row):
            local = clock.local(datetime.fromisoformat(moment[0] + ":00"))
            assert (local.hour, local.minute, local.second) == (0, 0, 0), f"{table} holds the time: {row}"


def test_not_even_a_dead_row_held_who_asked(room: Room, database: RoleUrls) -> None:
    """A row's earlier states lie in the database's files until they are swept: the author was in none of them."""
    room.asks(room.sam, named=False)
    engine = create_engine(database.owner, poolclass=NullPool)
    with engine.connect() as connection:
        path = connection.execute(text("SELECT pg_relation_filepath('item')")).scalar_one()
    engine.dispose()
    try:
        server().connection.execute("CHECKPOINT")
        (held,) = server().connection.execute("SELECT pg_read_binary_file(%s)", [path]).fetchone() or (b"",)
    except psycopg.errors.InsufficientPrivilege:
        pytest.skip("the files of the given database may not be read")
    assert room.midshire.id.bytes in held
    assert room.sam.id.bytes not in held
