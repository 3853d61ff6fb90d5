"""Pulling hostile sources through the whole intake, and counting what must never happen."""

import ipaddress
import resource
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import select

from feeds.contract import STANDARD_LIMITS
from tests.feeds.dialects import bundle_of
from tests.feeds.hostile import SECRET
from tests.feeds.hostile_sources import REBINDING, HostileSource
from tests.feeds.samples import indicator
from tests.feeds.servers import serving
from warp_hub import db
from warp_hub.advisories import intake, quarantine, sources
from warp_hub.advisories.intake import PullFailed
from warp_hub.advisories.models import Quarantined, SourceKind
from warp_hub.advisories.source_details import SourceRefused
from warp_hub.sharing.visibility import house_read

LONGEST, MOST_GROWTH = 60, 200 * 1024
PUBLIC = "1.2.3.4"  # every connection that leaves the machine is stopped below
HASTY = replace(
    STANDARD_LIMITS,
    connect=1.0,
    read=0.5,
    page=0.8,
    run=20.0,
    page_bytes=8_000_000,
    max_pages=40,
    tries=1,
    sleep=lambda _: None,
)


@dataclass
class Tally:
    """What came of it."""

    sources: int = 0
    refused: int = 0
    set_aside: int = 0
    crashes: list[str] = field(default_factory=list)
    hangs: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    trespasses: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    longest: float = 0.0
    growth: int = 0

    @property
    def is_clean(self) -> bool:
        """Say whether nothing happened that must not."""
        faults = (self.crashes, self.hangs, self.lost, self.told, self.trespasses, self.late)
        return not any(faults) and self.growth < MOST_GROWTH


def run(hostile: list[HostileSource], warp: str, folder: Path, *, honest_every: int = 10) -> Tally:
    """Pull each of these sources once, and an honest one beside them every so often."""
    tally, before = Tally(), 0
    with _watched(tally) as door:
        for number, source in enumerate(hostile):
            _pull(source, f"Hostile {number}", warp, tally, door)
            if number % honest_every == 0:
                _pull_beside(number, warp, folder, tally, door)
            before = before or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tally.growth = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return tally


def _pull(source: HostileSource, name: str, warp: str, tally: Tally, door: "_Door") -> None:
    tally.sources += 1
    begun = monotonic()
    try:
        with ExitStack() as open_servers:
            url = source.url
            if source.answer:
                server = open_servers.enter_context(serving(source.answer()))
                door.ports.add(server.port)
                url = server.url("/taxii2/" if source.kind == "taxii21" else "/")
            _pull_once(source, name, url, warp, tally)
    except Exception as error:
        tally.crashes.append(f"{source.name}: {error!r}"[:300])
        db.session.rollback()
    finally:
        door.ports.clear()
    taken = monotonic() - begun
    tally.longest = max(tally.longest, taken)
    if taken > LONGEST:
        tally.hangs.append(source.name)


def _pull_once(source: HostileSource, name: str, url: str, warp: str, tally: Tally) -> None:
    own: dict[str, Any] = {"username": "feed", "password": SECRET, "allow_private": bool(source.answer)}
    try:
        made = sources.add(name, url, SourceKind(source.kind), [warp], "TLP:GREEN", trusted=True, **own)
        db.session.commit()
    except SourceRefused:
        db.session.rollback()
        tally.refused += 1
        return
    source_id = made.id
    try:
        outcome = intake.pull_source(source_id, limits=HASTY)
    except PullFailed as failed:
        tally.refused += 1
        _judge(source, [str(failed)], tally)
        outcome = None
    if outcome and outcome.stored < source.good:
        tally.lost.append(f"{source.name}: {outcome.line()}")
    db.session.rollback()
    db.session.expire_all()
    told = [run.outcome for run in sources.runs_of(source_id)] + [sources.find(source_id).health]
    aside = house_read(select(Quarantined).where(Quarantined.source_id == source_id), "test")
    rows = list(db.session.scalars(aside))
    tally.set_aside += len(rows)
    if any(row.reason == quarantine.UNSTORABLE for row in rows):
        tally.crashes.append(f"{source.name}: what passed the check could not be stored")
    _judge(source, [*told, *(row.reason for row in rows)], tally)


def _judge(source: HostileSource, sentences: list[str], tally: Tally) -> None:
    """Note a sentence that holds a secret, or that is none."""
    for sentence in sentences:
        if SECRET in sentence or "Traceback" in sentence or "\n" in sentence or len(sentence) > 1_000:
            tally.told.append(f"{source.name}: {sentence[:200]}")


def _pull_beside(number: int, warp: str, folder: Path, tally: Tally, door: "_Door") -> None:
    """Pull an honest source while a hostile one hangs on its line."""
    file = folder / f"honest-{number}.json"
    file.write_bytes(bundle_of([indicator(number)]))
    made = sources.add(f"Honest {number}", str(file), SourceKind.BUNDLE, [warp], "TLP:GREEN", allow_private=True)
    with serving(lambda _: [30.0]) as silent:
        door.ports.add(silent.port)
        add = (SourceKind.BUNDLE, [warp], "TLP:GREEN")
        hanging = sources.add(f"Silent {number}", silent.url("/"), *add, allow_private=True)
        db.session.commit()
        honest_id, hanging_id = made.id, hanging.id
        thread = threading.Thread(target=_hang, args=(hanging_id,), daemon=True)
        thread.start()
        begun = monotonic()
        stored = intake.pull_source(honest_id, limits=HASTY).stored
        taken = monotonic() - begun
        thread.join(LONGEST)
    if stored != 1 or taken > LONGEST / 2:
        tally.late.append(f"after {number} hostile sources: {stored} stored in {taken:.1f} s")


def _hang(source_id: Any) -> None:
    try:
        intake.pull_source(source_id, limits=HASTY)
    except PullFailed:
        pass
    finally:
        db.leave()


@dataclass
class _Door:
    """The ports on this machine at which sources may be asked."""

    ports: set[int] = field(default_factory=set)


@contextmanager
def _watched(tally: Tally) -> Iterator[_Door]:
    """Stop every connection that leaves the machine, and note each that goes where no source was said to be."""
    door, connect, look_up = _Door(), socket.socket.connect, socket.getaddrinfo
    asked: dict[str, int] = {}

    def connecting(self: socket.socket, address: Any) -> None:
        if self.family == socket.AF_UNIX or threading.current_thread().name != "reading ahead":
            return connect(self, address)
        host, port = str(address[0]).partition("%")[0], int(address[1])
        if host == "127.0.0.1" and port in door.ports:
            return connect(self, address)
        if not ipaddress.ip_address(host).is_global:
            tally.trespasses.append(f"{host}:{port}")
        raise OSError("stopped by the test")

    def looking_up(host: Any, port: Any, *args: Any, **given: Any) -> Any:
        if host not in REBINDING:
            return look_up(host, port, *args, **given)
        asked[host] = asked.get(host, 0) + 1
        first = asked[host] % 2 == 1
        found = [PUBLIC, "127.0.0.1"] if host.startswith("both") else [PUBLIC if first else "127.0.0.1"]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    socket.socket.connect, socket.getaddrinfo = connecting, looking_up  # type: ignore[method-assign, assignment]
    try:
        yield door
    finally:
        socket.socket.connect, socket.getaddrinfo = connect, look_up  # type: ignore[method-assign]
