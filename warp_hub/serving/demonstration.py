"""`warp-hub demo`: a fictional community on the embedded database, a loopback source, letters in a folder."""

import shutil
from pathlib import Path

from warp_hub import clock, config, db, pages
from warp_hub.config import Settings
from warp_hub.db import roles
from warp_hub.demo import building, warnings
from warp_hub.demo.source import Source, running
from warp_hub.factory import create_app
from warp_hub.serving import tree
from warp_hub.serving.failures import Refused
from warp_hub.serving.listening import listen
from warp_hub.serving.opening import prepared
from warp_hub.serving.tree import Say

FOLDER = "demo"


def run(*, port: int, fresh: bool, serve: bool, say: Say) -> None:
    """Build the demonstration unless it stands, and serve it until a signal; raise Refused with one clear line."""
    settings = _settings(port)
    if serve:
        listen(settings).close()  # a port in use is said before anything is built
    if fresh:
        _throw_away(settings.data_dir)
    with running(warnings.objects(clock.now())) as source:
        with prepared(settings):
            _prepare(settings, source, say)
            if not serve:
                return
            _welcome(settings, say)
        tree.serve(settings, say)


def _prepare(settings: Settings, source: Source, say: Say) -> None:
    app = create_app(settings, "work")
    pages.warm(app)
    try:
        with app.app_context():
            if building.is_built():
                building.point_to(source)
                return
            building.build(source, say)
            letters = building.send_digest(app, roles.urls(settings).of("work"))
            say(f"sent {letters} digests into {settings.mail_to_folder}")
    finally:
        db.leave()
        db.disconnect()


def _settings(port: int) -> Settings:
    """Return the demonstration's own settings: its own folder, loopback, no mail server, whatever else is set."""
    given = config.load_settings(base_url=f"http://localhost:{port}")
    if not given.embedded:
        raise Refused("the demonstration runs on its own database: unset WARP_HUB_DATABASE_URL")
    data = given.data_dir / FOLDER
    changes = {"data_dir": data, "port": port, "host": "127.0.0.1", "demo": True, "smtp_url": None}
    return given.model_copy(update={**changes, "mail_folder": data / "mail"})


def _throw_away(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


def _welcome(settings: Settings, say: Say) -> None:
    say("")
    say(f"Open {settings.base_url}/demo and choose who you would like to be.")
    say(f"Letters are in {settings.mail_to_folder}. Stop with Ctrl+C.")
