"""Real servers on loopback for the connectors: an honest TAXII 2.1 server, and one that does whatever it is told."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

TAXII = "application/taxii+json;version=2.1"

# What an answer is made of: bytes go out, a number is a pause in seconds.
Script = Iterable[bytes | float]


@dataclass(frozen=True)
class Request:
    """One request as it came."""

    method: str
    target: str
    headers: dict[str, str]

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))


@dataclass
class Reply:
    """An ordinary answer; `headers` replace the standard ones."""

    body: bytes | str | dict[str, Any] | list[Any] = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    def script(self) -> Script:
        body = self.body if isinstance(self.body, bytes) else self._encoded()
        headers = {"Content-Type": TAXII, "Content-Length": str(len(body)), "Connection": "close"} | self.headers
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
        yield f"HTTP/1.1 {self.status} Whatever\r\n{lines}\r\n".encode("latin-1") + body

    def _encoded(self) -> bytes:
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


Answer = Callable[[Request], Reply | Script]


class LoopbackServer:
    """Answers each connection by one call of `answer`; keeps every request it has seen."""

    def __init__(self, answer: Answer, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self.answer = answer
        self.requests: list[Request] = []
        self.connections = 0
        self._tls = tls
        self._socket = socket.create_server((host, 0))
        self._open: set[socket.socket] = set()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._workers: list[threading.Thread] = []

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    def url(self, path: str = "/") -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}{path}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *fault: object) -> None:
        self._closing.set()
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        for each in list(self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        for worker in self._workers:
            worker.join(5)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            wire, _ = self._socket.accept()
            if self._closing.is_set():
                wire.close()
                return
            self.connections += 1
            self._open.add(wire)
            worker = threading.Thread(target=self._talk, args=(wire,), daemon=True)
            self._workers.append(worker)
            worker.start()

    def _talk(self, plain: socket.socket) -> None:
        wire = plain
        try:
            with suppress(OSError):
                if self._tls:
                    wire = self._tls.wrap_socket(plain, server_side=True)
                request = _read_request(wire)
                if request:
                    self.requests.append(request)
                    self._play(wire, self.answer(request))
        finally:
            self._open.discard(plain)
            wire.close()

    def _play(self, wire: socket.socket, answer: Reply | Script) -> None:
        for step in answer.script() if isinstance(answer, Reply) else answer:
            if isinstance(step, bytes):
                wire.sendall(step)
            elif self._closing.wait(step):
                return


def _read_request(wire: socket.socket) -> Request | None:
    head = b""
    while b"\r\n\r\n" not in head:
        part = wire.recv(65536)
        if not part:
            return None
        head += part
    first, *lines = head.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
    method, target, _ = first.split(" ")
    return Request(
        method, target, {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}
    )


@contextmanager
def serving(answer: Answer, tls: ssl.SSLContext | None = None) -> Iterator[LoopbackServer]:
    """Serve for the length of a test."""
    with LoopbackServer(answer, tls) as server:
        yield server


class HonestTaxii:
    """A TAXII 2.1 server by the book: one collection, `next` or dates for paging, rows in the order they were added."""

    root = "/taxii2/hub/"
    collection = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"

    def __init__(self, objects: Iterable[dict[str, Any]] = (), page: int = 1000, uses_next: bool = True) -> None:
        self.rows: list[tuple[str, Any]] = []
        self.page, self.uses_next = page, uses_next
        self.add(objects)

    def add(self, objects: Iterable[dict[str, Any] | bytes]) -> None:
        """Add objects a second apart, as a publisher would over time; bytes are sent as they are."""
        for each in objects:
            added = datetime(2026, 1, 1) + timedelta(seconds=len(self.rows))
            self.rows.append((added.strftime("%Y-%m-%dT%H:%M:%S.000000Z"), each))

    @property
    def objects_path(self) -> str:
        return f"{self.root}collections/{self.collection}/objects/"

    def __call__(self, request: Request) -> Reply | Script:
        about = {"id": self.collection, "title": "Warnings", "can_read": True, "can_write": False}
        unreadable = about | {"id": "52892447-4d7e-4f70-b94d-d7f22742ff63", "title": "Closed", "can_read": False}
        fixed: dict[str, dict[str, Any]] = {
            "/taxii2/": {"title": "A source", "api_roots": [self.root]},
            self.root: {"title": "Hub", "versions": [TAXII], "max_content_length": 1_000_000},
            f"{self.root}collections/": {"collections": [about, unreadable]},
            f"{self.root}collections/{self.collection}/": about,
        }
        if request.path in fixed:
            return Reply(fixed[request.path])
        if request.path == self.objects_path:
            return self.envelope(request, self.rows)
        if request.path == self.objects_path.replace("/objects/", "/manifest/"):
            entries = [
                (added, {"id": each["id"], "date_added": added, "version": each.get("modified", added)})
                for added, each in self.rows
            ]
            return self.envelope(request, entries)
        wanted = request.path.removeprefix(self.objects_path).strip("/")
        return self.envelope(request, [row for row in self.rows if row[1].get("id") == wanted])

    def envelope(self, request: Request, rows: list[tuple[str, Any]]) -> Reply:
        after = request.query.get("added_after", "")
        start = int(request.query.get("next", "0"))
        rows = [row for row in rows if row[0] > after][start:]
        size = min(int(request.query.get("limit", "1000")), self.page)
        shown = rows[:size]
        body: dict[str, Any] = {"objects": [each for _, each in shown]} if shown else {}
        if len(rows) > size:
            body["more"] = True
            if self.uses_next:
                body["next"] = str(start + size)
        dates = {"X-TAXII-Date-Added-First": shown[0][0], "X-TAXII-Date-Added-Last": shown[-1][0]} if shown else {}
        return Reply(_raw_envelope(body) if any(isinstance(each, bytes) for _, each in shown) else body, headers=dates)


def _raw_envelope(body: dict[str, Any]) -> bytes:
    members = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in body["objects"]]
    return json.dumps(body | {"objects": ["HERE"]}).encode().replace(b'"HERE"', b", ".join(members))
