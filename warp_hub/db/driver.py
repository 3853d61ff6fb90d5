"""The driver's own connection, for the few things that SQLAlchemy cannot say: COPY, and the queue's functions."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, scoped_session


@contextmanager
def driver(of: Session | scoped_session[Any]) -> Iterator["psycopg.Connection[Any]"]:
    """Lend a session's own driver connection; its errors come out as all others do, so that nobody knows two kinds."""
    connection = of.connection()
    lent: Any = connection.connection.driver_connection
    try:
        yield lent
    except psycopg.Error as error:
        gone = bool(lent.closed)
        if gone:
            connection.invalidate(error)
        raise DBAPIError.instance(
            None, None, error, psycopg.Error, hide_parameters=True, connection_invalidated=gone
        ) from error
