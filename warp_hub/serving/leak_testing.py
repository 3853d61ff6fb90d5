"""warp-hub leak-test: the leak matrix on a database made for it and thrown away, never the one that is in use."""

import secrets
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from warp_hub import config, db
from warp_hub.config import Settings
from warp_hub.db import migrate
from warp_hub.db.embedded import EmbeddedPostgres
from warp_hub.factory import create_app
from warp_hub.proof import matrix
from warp_hub.proof.cast import VIEWERS
from warp_hub.serving.opening import load_models, open_for_work

Say = Callable[[str], None]


def run(say: Say, viewers: Sequence[str] = tuple(VIEWERS), *, in_turns: bool = False) -> bool:
    """Plant, walk and compare; say each leak and wrong denial, then the count; True when there is none of either.

    In turns each viewer tries a part of what is nobody's page, so that every one is tried by some.
    """
    with _throwaway_settings() as settings, EmbeddedPostgres(settings.data_dir, durable=False):
        say("a database to throw away is ready")
        config.use(settings)
        migrate.upgrade(settings)
        try:
            result = matrix.run(_opened(settings), say, viewers, in_turns=in_turns)
        finally:
            db.disconnect()
    for sentence in result.leaks:
        say(f"LEAK: {sentence}")
    for sentence in result.wrong_denials:
        say(f"WRONG DENIAL: {sentence}")
    say(f"{result.cells} cells, {len(result.leaks)} leaks, {len(result.wrong_denials)} wrong denials")
    return result.is_clean


@contextmanager
def _throwaway_settings() -> Iterator[Settings]:
    """Lend settings that name nothing of this installation: its database, mail server and secret are left alone."""
    with tempfile.TemporaryDirectory(prefix="warp-hub-leak-test-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # started as root, the server runs as somebody else, who must get through
        yield config.load_settings(
            database_url=None,
            web_database_url=None,
            work_database_url=None,
            custody_database_url=None,
            data_dir=folder / "hub",
            secret_key=secrets.token_urlsafe(48),
            base_url="http://localhost:8000",
            smtp_url=None,
            mail_folder=folder / "mail",
            trusted_proxies=0,
            demo=False,
        )


def _opened(settings: Settings) -> Flask:
    load_models()
    open_for_work(settings)
    return create_app(settings)
