"""The declarative base, its types, and how every table says for whom it is."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import DateTime, Dialect, Enum, MetaData, Text, TypeDecorator, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in time; a naive one is refused, a stored one comes back in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse a moment without its zone."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a naive datetime may not be stored")
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the moment in UTC whatever the connection's zone."""
        return None if value is None else value.astimezone(UTC)


class Model(DeclarativeBase):
    """The base of every mapped class.

    `__audience__` is "item" (rows received by the rule), "coordinators" (rows of one WARP's desk, by their
    `keeper`), "owner" (rows of one person or organisation, for nobody else's eyes), "house" (the hub's own
    book-keeping) or "public".
    """

    __audience__: ClassVar[str]
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        datetime: UtcDateTime,
        StrEnum: Enum(StrEnum, native_enum=False, length=40, values_callable=lambda kinds: [k.value for k in kinds]),
        UUID: Uuid(),
        list[UUID]: ARRAY(Uuid()),
        dict[str, Any]: JSONB,
        list[dict[str, Any]]: JSONB,
        dict[str, str]: JSONB,
        list[str]: JSONB,
    }


def new_id() -> UUID:
    """Return an id that nobody can guess or count."""
    return uuid4()
