"""The connection itself: to a checked address only, and under a deadline that dripping cannot stretch."""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from typing import Any

from requests.utils import DEFAULT_CA_BUNDLE_PATH

from feeds.addresses import Address, Origin
from feeds.contract import Endpoint, RunTooLong, SourceRefused, SourceTooSlow

Patience = Callable[[], float]


class Deadline:
    """A moment after which nothing more is waited for."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        return self._end - time.monotonic()


class Watch:
    """The three limits of a pull at once: each wait, each page, the whole run."""

    def __init__(self, read: float, page: float, run: float) -> None:
        self._read, self._page_limit = read, page
        self._page, self._run = Deadline(page), Deadline(run)

    def start_page(self) -> None:
        """Begin a new page; refuse when the time of the run is used up."""
        self._page = Deadline(self._page_limit)
        if self.run_left() <= 0:
            raise RunTooLong("The time for one run is used up; the next run goes on from here.")

    def run_left(self) -> float:
        return self._run.left()

    def patience(self) -> float:
        """Return how long the next wait on the wire may last."""
        left = min(self._read, self._page.left(), self._run.left())
        if left <= 0:
            raise SourceTooSlow("The source took too long to answer; the pull was cut off.")
        return left


class PinnedConnection(http.client.HTTPConnection):
    """An HTTP connection to one checked address, with the name kept for Host and TLS."""

    def __init__(
        self,
        origin: Origin,
        addresses: Sequence[Address],
        tls: ssl.SSLContext | None,
        connect: float,
        patience: Patience,
    ) -> None:
        super().__init__(origin.host, origin.port)
        self.default_port = 443 if tls else 80
        self._addresses, self._tls = addresses, tls
        self._connect_limit, self._patience = connect, patience

    def connect(self) -> None:
        wire = self._dial()
        try:
            if self._tls:
                # The handshake as a whole is held to the timeout of the socket.
                wire = self._tls.wrap_socket(wire, server_hostname=self.host)
        except BaseException:
            wire.close()
            raise
        self.sock: Any = _TimedSocket(wire, self._patience)

    def _dial(self) -> socket.socket:
        fault: OSError | None = None
        for address in self._addresses:
            wire = socket.socket(socket.AF_INET if address.version == 4 else socket.AF_INET6, socket.SOCK_STREAM)
            try:
                wire.settimeout(min(self._connect_limit, self._patience()))
                wire.connect((str(address), self.port))
                wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except OSError as refused:
                wire.close()
                fault = refused
            except BaseException:
                wire.close()
                raise
            else:
                return wire
        raise fault or OSError("no address")


def tls_context(endpoint: Endpoint) -> ssl.SSLContext:
    """Return the TLS settings of a source: always verified, with its own authority and client certificate if given."""
    try:
        context = ssl.create_default_context(cafile=endpoint.ca_bundle)
        if endpoint.ca_bundle is None:
            context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
        if isinstance(endpoint.client_cert, str):
            context.load_cert_chain(endpoint.client_cert)
        elif endpoint.client_cert:
            context.load_cert_chain(*endpoint.client_cert)
    except (OSError, ValueError):
        raise SourceRefused("The certificate files set for this source cannot be read.", permanent=True) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class _TimedSocket:
    """What http.client needs of a socket, each wait cut to what the deadlines leave."""

    def __init__(self, wire: socket.socket, patience: Patience) -> None:
        self._wire, self._patience = wire, patience

    def sendall(self, data: bytes) -> None:
        self._wire.settimeout(self._patience())
        self._wire.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedStream(self._wire, self._patience), 65536)

    def close(self) -> None:
        self._wire.close()


class _TimedStream(io.RawIOBase):
    def __init__(self, wire: socket.socket, patience: Patience) -> None:
        super().__init__()
        self._wire, self._patience = wire, patience
        # The real file object keeps the socket open while an answer is still being read.
        self._raw = wire.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._wire.settimeout(self._patience())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()
