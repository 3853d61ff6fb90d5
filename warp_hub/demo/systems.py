"""What the demonstration's people run and follow, told on its first day."""

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from warp_hub.alerts import interests
from warp_hub.alerts.interests import Owner, Wanted
from warp_hub.db import session
from warp_hub.demo.agenda import Agenda, being
from warp_hub.demo.community import Community

TOLD = tomllib.loads(Path(__file__).with_name("systems.toml").read_text("utf-8"))


def plan(agenda: Agenda, built: Community, now: datetime) -> None:
    """Put on the agenda when people say what they run."""
    agenda.at(now - timedelta(days=29), lambda: _tell(built))


def _tell(built: Community) -> None:
    for slug, told in TOLD.items():
        person = built.people[slug].id
        with being(person) as viewer:
            own = {kind: what for kind, what in told.items() if kind != "organisation"}
            if own:
                interests.keep(Owner(person_id=person), _wanted(own), viewer)
            for led in interests.led_by(viewer) if "organisation" in told else ():
                interests.keep(Owner(organisation_id=led.id), _wanted(told["organisation"]), viewer)
            session.commit()


def _wanted(told: Mapping[str, Any]) -> Wanted:
    return Wanted(
        products=frozenset(told.get("products", ())),
        typed=tuple(told.get("typed", ())),
        topics=frozenset(told.get("topics", ())),
    )
