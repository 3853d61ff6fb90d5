"""Sessions: one per thread and role, each transaction knowing its viewer and its time.

A process connects as one role ("web" or "work"). Row-level security reads the viewer from `app.*`
settings, which `after_begin` writes for each transaction; without them every policy answers no.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal
from uuid import UUID

from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy import (
    ARRAY,
    Connection,
    Engine,
    Text,
    Uuid,
    any_,
    cast,
    create_engine,
    event,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, SessionTransaction, scoped_session, sessionmaker
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import NullType, TypeEngine

from warp_hub import clock
from warp_hub.db.model import UtcDateTime

Role = Literal["web", "work", "custody", "owner"]
SETTINGS = ("app.member", "app.amber", "app.strict", "app.red", "app.keeps", "app.person")

MOST_PREPARED = 200  # a page says up to forty, all of them a few hundred; each takes a tenth of a megabyte there

_engines: dict[Role, Engine] = {}
_default_role: list[Role] = ["web"]
_acting: ContextVar[Role | None] = ContextVar("warp_hub_role", default=None)


class _RoleSession(Session):
    """A session on the engine of the role that this thread is acting as."""

    def get_bind(self, *_: Any, **__: Any) -> Engine:
        return _engines[role()]


session = scoped_session(
    sessionmaker(class_=_RoleSession, expire_on_commit=False),
    scopefunc=lambda: (threading.get_ident(), role()),
)


def connect(url: str, as_role: Role, *, pool_size: int = 10, default: bool = True) -> Engine:
    """Open the engine of one role; raise nothing until it is used."""
    engine = create_engine(
        url,
        pool_pre_ping=True,
        pool_use_lifo=True,  # the connection that was used last has the most prepared
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=4,
        connect_args={"connect_timeout": 5, "application_name": f"warp-hub {as_role}"},
    )
    engine.dialect.do_rollback = _roll_back  # type: ignore[method-assign, assignment]
    event.listen(engine, "connect", _prepare_more)
    if as_role in _engines:
        _engines[as_role].dispose()
    _engines[as_role] = engine
    if default:
        _default_role[0] = as_role
    return engine


def _roll_back(connection: Any) -> None:
    """End a transaction and keep what PostgreSQL has prepared, which a rollback does not touch there.

    The driver's own throws all of it away, and every request that only reads ends in a rollback: each would be planned
    anew, which takes longer than to answer it. After a fault all of it goes: what was prepared for a table that has
    changed since would fail for as long as the connection lasts.
    """
    status = connection.pgconn.transaction_status
    if status == TransactionStatus.IDLE:
        return
    if status != TransactionStatus.INTRANS or connection.pgconn.exec_(b"ROLLBACK").status != ExecStatus.COMMAND_OK:
        connection.rollback()  # and says what is wrong, as the driver does


def _prepare_more(connection: Any, _record: object) -> None:
    connection.prepared_max = MOST_PREPARED


def disconnect() -> None:
    """Close every connection of this process."""
    session.registry.registry.clear()
    for engine in _engines.values():
        engine.dispose()
    _engines.clear()


def engine(of: Role | None = None) -> Engine:
    """Return the engine of a role, by default the one this thread acts as."""
    return _engines[of or role()]


def role() -> Role:
    """Return the role this thread acts as."""
    return _acting.get() or _default_role[0]


@contextmanager
def acting(as_role: Role) -> Iterator[None]:
    """Act as another role of this process's open engines; for tests and the one-process demo."""
    token = _acting.set(as_role)
    try:
        yield
    finally:
        _acting.reset(token)


def enter(viewer: Mapping[str, str]) -> None:
    """Let this session's transactions, the running one included, be this viewer's."""
    session.info["viewer"] = dict(viewer)
    if session().in_transaction():
        _say(session.connection(), viewer)


def leave() -> None:
    """Give the session back: no viewer, no open transaction; one whose connection was lost has nothing to give back."""
    session.info.pop("viewer", None)
    try:
        session.remove()
    except DBAPIError:
        session.registry.clear()


@contextmanager
def as_viewer(viewer: Mapping[str, str]) -> Iterator[None]:
    """Read as one person for one transaction; the worker steps down to the web role for it."""
    session.rollback()
    before = session.info.get("viewer")
    session.info["viewer"] = dict(viewer)
    session.info["as_web"] = role() == "work"
    try:
        yield
    finally:
        session.rollback()
        session.info.pop("as_web", None)
        session.info["viewer"] = before or {}


def setting(name: str, of_type: type[TypeEngine[Any]] | TypeEngine[Any]) -> ColumnElement[Any]:
    """Return one `app.*` setting as SQL, read once a query: a bare call would be read once a row."""
    return select(cast(func.nullif(func.current_setting(name, True), ""), of_type)).scalar_subquery()


def app_now() -> ColumnElement[Any]:
    """Return the transaction's own time as SQL; `func.now()` is banned."""
    return setting("app.now", UtcDateTime)


def among(column: Any, values: Iterable[Any]) -> ColumnElement[bool]:
    """Say that a column has one of many values, handed over as one array: a thousand parameters cost a page's time.

    Ids and texts are written down here, as PostgreSQL reads an array: the driver takes four times as long.
    """
    many: Any = list(values)
    if isinstance(column.type, Uuid) and all(isinstance(value, UUID) for value in many):
        many = literal(f"{{{','.join(value.hex for value in many)}}}", NullType())
    elif isinstance(column.type, Text) and all(isinstance(value, str) for value in many):
        many = literal(f"{{{','.join(map(_quoted, many))}}}", NullType())
    found: ColumnElement[bool] = column == any_(cast(many, ARRAY(column.type)))
    return found


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@event.listens_for(_RoleSession, "after_begin")
def _tell_the_database(of: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    if of.info.get("as_web"):
        connection.execute(text("SET LOCAL ROLE hub_web"))
    _say(connection, of.info.get("viewer") or {})


def _say(connection: Connection, viewer: Mapping[str, str]) -> None:
    values = {name: viewer.get(name, "") for name in SETTINGS} | {"app.now": clock.now().isoformat()}
    connection.execute(_SAY, {name.replace(".", "_"): value for name, value in values.items()})


_SAY = text(
    "SELECT " + ", ".join(f"set_config('{name}', :{name.replace('.', '_')}, true)" for name in (*SETTINGS, "app.now"))
)
