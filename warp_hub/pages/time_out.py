"""When the reader of a page will be signed out, so that the page can warn them in time."""

from dataclasses import dataclass
from datetime import datetime

from flask import Flask, g

from warp_hub import config


@dataclass(frozen=True)
class TimeOut:
    """After how many minutes without a page a session ends, and when it ends however much it is used."""

    idle_minutes: int
    ends: datetime


def install(app: Flask) -> None:
    """Let components ask when the session of this request ends."""
    app.jinja_env.globals["time_out"] = time_out


def time_out() -> TimeOut | None:
    """Return when the session of this request ends; nothing for whoever has none."""
    ends: datetime | None = getattr(g.get("visitor"), "session_ends", None)
    return None if ends is None else TimeOut(config.current().idle_minutes, ends)
