"""Digests are delivered in these tests as the worker does it."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.digests.post_room import PostRoom


@pytest.fixture
def post_room(database: object) -> Iterator[PostRoom]:
    """Lend a post room, with an app that can write letters."""
    from warp_hub import pages

    app = Flask("warp_hub", static_folder=None, template_folder=None)
    app.config.update(SECRET_KEY="only for tests", PREFERRED_URL_SCHEME="http")
    pages.install(app)
    with app.app_context():
        yield PostRoom()
