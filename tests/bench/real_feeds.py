"""Real feeds taken in through the command line: what arrives, what is put aside, and what a second pull adds."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from tests.bench.figures import Figure, Row
from tests.faults.conftest import INIT
from tests.faults.installation import Installation
from tests.faults.real_input import FOLDER, Counts, add_files, chosen_files, counts_of
from tests.feeds import real_data


def measure() -> list[Row]:
    """Return the rows for the files of this tier."""
    files = chosen_files() if FOLDER.is_dir() else []
    if not files:
        return [Row("not measured", real_data.ABSENT)]
    with _installation() as hub, hub.database(durable=True):
        add_files(hub, files)
        begun = perf_counter()
        first = hub.run("source", "pull", timeout=3600)
        seconds = perf_counter() - begun
        second = hub.run("source", "pull", timeout=3600)
        reasons = Counter(str(reason) for (reason,) in hub.query("SELECT reason FROM quarantine"))
        others = list(_others(hub))
    pulled, again = _total(first.out), _total(second.out)
    return [
        Row("files offered, each a source of its own", str(len(files))),
        Row("files refused as a whole", "; ".join(_without_name(line) for line in first.err.splitlines()) or "none"),
        Row("objects fetched", f"{pulled.fetched:,}", "all that the files hold"),
        Row("stored, newer versions, same again", f"{pulled.stored:,}, {pulled.updated:,}, {pulled.duplicate:,}"),
        Row("quarantined", f"{pulled.quarantined:,}{_told(reasons)}", "each with its reason"),
        Row("accounted for", f"{pulled.fetched - _accounted(pulled):+,}", "0 missing"),
        Row("second pull: stored and newer versions", f"{again.stored + again.updated:,}", "0"),
        Row("the first pull, command and all", f"{seconds:.1f} s ({pulled.fetched / seconds:,.0f} objects/s)"),
        *others,
    ]


def _others(hub: Installation) -> Iterator[Row]:
    """Yield what comes of the real CSAF documents and of the real list of what is exploited, and of pulling twice."""
    kept = ("--warp", "midshire", "--marking", "TLP:GREEN", "--publish")
    folder = FOLDER.parent / "advisories"
    for kind, where in (("csaf", folder), ("kev", folder / "kev_2025-08-25.json")):
        assert hub.run("source", "add", f"Real {kind}", str(where), "--kind", kind, *kept).code == 0
        lines = [hub.run("source", "pull", f"Real {kind}", timeout=3600).out.splitlines()[-1] for _ in range(2)]
        first, again = map(Counts.read, lines)
        told = f"{first.fetched:,} objects, {first.quarantined} put aside; again {again.stored + again.updated}"
        yield Row(f"real advisories of the kind {kind}: first pull, and second", told, "second 0")


@contextmanager
def _installation() -> Iterator[Installation]:
    folder = Path(tempfile.mkdtemp(prefix="warp-hub-bench-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        hub = Installation(folder / "hub")
        assert hub.run(*INIT).code == 0
        yield hub
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _total(out: str) -> Counts:
    return sum(counts_of(out).values(), Counts(0, 0, 0, 0, 0))


def _accounted(counts: Counts) -> int:
    return counts.stored + counts.updated + counts.duplicate + counts.quarantined


def _told(reasons: Counter[str]) -> str:
    return "".join(f"; {count} because {reason}" for reason, count in reasons.most_common())


def _without_name(line: str) -> str:
    return line.partition(": ")[2]


FIGURE = Figure("real_feeds", "Real feeds through `warp-hub source pull`", measure)
