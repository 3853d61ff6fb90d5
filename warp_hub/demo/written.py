"""What Midshire's coordinator adds by hand: a warning of their own, one they have begun, and a mail they pasted."""

import tomllib
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from feeds.contract import Original
from warp_hub.advisories import queue, writing
from warp_hub.advisories.reading_in import read_in
from warp_hub.advisories.telling import Told
from warp_hub.db import session
from warp_hub.demo.agenda import Agenda
from warp_hub.demo.community import Community
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.pages import typed_values
from warp_hub.sharing.models import Severity
from warp_hub.tlp import Marking

COORDINATOR, WARP = "coordinator-midshire", "midshire"


def content() -> dict[str, Any]:
    """Return what was written, begun and pasted."""
    return tomllib.loads((Path(__file__).parent / "written.toml").read_text(encoding="utf-8"))


def plan(agenda: Agenda, built: Community, now: datetime) -> None:
    """Put it on the agenda: the first goes out, the others wait on the desk."""
    agenda.at(now - timedelta(days=4, hours=2), partial(_write, built))
    agenda.at(now - timedelta(minutes=80), partial(_begin_and_paste, built))


def _write(built: Community) -> None:
    told = content()["written"]
    by, warp = built.people[COORDINATOR].id, built.warps[WARP].id
    made = writing.begin(
        Told(
            title=told["title"],
            severity=Severity(told["severity"]),
            marking=Marking(told["label"]),
            body=told["body"],
            to_do=told["to_do"],
            indicators=typed_values.parse(told["values"]).values,
        ),
        warp,
        by,
    )
    queue.pass_on(made, warp, viewer_of(by, Proof.FULL))
    session.commit()


def _begin_and_paste(built: Community) -> None:
    told = content()
    by, warp = built.people[COORDINATOR].id, built.warps[WARP].id
    writing.begin(Told(title=told["began"]["title"], body={"en": told["began"]["body"]}), warp, by)
    pasted = told["pasted"]["text"].strip()
    original = Original("text/plain", "pasted.txt", pasted.encode())
    writing.put_on_desk(read_in(pasted, ""), warp, original=original, by=by)
    session.commit()
