"""Key holders of a WARP, a report on its desk, and the roles that reach them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from tests import factories
from tests.database import connect
from tests.portal import browser, portal, signed_in
from warp_hub import clock, db
from warp_hub.custody import holders, lookups, moving, sealing, wrapping
from warp_hub.custody.promises import Promise
from warp_hub.custody.sealing import Sender
from warp_hub.custody.wrapping import Limits
from warp_hub.db.roles import RoleUrls
from warp_hub.incidents.reports import Report
from warp_hub.memberships.models import Organisation, Person, Warp
from warp_hub.tlp import Marking

__all__ = ["browser", "portal", "signed_in"]

PASSPHRASE = "seven otters paint the harbour"
REASON = "The police ask for it today."
HOUR = datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _light_wraps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrap keys at a cost that tests can bear."""
    monkeypatch.setattr(wrapping, "limits", Limits(effort=1, memory=8192))


@dataclass
class Community:
    """A WARP with two key holders and a council whose Robin reports."""

    urls: RoleUrls
    warp: Warp = field(default_factory=lambda: factories.warp())
    council: Organisation = field(init=False)
    robin: Person = field(init=False)
    first: Person = field(init=False)
    second: Person = field(init=False)

    def __post_init__(self) -> None:
        self.council = factories.organisation(self.warp)
        self.robin = factories.person(self.council)
        self.first, self.second = (self.key_holder() for _ in range(2))

    def key_holder(self, at: Organisation | None = None, warp: Warp | None = None) -> Person:
        """Return a coordinator who holds a key under PASSPHRASE."""
        person = factories.coordinator(warp or self.warp, at=at)
        with web():
            holders.make_key(person.id, PASSPHRASE)
            db.session.commit()
        return person

    def file(self, record_id: UUID | None = None, by: Person | None = None) -> UUID:
        """Put a report without a name on the desk; return its record."""
        record_id = record_id or uuid4()
        sender = Sender((by or self.robin).id, self.council.id, HOUR)
        sealed = sealing.seal(self.warp.id, record_id, sender)
        put_on_desk(self.warp.id, record_id, sealed)
        return record_id

    def rows(self) -> list[tuple[bytes, bytes]]:
        """Return lookup and sealed record of what was put away, in the order in which it lies on disk."""
        with connect(self.urls.owner) as owner:
            query = "SELECT lookup, sealed FROM custody.attribution ORDER BY ctid"
            return [(bytes(lookup), bytes(sealed)) for lookup, sealed in owner.execute(query).fetchall()]  # type: ignore[call-overload]

    def events(self) -> list[tuple[UUID, str, str]]:
        """Return who opened what for which reason, as it stands in the audit."""
        with connect(self.urls.owner) as owner:
            query = "SELECT actor, detail->>'reason', detail->>'lookup' FROM audit WHERE action = 'record.opened'"
            return owner.execute(query).fetchall()  # type: ignore[return-value]

    def lookups(self) -> set[bytes]:
        """Return under what records are put away."""
        return {lookup for lookup, _ in self.rows()}


@pytest.fixture
def community(database: RoleUrls) -> Community:
    """Return a WARP in which reports can be sent without a name."""
    return Community(database)


@pytest.fixture
def put_away(community: Community) -> Callable[[], UUID]:
    """Lend a way to have a report whose record was put away."""

    def file() -> UUID:
        record_id = community.file()
        assert move() == 1
        return record_id

    return file


class web:  # noqa: N801 - reads as a word
    """Act as the web process does for the length of a `with`."""

    def __enter__(self) -> None:
        self._acting = db.acting("web")
        self._acting.__enter__()

    def __exit__(self, *raised: object) -> None:
        db.leave()
        self._acting.__exit__(None, None, None)


def put_on_desk(warp_id: UUID, record_id: UUID, sealed: bytes | None) -> None:
    texts = dict.fromkeys(("what", "noticed", "impact", "helped"), "words")
    report = Report(record_id=record_id, keeper=warp_id, warp_id=warp_id, promise=Promise.ANONYMISED, sealed=sealed)
    report.marking, report.title, report.texts, report.sent = Marking.GREEN, "A report", texts, texts
    report.indicators, report.kept, report.month, report.not_before = [], [], "2026-11", clock.now()
    db.session.add(report)
    db.session.commit()


def move() -> int:
    """Put records away as the timetable does."""
    with moving.as_custodian():
        moved = moving.move()
        db.session.commit()
    return moved


def lookup(record_id: UUID) -> bytes:
    return lookups.lookup_of(record_id)
