"""An engine that another takes the place of leaves nothing open."""

from sqlalchemy import text

from warp_hub import db
from warp_hub.db.roles import RoleUrls


def test_an_engine_that_is_replaced_closes_its_connections(role_urls: RoleUrls) -> None:
    first = db.connect(role_urls.custody, "custody", default=False)
    with first.connect() as connection:
        held = connection.connection.driver_connection
        assert connection.execute(text("SELECT 1")).scalar() == 1

    second = db.connect(role_urls.custody, "custody", default=False)

    assert held is not None
    assert held.closed
    second.dispose()
