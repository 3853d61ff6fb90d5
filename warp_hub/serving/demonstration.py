"""`warp-hub demo`: a fictional community on the embedded database, a loopback source, letters in a folder."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from warp_hub import clock, config, db, pages
from warp_hub.config import Settings
from warp_hub.db import roles
from warp_hub.db.embedded import EmbeddedPostgres, make_folder
from warp_hub.demo import building, warnings
from warp_hub.demo.source import Source, running
from warp_hub.factory import create_app
from warp_hub.serving import tree
from warp_hub.serving.failures import Refused
from warp_hub.serving.listening import listen
from warp_hub.serving.opening import prepared
from warp_hub.serving.tree import Say

FOLDER, LOCK, WHOLE = "demo", "demo.lock", "demonstration.whole"


def run(*, port: int, fresh: bool, serve: bool, say: Say) -> None:
    """Build the demonstration unless it stands, and serve it until a signal; raise Refused with one clear line."""
    settings = _settings(port)
    with _alone(settings):
        if serve:  # a port in use is said before anything is built
            listen(settings, "give another by --port").close()
        _make_room(settings, fresh, say)
        with running(warnings.objects(clock.now())) as source:
            with prepared(settings):
                _prepare(settings, source, say)
            if serve:
                _welcome(settings, say)
                tree.serve(settings, say)


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Be the only demonstration of this folder: a second one would turn the first one's source to itself."""
    folder = settings.data_dir.parent
    make_folder(folder)
    with (folder / LOCK).open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise Refused(
                f"a demonstration runs already on {settings.data_dir}, at {lock.read().strip()}: "
                "stop it, or set WARP_HUB_DATA_DIR to another folder for a second one"
            ) from None
        lock.truncate(0)
        lock.write(settings.base_url)
        lock.flush()
        yield


def _make_room(settings: Settings, fresh: bool, say: Say) -> None:
    """Throw away what is not wanted, and what was interrupted while it was built: it would look whole."""
    folder = settings.data_dir
    if not folder.exists() or not any(folder.iterdir()):
        return
    if not (folder / "postgres.gate").exists():
        raise Refused(f"{folder} holds something else: set WARP_HUB_DATA_DIR to another folder")
    whole = (folder / WHOLE).exists()
    if whole and not fresh:
        return
    if not whole:
        say("the demonstration was not built to its end: it is begun anew")
    (folder / WHOLE).unlink(missing_ok=True)
    EmbeddedPostgres(folder).discard()
    shutil.rmtree(folder / "mail", ignore_errors=True)
    (folder / "secret.key").unlink(missing_ok=True)


def _prepare(settings: Settings, source: Source, say: Say) -> None:
    app = create_app(settings, "work")
    pages.warm(app)
    try:
        with app.app_context():
            if (settings.data_dir / WHOLE).exists():
                building.point_to(source)
                say(f"the demonstration stands in {settings.data_dir}; --fresh begins anew")
                return
            post = building.poster(app, roles.urls(settings).of("work"))
            building.build(source, post, say)
            letters = building.send_digest(post)
            say(f"sent {letters} digests into {settings.mail_to_folder}")
        (settings.data_dir / WHOLE).touch()
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


def _welcome(settings: Settings, say: Say) -> None:
    say("")
    say(f"Open {settings.base_url}/demo and choose who you would like to be.")
    say(f"Letters are in {settings.mail_to_folder}. Stop with Ctrl+C.")
