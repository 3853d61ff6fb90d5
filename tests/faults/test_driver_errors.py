"""What goes wrong on the driver's own connection is said like everything else that goes wrong with the database."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DataError, OperationalError

from tests.database import connect
from warp_hub import background, db
from warp_hub.db.roles import RoleUrls
from warp_hub.memberships.models import Organisation
from warp_hub.sharing import store


class _Rows(list[dict[str, Any]]):
    """Rows whose reading lasts until the database has gone away."""

    def __init__(self, urls: RoleUrls, *rows: dict[str, Any]) -> None:
        super().__init__(rows)
        self._urls, self._pid = urls, db.session.scalar(select(func.pg_backend_pid()))

    def __iter__(self) -> Iterator[dict[str, Any]]:
        _end(self._urls, self._pid)
        return super().__iter__()


def test_a_connection_lost_in_the_middle_of_a_bulk_load_is_a_lost_connection(database: RoleUrls) -> None:
    with pytest.raises(OperationalError) as lost:
        store.load(Organisation, _Rows(database, *(_organisation() for _ in range(5000))))
    assert lost.value.connection_invalidated
    db.session.rollback()
    assert store.load(Organisation, [_organisation()]) == 1


def test_a_value_that_cannot_be_loaded_is_a_fault_of_the_value(database: RoleUrls) -> None:
    with pytest.raises(DataError) as refused:
        store.load(Organisation, [_organisation() | {"name": "a\0b"}])
    assert not refused.value.connection_invalidated
    assert "a\0b" not in str(refused.value)


def test_a_connection_lost_before_a_job_is_put_on_the_queue_is_a_lost_connection(database: RoleUrls) -> None:
    _end(database, db.session.scalar(select(func.pg_backend_pid())))
    with pytest.raises(OperationalError) as lost:
        background.defer(db.session, "announce", item_id=str(uuid4()))
    assert lost.value.connection_invalidated
    db.session.rollback()
    assert db.session.scalar(text("SELECT 1")) == 1


def test_a_connection_lost_before_the_session_is_given_back_costs_nobody_an_answer(database: RoleUrls) -> None:
    for _ in range(20):  # more than the pool has
        _end(database, db.session.scalar(select(func.pg_backend_pid())))
        db.leave()
    assert db.session.scalar(text("SELECT 1")) == 1


def _end(urls: RoleUrls, pid: Any) -> None:
    with connect(urls.owner) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def _organisation() -> dict[str, Any]:
    return {"id": uuid4(), "name": "Testham", "short_name": "", "kind": "", "region": "", "also_known_as": []}
