"""A small TAXII 2.1 source on the loopback address, for the demonstration to pull from.

Discovery, one API root, one collection, objects by pages (TAXII 2.1, sections 4.1, 4.2, 5.1, 5.4 and 3.5).
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

MEDIA_TYPE = "application/taxii+json;version=2.1"
COLLECTION = "5a1f0c4e-2b7d-4c55-9d86-0d1c6f0f1a11"
ROOT = "/national/"
MOST = 100
Shelf = list[tuple[datetime, dict[str, Any]]]


class Source:
    """A running source; `put` adds objects to its only collection."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = sorted(shelf, key=lambda pair: pair[0])
        handler = type("_Bound", (_Answer,), {"source": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}{ROOT}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def put(self, more: Shelf) -> None:
        """Add objects, which must be later than all before."""
        self.shelf = [*self.shelf, *more]

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Stop answering and give the port back."""
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def running(shelf: Shelf) -> Iterator[Source]:
    """Have the source answer for the length of a `with`."""
    source = Source(shelf)
    source.start()
    try:
        yield source
    finally:
        source.stop()


class _Answer(BaseHTTPRequestHandler):
    source: Source
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer one of the five resources, or 404."""
        parts = urlsplit(self.path)
        collection = {
            "id": COLLECTION,
            "title": "National warnings",
            "can_read": True,
            "can_write": False,
            "media_types": ["application/stix+json;version=2.1"],
        }
        known: dict[str, dict[str, Any]] = {
            "/taxii2/": {"title": "Demonstration source", "default": self.source.url, "api_roots": [self.source.url]},
            ROOT: {
                "title": "National warnings",
                "versions": ["application/taxii+json;version=2.1"],
                "max_content_length": 104857600,
            },
            f"{ROOT}collections/": {"collections": [collection]},
            f"{ROOT}collections/{COLLECTION}/": collection,
        }
        if parts.path in known:
            self._say(200, known[parts.path])
        elif parts.path == f"{ROOT}collections/{COLLECTION}/objects/":
            self._page(parse_qs(parts.query))
        else:
            self._say(404, {"title": "Not found", "http_status": "404"})

    def _page(self, query: dict[str, list[str]]) -> None:
        after = query.get("added_after", [""])[0]
        first = int(query["next"][0]) if query.get("next", [""])[0].isdigit() else 0
        size = max(1, min(MOST, int(query["limit"][0]) if query.get("limit", [""])[0].isdigit() else MOST))
        shelf = [(added, thing) for added, thing in self.source.shelf if not after or _time(added) > after]
        page = shelf[first : first + size]
        more = len(shelf) > first + size
        envelope: dict[str, Any] = {"objects": [thing for _, thing in page]} if page else {}
        if more:
            envelope |= {"more": True, "next": str(first + size)}
        headers = (
            {"X-TAXII-Date-Added-First": _time(page[0][0]), "X-TAXII-Date-Added-Last": _time(page[-1][0])}
            if page
            else {}
        )
        self._say(200, envelope, headers)

    def _say(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", MEDIA_TYPE)
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the console quiet."""


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
