"""Which failures are said in one clear line; anything else is a fault of ours and keeps its traceback."""

from psycopg.errors import DiskFull
from sqlalchemy.exc import DBAPIError, OperationalError

from warp_hub.config import ConfigurationError
from warp_hub.db.embedded import DatabaseUnavailable
from warp_hub.db.migrate import MigrationFailed, SchemaMismatch
from warp_hub.db.roles import RolesMissing

NAMED = (ConfigurationError, DatabaseUnavailable, SchemaMismatch, MigrationFailed, RolesMissing)


class Refused(Exception):
    """A command cannot be done; the text is one sentence for whoever typed it."""


def clear_line(error: BaseException) -> str | None:
    """Return the one line for a failure that has one."""
    if isinstance(error, (*NAMED, Refused)) or hasattr(error, "for_the_command_line"):
        return " ".join(str(error).split())
    if isinstance(error, DBAPIError) and isinstance(error.orig, DiskFull):
        return "the disk of the database is full: nothing of this was stored; make room and try again"
    if isinstance(error, OperationalError):
        return f"the database does not answer: {_first_line(error)}"
    if isinstance(error, DBAPIError):
        return f"the database refused: {_first_line(error)}"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return None


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
