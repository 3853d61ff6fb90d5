"""How fast a pull goes into the database, beside a bare COPY of the same objects."""

import json
import multiprocessing
import uuid
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import perf_counter
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import text

from tests import factories
from tests.bench.figures import Figure, Row
from tests.database import cloned_database
from tests.sizes import SIZES
from warp_hub import config, db
from warp_hub.advisories import intake, sources
from warp_hub.advisories.models import SourceKind
from warp_hub.serving.opening import load_models
from warp_hub.sharing import guard

PAGE = 1000
MEDIA_TYPE = "application/taxii+json;version=2.1"
GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"


def measure() -> list[Row]:
    """Return the speed of a first pull and of pulling an unchanged source again, and the ratios to the floor."""
    count, many = SIZES.feed_objects, SIZES.repoll_objects
    floor, first, again = _twice(count)
    large_floor, _large, large_again = (floor, first, again) if many == count else _twice(many)
    return [
        Row(f"floor: COPY and upsert of {count:,} objects of 1 KB", f"{count / floor:,.0f}/s"),
        Row(f"first pull of {count:,} objects by TAXII 2.1, pages of {PAGE:,}", f"{count / first:,.0f}/s", "4,000/s"),
        Row("the same as a share of the floor", f"{floor / first:.2f}"),
        Row("second pull of the unchanged source", f"{count / again:,.0f}/s, nothing added"),
        Row(
            f"second pull of an unchanged source of {many:,} objects",
            f"{large_again:.1f} s, {many / large_again:,.0f}/s, nothing added",
            "15 s of 100,000",
        ),
        Row("the same as a share of the floor", f"{large_floor / large_again:.2f}"),
    ]


def _twice(count: int) -> tuple[float, float, float]:
    """Return the seconds of the floor, of a first pull and of a second one, in a database of their own."""
    made = objects(count)
    with _served(made) as port, cloned_database() as urls:
        config.use(config.load_settings(secret_key="a secret for the bench alone 0123456789"))
        load_models()
        guard.connect(urls.work, "work", pool_size=2)
        floor = _floor(made)
        warp = factories.warp(slug="bench")
        address = f"http://127.0.0.1:{port}/root/"
        sources.add("Bench", address, SourceKind.TAXII21, [warp.slug], "TLP:GREEN", allow_private=True)
        db.session.commit()
        first, stored = _pull()
        again, duplicate = _pull()
        db.disconnect()
    assert stored.stored == count, stored
    assert duplicate.duplicate == duplicate.fetched == count, duplicate
    return floor, first, again


@contextmanager
def _served(made: list[dict[str, object]]) -> Iterator[int]:
    """Lend the port of a process that serves these objects."""
    ready: multiprocessing.Queue[int] = multiprocessing.Queue()
    server = multiprocessing.Process(target=_serve, args=(made, ready), daemon=True)
    server.start()
    try:
        yield ready.get(timeout=60)
    finally:
        server.terminate()
        server.join()


def objects(count: int) -> list[dict[str, object]]:
    """Return indicators with a report for each hundred, of about 1 KB each."""
    when = "2026-10-01T00:00:00.000Z"
    made: list[dict[str, object]] = []
    for number in range(count):
        name = uuid.uuid5(uuid.NAMESPACE_URL, f"bench {number}")
        common = {"spec_version": "2.1", "created": when, "modified": when, "object_marking_refs": [GREEN]}
        if number % 100 == 99:
            refs = [str(thing["id"]) for thing in made[-99:]]
            made.append(
                {"type": "report", "id": f"report--{name}", "name": f"Report {number}", "published": when}
                | {"description": "What is known. " * 20, "object_refs": refs, **common}
            )
            continue
        pattern = f"[ipv4-addr:value = '198.51.{number // 250 % 250}.{number % 250}']"
        made.append(
            {"type": "indicator", "id": f"indicator--{name}", "name": f"Indicator {number}", "pattern": pattern}
            | {"pattern_type": "stix", "valid_from": when, "description": "Seen in the wild. " * 38, **common}
        )
    return made


def _pull() -> tuple[float, intake.Outcome]:
    begun = perf_counter()
    outcome = intake.pull_source("bench")
    return perf_counter() - begun, outcome


def _floor(made: list[dict[str, object]]) -> float:
    """Return the seconds that loading the same rows takes with nothing decided about them."""
    session = db.session
    session.execute(text("CREATE TEMPORARY TABLE held (id text PRIMARY KEY, content text)"))
    session.execute(text("CREATE TEMPORARY TABLE arriving (id text, content text)"))
    driver = session.connection().connection.driver_connection
    begun = perf_counter()
    with driver.cursor() as cursor:
        for start in range(0, len(made), PAGE):
            with cursor.copy("COPY arriving (id, content) FROM STDIN") as copying:
                for thing in made[start : start + PAGE]:
                    copying.write_row((thing["id"], json.dumps(thing)))
            cursor.execute("INSERT INTO held SELECT * FROM arriving ON CONFLICT (id) DO NOTHING")
            cursor.execute("TRUNCATE arriving")
    taken = perf_counter() - begun
    session.rollback()
    return taken


def _serve(made: list[dict[str, object]], ready: "multiprocessing.Queue[int]") -> None:
    start = datetime(2026, 10, 1, tzinfo=UTC)
    added = [(start + timedelta(milliseconds=n)).strftime("%Y-%m-%dT%H:%M:%S.%fZ") for n in range(len(made))]
    texts = [json.dumps(thing) for thing in made]

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            headers = {}
            if parts.path == "/root/":
                body = json.dumps({"title": "Bench", "versions": [MEDIA_TYPE], "max_content_length": 10**8})
            elif parts.path.endswith("/collections/"):
                body = json.dumps(
                    {"collections": [{"id": "bench", "title": "Bench", "can_read": True, "can_write": False}]}
                )
            else:
                first = int(query.get("next", "0"))
                begin = bisect_right(added, query.get("added_after", "")) + first
                page = range(begin, min(begin + PAGE, len(made)))
                more = f', "more": true, "next": "{first + PAGE}"' if page and page[-1] != len(made) - 1 else ""
                body = '{"objects": [' + ",".join(texts[n] for n in page) + "]" + more + "}"
                if page:
                    headers = {
                        "X-TAXII-Date-Added-First": added[page[0]],
                        "X-TAXII-Date-Added-Last": added[page[-1]],
                    }
            content = body.encode()
            self.send_response(200)
            for name, value in {"Content-Type": MEDIA_TYPE, "Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    ready.put(server.server_address[1])
    server.serve_forever()


FIGURE = Figure("pull", "Pulling a source into the database", measure)
