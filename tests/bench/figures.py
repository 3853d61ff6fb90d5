"""What a figure is: a name, a measurement, and where its finished result is kept between runs."""

import json
import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

KEPT = Path(__file__).parents[2] / ".proof"


@dataclass(frozen=True)
class Row:
    """One line of the report: what was measured, the value as text, and what it is held against."""

    what: str
    value: str
    against: str = ""


@dataclass(frozen=True)
class Figure:
    """A measurement that takes a while and is kept once it is done."""

    name: str
    title: str
    measure: Callable[[], list[Row]]


def kept(figure: Figure, tier: str) -> tuple[str, list[Row]] | None:
    """Return the date and rows of a figure that is already measured, or None."""
    file = KEPT / tier / f"{figure.name}.json"
    if not file.exists():
        return None
    told = json.loads(file.read_text())
    return told["date"], [Row(**row) for row in told["rows"]]


def keep(figure: Figure, tier: str, rows: list[Row]) -> str:
    """Keep what was measured; return its date."""
    date = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")
    file = KEPT / tier / f"{figure.name}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"date": date, "rows": [asdict(row) for row in rows]}))
    return date


def median_ms(act: Callable[[], object], times: int = 30, warm: int = 3) -> float:
    """Return the median time of one call in milliseconds."""
    return percentile_ms(act, 50, times, warm)


def percentile_ms(act: Callable[[], object], percent: int, times: int = 30, warm: int = 3) -> float:
    """Return a percentile of the time of one call in milliseconds."""
    for _ in range(warm):
        act()
    taken = []
    for _ in range(times):
        begun = perf_counter()
        act()
        taken.append((perf_counter() - begun) * 1000)
    return (
        statistics.median(taken) if percent == 50 else sorted(taken)[min(len(taken) - 1, len(taken) * percent // 100)]
    )
