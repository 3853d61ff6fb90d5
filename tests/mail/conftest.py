"""The mail's tests write letters as the worker does."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.mail.letters import letter_app, settings
from warp_hub.db.roles import RoleUrls


@pytest.fixture
def mail_folder(database: RoleUrls, tmp_path: Path) -> Iterator[Path]:
    """Let letters go into a folder of this test."""
    folder = tmp_path / "mail"
    with settings(mail_folder=folder):
        yield folder


@pytest.fixture
def app(hub_settings: object) -> Flask:
    """Return an app that can render letters."""
    return letter_app()
