"""What a session says in SQL: many values as one array, whatever is in them."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Text, Uuid, column, func, select, values

from warp_hub import db
from warp_hub.db.roles import RoleUrls

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
