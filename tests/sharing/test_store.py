"""Bulk loading says how many rows were new: intake counts by it. What is stored is what was given, row by row."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from warp_hub import db
from warp_hub.advisories.models import Advisory
from warp_hub.db.roles import RoleUrls
from warp_hub.memberships.models import Organisation
from warp_hub.sharing import store
from warp_hub.sharing.models import Item, ItemKind
from warp_hub.sharing.visibility import house_read
from warp_hub.tlp import Marking

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)


def test_loading_returns_how_many_rows_were_new(database: RoleUrls) -> None:
    first, second, third = _organisation(), _organisation(), _organisation()

    assert store.load(Organisation, []) == 0
    assert store.load(Organisation, [first, second]) == 2
    assert store.load(Organisation, [first, second]) == 0
    assert store.load(Organisation, [second, third]) == 1


@pytest.mark.parametrize("count", [1, 2, 5])
def test_rows_that_have_most_in_common_are_stored_as_they_are(database: RoleUrls, count: int) -> None:
    desk = uuid4()
    given = [_item(desk, number) for number in range(count)]
    given[-1] |= {"marking": Marking.AMBER, "recipients": [desk, uuid4()], "held": "why", "withdrawn_at": NOW}

    store.load(Item, given)

    held = _held(Item)
    for row in given:
        stored = held[row["id"]]
        assert {name: getattr(stored, name) for name in row} == row


def test_what_python_takes_for_equal_and_json_does_not_stays_apart(database: RoleUrls) -> None:
    items = [_item(uuid4(), number) for number in range(2)]
    store.load(Item, items)
    links = [[{"number": 1}], [{"number": True}]]

    store.load(Advisory, [_advisory(item["id"], one) for item, one in zip(items, links, strict=True)])

    held = _held(Advisory)
    assert [repr(held[item["id"]].links) for item in items] == [repr(one) for one in links]


def test_a_second_load_of_one_transaction_stores_its_own_rows_alone(database: RoleUrls) -> None:
    desk = uuid4()
    first, second = [_item(desk, 1), _item(desk, 2)], [_item(desk, 3)]

    store.load(Item, first)
    assert store.load(Item, second) == 1
    db.session.commit()
    assert store.load(Item, [_item(desk, 4)]) == 1
    db.session.rollback()
    assert store.load(Item, [_item(desk, 5)]) == 1

    assert sorted(one.title for one in _held(Item).values()) == ["Number 1", "Number 2", "Number 3", "Number 5"]


def test_what_is_loaded_leaves_nothing_behind_that_is_not_its_own(database: RoleUrls) -> None:
    store.load(Item, [_item(uuid4(), 1) | {"summary": "said once"}])
    db.session.rollback()

    store.load(Item, [_item(uuid4(), 2), _item(uuid4(), 3)])

    assert {one.summary for one in _held(Item).values()} == {""}


def test_a_naive_moment_is_refused_whether_all_rows_have_it_or_one(database: RoleUrls) -> None:
    naive, desk = NOW.replace(tzinfo=None), uuid4()

    with pytest.raises(ValueError, match="naive"):
        store.load(Item, [_item(desk, number) | {"embargo_until": naive} for number in range(3)])
    db.session.rollback()
    with pytest.raises(ValueError, match="naive"):
        store.load(Item, [_item(desk, 1), _item(desk, 2) | {"embargo_until": naive}])


def _item(desk: UUID, number: int) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "kind": ItemKind.ADVISORY,
        "title": f"Number {number}",
        "summary": "",
        "severity": None,
        "originator": desk,
        "originator_name": "Bench",
        "about_id": None,
        "label_assumed": False,
        "held": None,
        "chatham_house": False,
        "pap": None,
        "restrictions": "",
        "passed_by": [],
        "added_at": None,
        "revised_at": None,
        "marking": Marking.GREEN,
        "keepers": [desk],
        "recipients": [],
        "early": [],
        "published_at": None,
        "embargo_until": NOW + timedelta(days=1),
        "withdrawn_at": None,
        "is_public": False,
    }


def _advisory(item_id: UUID, links: list[dict[str, Any]]) -> dict[str, Any]:
    words = {"body": {"en": "<p>Told</p>"}, "to_do": {}, "external_id": None, "why": "", "cvss": 9.8}
    return {
        "id": item_id,
        "stix_id": f"report--{item_id}",
        "links": links,
        "received_at": NOW,
        "modified": NOW,
        **words,
    }


def _held(mapped: type[Any]) -> dict[UUID, Any]:
    db.session.expire_all()
    return {row.id: row for row in db.session.scalars(house_read(select(mapped), "intake"))}


def _organisation() -> dict[str, Any]:
    return {"id": uuid4(), "name": "Testham", "short_name": "", "kind": "", "region": "", "also_known_as": []}
