"""Sessions: aware times only, the viewer told to each transaction, nothing left behind."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.exc import StatementError

from tests import factories
from warp_hub import clock, db
from warp_hub.tlp import Viewer

pytestmark = pytest.mark.usefixtures("database")


def _setting(name: str) -> str | None:
    driver: Any = db.session.connection().connection.driver_connection
    return driver.execute("SELECT current_setting(%s, true)", [name]).fetchone()[0]


def test_a_naive_time_is_not_stored() -> None:
    with pytest.raises(StatementError, match="naive"):
        factories.person(void_before=datetime(2026, 1, 1))
    db.session.rollback()


def test_a_time_comes_back_in_utc() -> None:
    moment = datetime(2026, 7, 1, 12, 0, tzinfo=clock.LONDON)
    person = factories.person(void_before=moment)
    db.session.refresh(person)
    assert person.void_before == moment
    assert person.void_before.tzinfo is UTC


def test_every_transaction_is_told_its_viewer_and_its_time() -> None:
    viewer = Viewer(uuid4(), True, amber=frozenset({uuid4()}))
    with db.acting("web"):
        db.enter(viewer.settings())
        for _ in range(2):
            assert _setting("app.amber") == viewer.settings()["app.amber"]
            assert datetime.fromisoformat(_setting("app.now") or "") <= clock.now()
            db.session.rollback()
        db.leave()
        assert _setting("app.amber") == ""
        db.leave()


def test_entering_reaches_a_transaction_that_already_runs() -> None:
    viewer = Viewer(uuid4(), True)
    with db.acting("web"):
        assert _setting("app.member") == ""
        db.enter(viewer.settings())
        assert _setting("app.member") == "true"
        db.leave()


def test_the_worker_is_itself_again_after_stepping_down() -> None:
    viewer = Viewer(uuid4(), True)
    driver = lambda: db.session.connection().connection.driver_connection  # noqa: E731
    with db.as_viewer(viewer.settings()):
        assert driver().execute("SELECT current_user").fetchone()[0] == "hub_web"
        assert _setting("app.member") == "true"
    assert driver().execute("SELECT current_user").fetchone()[0].endswith("_work")
    assert _setting("app.member") == ""
