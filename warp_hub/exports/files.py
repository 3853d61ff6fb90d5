"""The files themselves, as text: a plain list, and tables that no spreadsheet runs as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

from warp_hub import clock, text
from warp_hub.exports.asking import Asked
from warp_hub.sharing.block_lists import MOST, BlockList
from warp_hub.tlp import Marking

# A spreadsheet runs a cell that begins with one of these; the wide ones too, in an East Asian locale.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "＝", "＋", "－", "＠")
LONGEST_CELL = 2_000
BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes the file for an older encoding


def plain_list(found: BlockList, asked: Asked, owner: str) -> str:
    """Return one value a line; with comments where they were asked for, and then with its label first and last."""
    values = [value for _, value in found.values]
    if asked.with_comments:
        values = [*_heading(found, asked, owner), *values, f"# End of {_label(found.label)}"]
    return "".join(f"{line}\n" for line in values)


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a CSV file that opens in a spreadsheet: every cell on one line, in quotes, and none of them a formula."""
    written = io.StringIO()
    write = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    write.writerow([harmless(heading) for heading in headings])
    write.writerows([harmless(cell) for cell in row] for row in rows)
    return (BYTE_ORDER_MARK + written.getvalue()).encode()


def harmless(cell: str) -> str:
    """Return the text on one line; a single quote before what a spreadsheet would run."""
    line = text.one_line(cell, LONGEST_CELL)
    return f"'{line}" if line.startswith(FORMULA) or cell.startswith(FORMULA) else line


def name_of(what: str, label: Marking | None, ending: str) -> str:
    """Return a file name that begins with the strictest label in the file."""
    today = clock.today()
    return f"{_label(label).replace(':', '-').replace('+', '-')} {what} {today.isoformat()}.{ending}"


def _heading(found: BlockList, asked: Asked, owner: str) -> list[str]:
    lines = [
        f"# {_label(found.label)}",
        f"# WARP Hub, for {owner}, {clock.now():%Y-%m-%d %H:%M} UTC",
        f"# {len(found.values)} values that came or changed in the last {asked.days} days",
    ]
    if found.is_cut:
        lines.append(f"# This is not all: only the newest {MOST} are here. Ask for one kind, or for fewer days.")
    return lines


def _label(label: Marking | None) -> str:
    return (label or Marking.CLEAR).value
