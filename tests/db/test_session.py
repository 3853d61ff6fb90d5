"""What a session says in SQL: many values as one array, whatever is in them."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import NullPool, Text, Uuid, column, create_engine, func, select, text, values
from sqlalchemy.exc import DBAPIError

from tests import factories
from warp_hub import db
from warp_hub.db.roles import RoleUrls
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.tlp import NOBODY, Marking

AWKWARD = [
    "plain",
    "",
    " ",
    "NULL",
    "null",
    "a,b",
    "{a}",
    'a "word"',
    "back\\slash",
    'both \\" at once\\',
    "two\nlines",
    "ŵ é 漢 💡",
    "%s %(name)s :name",
    "'; --",
]


@pytest.mark.parametrize("said", AWKWARD)
def test_a_text_is_found_among_many_as_it_stands(database: RoleUrls, said: str) -> None:
    assert _found(Text(), AWKWARD, [said]) == [said]
    assert _found(Text(), [said], AWKWARD) == [said]


def test_ids_are_found_among_many(database: RoleUrls) -> None:
    ids = [uuid4() for _ in range(1500)]

    assert _found(Uuid(), ids[:3], ids) == ids[:3]
    assert _found(Uuid(), ids[:3], ids[3:]) == []


def test_nothing_is_found_among_none(database: RoleUrls) -> None:
    assert _found(Text(), AWKWARD, []) == []
    assert _found(Uuid(), [UUID(int=1)], []) == []


def test_many_values_are_handed_over_as_an_array_and_not_read_again_for_each_row(database: RoleUrls) -> None:
    held = values(column("said", Text()), name="held").data([("a",)])
    asked = select(func.pg_typeof(db.among(held.c.said, ["a"]).right.element))

    statement = str(db.among(held.c.said, ["a"]).compile(db.session.get_bind()))

    assert statement == "held.said = ANY (CAST(%(param_1)s AS TEXT[]))"
    assert db.session.scalar(asked) == "text[]"


def _found(of_type: Any, held: list[Any], among: list[Any]) -> list[Any]:
    rows = values(column("one", of_type), name="held").data([(one,) for one in held])
    return list(db.session.scalars(select(rows.c.one).where(db.among(rows.c.one, among))))


def test_what_is_prepared_outlasts_a_rollback_and_what_was_written_does_not(database: RoleUrls) -> None:
    for _ in range(8):
        db.session.execute(text("CREATE TEMP TABLE fleeting (one int)"))
        db.session.execute(text("SELECT count(*) FROM fleeting WHERE one > :least"), {"least": 3})
        db.session.rollback()

    prepared = db.session.scalars(text("SELECT statement FROM pg_prepared_statements")).all()

    assert any("FROM fleeting" in statement for statement in prepared)
    with pytest.raises(DBAPIError, match="does not exist"):
        db.session.execute(text("SELECT 1 FROM fleeting"))


def test_who_reads_by_a_plan_that_was_made_for_another_reads_what_is_theirs(database: RoleUrls) -> None:
    here, there = factories.warp(), factories.warp()
    for warp in (here, there):
        factories.item(Marking.AMBER, to=[warp], title=warp.name)
    factories.item(Marking.CLEAR, title="All")
    db.session.commit()
    readers = [(viewer_of(factories.member(warp).id, Proof.FULL), {warp.name, "All"}) for warp in (here, there)]
    readers.append((NOBODY, set()))
    db.session.commit()

    for _ in range(12):
        for viewer, theirs in readers:
            assert _titles() == {here.name, there.name, "All"}
            with db.as_viewer(viewer.settings()):
                assert _titles() == theirs

    lasting = "SELECT max(generic_plans) FROM pg_prepared_statements WHERE statement LIKE 'SELECT title%'"
    assert (db.session.scalar(text(lasting)) or 0) > 20


def _titles() -> set[str]:
    with db.driver(db.session) as driver:
        asked = "SELECT title FROM item WHERE title LIKE %s"
        return {title for (title,) in driver.execute(asked, ("%",), prepare=True)}


def test_what_was_prepared_for_a_table_that_changed_since_fails_once(database: RoleUrls) -> None:
    asked = text("SELECT one FROM changing WHERE one IS NULL")
    faults = 0
    with create_engine(database.owner, poolclass=NullPool).connect() as owner:
        owner.execute(text("CREATE TABLE changing (one int)"))
        owner.execute(text("GRANT SELECT ON changing TO hub_work"))
        owner.commit()
        for turn in range(10):
            try:
                db.session.execute(asked)
            except DBAPIError:
                faults += 1
            db.session.rollback()
            if turn == 6:
                owner.execute(text("ALTER TABLE changing ALTER one TYPE text"))
                owner.commit()
        owner.execute(text("DROP TABLE changing"))
        owner.commit()

    assert faults == 1


def test_a_connection_that_was_lost_says_so_when_it_is_rolled_back_and_the_next_one_works(database: RoleUrls) -> None:
    lost = db.session.scalar(select(func.pg_backend_pid()))
    with create_engine(database.owner, poolclass=NullPool).begin() as owner:
        owner.execute(select(func.pg_terminate_backend(lost)))
    with pytest.raises(DBAPIError):
        db.session.execute(select(1))
    db.leave()

    assert db.session.scalar(select(func.pg_backend_pid())) != lost
