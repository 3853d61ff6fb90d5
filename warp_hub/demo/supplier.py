"""A supplier that publishes its notices as CSAF: a source that Midshire and Westmarch trust."""

from datetime import datetime, timedelta
from pathlib import Path

from warp_hub.advisories import intake, sources
from warp_hub.advisories.models import SourceKind
from warp_hub.db import session
from warp_hub.demo.agenda import Agenda

SOURCE, SERVED = "Harbour Networks", ("midshire", "westmarch")
NOTICE = Path(__file__).parent / "supplier.json"


def plan(agenda: Agenda, now: datetime) -> None:
    """Put its first notice on the agenda."""
    agenda.at(now - timedelta(days=6, hours=3), _begin)


def _begin() -> None:
    sources.add(SOURCE, str(NOTICE), SourceKind.CSAF, SERVED, "TLP:GREEN", trusted=True)
    session.commit()
    intake.pull_source(SOURCE)
