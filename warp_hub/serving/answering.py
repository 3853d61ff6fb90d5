"""The web server: waitress on a socket that is given to it, which answers what has begun before it leaves."""

import socket
import threading
import time
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

from warp_hub.config import Settings
from warp_hub.serving.signals import told_to_stop

DRAIN_SECONDS = 5.0


def answer(app: Flask, listener: socket.socket, settings: Settings) -> None:
    """Answer requests until a signal; what was begun then has DRAIN_SECONDS to end."""
    server = create_server(app, sockets=[listener], **_limits(settings))
    with told_to_stop(server.pull_trigger) as told:
        _turn(server, told)
        _drain(server)


def _limits(settings: Settings) -> dict[str, Any]:
    return {
        "threads": settings.threads,
        "ident": None,
        "connection_limit": 800,
        "channel_timeout": 60,
        "max_request_header_size": 32 * 1024,
        "max_request_body_size": 12 * 1024 * 1024,
        "asyncore_use_poll": True,
        # Without a proxy that is named as trusted nobody may say who they are; with one, the app counts the hops.
        "clear_untrusted_proxy_headers": settings.trusted_proxies == 0,
    }


def _turn(server: Any, told: threading.Event) -> None:
    while not told.is_set():
        wasyncore.loop(timeout=1, use_poll=True, map=server._map, count=1)


def _drain(server: Any) -> None:
    """Take no new connection, send the answers that are being made, close the rest."""
    server.del_channel()
    server.socket.close()
    deadline = time.monotonic() + DRAIN_SECONDS
    while time.monotonic() < deadline and any(map(_is_busy, server.active_channels.values())):
        wasyncore.loop(timeout=0.1, use_poll=True, map=server._map, count=1)
    server.task_dispatcher.shutdown(timeout=1)
    server.trigger.close()
    wasyncore.close_all(server._map)


def _is_busy(channel: Any) -> bool:
    return bool(channel.requests or channel.total_outbufs_len)
