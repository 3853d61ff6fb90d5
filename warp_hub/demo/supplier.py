"""A supplier that publishes its notices as CSAF, and a bulletin that repeats one a day later: both are trusted."""

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from warp_hub.advisories import intake, sources
from warp_hub.advisories.models import SourceKind
from warp_hub.db import session
from warp_hub.demo.agenda import Agenda

SOURCE, BULLETIN, SERVED = "Harbour Networks", "Public Sector Cyber Bulletin", ("midshire", "westmarch")
NOTICE, REPEATED = Path(__file__).parent / "supplier.json", Path(__file__).parent / "bulletin.xml"


def plan(agenda: Agenda, now: datetime) -> None:
    """Put its first notice on the agenda, and what others say of it."""
    agenda.at(now - timedelta(days=6, hours=3), partial(_begin, SOURCE, NOTICE, SourceKind.CSAF))
    agenda.at(now - timedelta(days=5, hours=2), partial(_begin, BULLETIN, REPEATED, SourceKind.RSS))


def _begin(name: str, file: Path, kind: SourceKind) -> None:
    sources.add(name, str(file), kind, SERVED, "TLP:GREEN", trusted=True)
    session.commit()
    intake.pull_source(name)
