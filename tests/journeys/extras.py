"""What the journeys need besides the demonstration: warnings that nobody else decides over, trouble to look at.

Runs as a program of its own on the hub in WARP_HUB_DATA_DIR, once, when the run's demonstration is built.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select

from warp_hub import clock, db, mail, stix
from warp_hub.advisories import intake, sources
from warp_hub.advisories.intake import PullFailed
from warp_hub.advisories.models import SourceKind
from warp_hub.alerts.models import AlertChoice
from warp_hub.mail.models import LetterState
from warp_hub.memberships.models import Organisation, Person, Post, PostKind, Warp
from warp_hub.serving.opening import as_worker
from warp_hub.tlp import Marking

SPACE = UUID("7c0b2a8e-1df4-4a6d-9c1e-6a0f0b6d3c11")
FOR_ONE_WARP, URGENT = 48, 8
SOURCE = "Regional Utilities Desk"
TROUBLED = "A source that is away"
NEWCOMER = "morgan.newcomer@demo.example"
LONG = "averylongnamewithoutasinglebreak" * 8


def main() -> None:
    """Write it all."""
    with as_worker():
        with _answering(_bundle()) as url:
            source = sources.add(
                SOURCE, url, SourceKind.BUNDLE, ["midshire", "westmarch"], "TLP:AMBER", allow_private=True
            )
            db.session.commit()
            intake.pull_source(SOURCE)
        sources.pause(source, by=None)
        _add_trouble()
        _appoint_a_newcomer()
        db.session.commit()


def title(kind: str, number: int) -> str:
    """Return the title of one of these warnings: "quiet" ones are TLP:AMBER, "urgent" ones TLP:GREEN."""
    if kind == "urgent":
        return f"Water telemetry unit {number}: attackers are changing set points"
    return f"Pump controller {number}: change the default password"


def _bundle() -> dict[str, Any]:
    quiet = [_report("quiet", number) for number in range(FOR_ONE_WARP)]
    urgent = [_report("urgent", number) for number in range(URGENT)]
    broken = {"type": "report", "spec_version": "2.1", "id": "report--not-a-number", "name": "Broken"}
    return {"type": "bundle", "id": f"bundle--{uuid5(SPACE, 'bundle')}", "objects": [*quiet, *urgent, broken]}


def _report(kind: str, number: int) -> dict[str, Any]:
    at = (clock.now() - timedelta(minutes=90 + number)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    marking = Marking.GREEN if kind == "urgent" else Marking.AMBER
    return {
        "type": "report",
        "spec_version": "2.1",
        "id": f"report--{uuid5(SPACE, f'{kind} {number}')}",
        "created": at,
        "modified": at,
        "published": at,
        "name": title(kind, number),
        "description": _DESCRIPTION,
        "report_types": ["vulnerability"],
        "labels": ["act-today" if kind == "urgent" else "this-week"],
        "object_refs": [f"identity--{uuid5(SPACE, 'desk')}"],
        "object_marking_refs": [stix.marking_ref(marking)],
        "external_references": [{"source_name": LONG, "url": f"https://notices.example/{LONG}"}],
    }


_DESCRIPTION = f"""The unit answers on port 502 to anyone, with a password that is printed in its manual.

## What to do

1. Change the password.
2. Put the unit behind the firewall: `deny tcp any any eq 502`.

| Model | Fixed in |
| --- | --- |
| PC-1 to PC-9 with the old board and the long name that makes this table wide | 3.2.1 of the second maintenance line |

> "We found forty of them", said the supplier.

```
{LONG}
```
"""


def _appoint_a_newcomer() -> None:
    """Have somebody who is told at once of all that is passed on meanwhile: everybody else had this week's five."""
    ashcombe = db.session.scalars(select(Organisation).where(Organisation.name == "Ashcombe Borough Council")).one()
    person = Person(email=NEWCOMER, name="Morgan Newcomer")
    db.session.add(person)
    db.session.flush()
    db.session.add(Post(person_id=person.id, organisation_id=ashcombe.id, kind=PostKind.OFFICER))
    db.session.add(AlertChoice(person_id=person.id, most_a_week=50))


def _add_trouble() -> None:
    """Have a source that fails and a letter that did, for What's waiting."""
    sources.add(TROUBLED, "http://127.0.0.1:9/", SourceKind.TAXII21, ["midshire"], "TLP:GREEN", allow_private=True)
    db.session.commit()
    with suppress(PullFailed):
        intake.pull_source(TROUBLED)
    sources.pause(sources.find(TROUBLED), by=None)
    person = db.session.scalars(select(Person).where(Person.email == "lead-midshire@demo.example")).one()
    warp = db.session.scalars(select(Warp).where(Warp.slug == "midshire")).one()
    letter = mail.post("alert", person.id, warp_id=warp.id, expires_at=clock.now() + timedelta(days=2))
    letter.state, letter.reason = LetterState.FAILED, "the mail server refused the address"


@contextmanager
def _answering(bundle: dict[str, Any]) -> Iterator[str]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/stix+json;version=2.1")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Keep the console quiet."""

    content = json.dumps(bundle).encode()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/bundle.json"
    server.shutdown()
    server.server_close()


if __name__ == "__main__":
    main()
