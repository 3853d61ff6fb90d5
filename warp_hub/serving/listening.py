"""The socket on which the portal listens: opened once, by whoever can say plainly why it cannot be."""

import errno
import socket

from warp_hub.config import Settings
from warp_hub.serving.failures import Refused

BACKLOG = 1024


def listen(settings: Settings, otherwise: str = "set WARP_HUB_PORT to another") -> socket.socket:
    """Open the socket of WARP_HUB_HOST and WARP_HUB_PORT; raise Refused with one clear line on what to do."""
    where = f"port {settings.port} on {settings.host}"
    try:
        ((family, kind, protocol, _, address), *_) = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except socket.gaierror:
        raise Refused(f"WARP_HUB_HOST {settings.host} is not an address of this machine") from None
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise Refused(_sentence(where, settings.host, error, otherwise)) from None
    return listener


def _sentence(where: str, host: str, error: OSError, otherwise: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"{where} is in use: stop what uses it or {otherwise}"
    if error.errno == errno.EACCES:
        return f"{where} may not be opened by this user: {otherwise}, 1024 or above"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"WARP_HUB_HOST {host} is not an address of this machine"
    return f"{where} cannot be opened: {error.strerror}"
