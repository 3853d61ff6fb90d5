"""Bulk loading says how many rows were new: intake counts by it."""

from typing import Any
from uuid import uuid4

from warp_hub.db.roles import RoleUrls
from warp_hub.memberships.models import Organisation
from warp_hub.sharing import store


def test_loading_returns_how_many_rows_were_new(database: RoleUrls) -> None:
    first, second, third = _organisation(), _organisation(), _organisation()

    assert store.load(Organisation, []) == 0
    assert store.load(Organisation, [first, second]) == 2
    assert store.load(Organisation, [first, second]) == 0
    assert store.load(Organisation, [second, third]) == 1


def _organisation() -> dict[str, Any]:
    return {"id": uuid4(), "name": "Testham", "short_name": "", "kind": "", "region": "", "also_known_as": []}
