"""The database: PostgreSQL 15 or newer, reached as one of four roles."""

from warp_hub.db.driver import driver
from warp_hub.db.model import Model, UtcDateTime, new_id
from warp_hub.db.session import (
    Role,
    acting,
    among,
    app_now,
    as_viewer,
    connect,
    disconnect,
    engine,
    enter,
    leave,
    role,
    session,
    setting,
)

__all__ = [
    "Model",
    "Role",
    "UtcDateTime",
    "acting",
    "among",
    "app_now",
    "as_viewer",
    "connect",
    "disconnect",
    "driver",
    "engine",
    "enter",
    "leave",
    "new_id",
    "role",
    "session",
    "setting",
]
