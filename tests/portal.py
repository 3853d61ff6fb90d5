"""The whole portal under test: a client that reads pages as the web role, signed in as anybody."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.page_client import PageClient
from warp_hub import config, db
from warp_hub.db.roles import RoleUrls
from warp_hub.factory import create_app
from warp_hub.memberships.viewers import Proof
from warp_hub.sharing import guard
from warp_hub.signin.visitors import cookie_name, open_session_for


class PortalClient(PageClient):
    """A reader whose every request runs as the web role."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        with db.acting("web"):
            return super().open(*args, **kwargs)

    def sign_in(self, person: Any, proof: Proof = Proof.FULL) -> "PortalClient":
        """Become a person, with what their session proves."""
        cookie = open_session_for(person if isinstance(person, UUID) else person.id, proof)
        db.session.commit()
        self.set_cookie(cookie_name(), cookie)
        return self


@pytest.fixture(scope="session")
def portal(role_urls: RoleUrls, hub_settings: config.Settings) -> Flask:
    """Return the portal, all rooms in it, on this worker's database."""
    given = {f"{role}_database_url": getattr(role_urls, role) for role in ("web", "work", "custody")}
    app = create_app(hub_settings.model_copy(update={"database_url": role_urls.owner, "demo": True, **given}))
    app.test_client_class = PortalClient
    app.testing = True
    guard.connect(role_urls.web, "web", pool_size=4, default=False)
    guard.connect(role_urls.work, "work", pool_size=4)
    config.use(hub_settings)
    return app


@pytest.fixture
def browser(portal: Flask, database: RoleUrls) -> PortalClient:
    """Lend a browser that nobody has signed in with."""
    return portal.test_client()


@pytest.fixture
def signed_in(portal: Flask, database: RoleUrls) -> Any:
    """Lend a way to open browsers that are signed in as somebody."""

    def open_browser(person: Any, proof: Proof = Proof.FULL) -> PortalClient:
        return portal.test_client().sign_in(person, proof)

    return open_browser
