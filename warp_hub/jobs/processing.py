"""The record of processing (UK GDPR, Article 30), as far as it follows from the table of what is kept."""

from collections.abc import Iterator, Sequence

from warp_hub.jobs.kept import RETENTION, Kept

HEADINGS = ("what", "of whom", "what for", "how long", "from when", "what goes")


def written() -> str:
    """Return the table of docs/processing.md, in Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _row(HEADINGS)
    yield _row(["---"] * len(HEADINGS))
    for kept in RETENTION:
        yield _row(_cells(kept))


def _cells(kept: Kept) -> list[str]:
    goes = f"{kept.goes} ({kept.by})" if kept.by else kept.goes
    return [kept.what, kept.of_whom, kept.what_for, kept.how_long, kept.since, goes]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
