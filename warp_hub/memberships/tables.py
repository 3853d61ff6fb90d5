"""Reading CSV files as councils send them: by Excel or by hand, with columns in any order.

A file that cannot be read at all is refused as a whole; a bad line is refused alone, with its number.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from warp_hub.memberships.reading import Unreadable

LARGEST_FILE = 10_000_000
MOST_LINES = 50_000
DELIMITERS = ",;\t"


class FileRefused(Exception):
    """The file cannot be read as a table; the text is one sentence."""

    for_the_command_line = True


@dataclass
class Outcome:
    """What an import did: counts, refused lines with reasons, and what is worth a look."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)
    noted: list[tuple[int, str]] = field(default_factory=list)
    ignored: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """Yield what to tell whoever ran the import; the last line has the counts."""
        if self.ignored:
            yield f"columns not used: {', '.join(self.ignored)}"
        for number, text in sorted([*self.refused, *self.noted]):
            yield f"line {number}: {text}"
        yield f"added {self.added} changed {self.changed} unchanged {self.unchanged} refused {len(self.refused)}"


@dataclass(frozen=True)
class Row:
    """One line of a table; `cells` has only the columns that the file has."""

    line: int
    cells: Mapping[str, str]
    fault: str = ""

    def text(self, column: str) -> str:
        """Return a cell, empty when the file has no such column."""
        return self.cells.get(column, "")

    def several(self, column: str) -> list[str]:
        """Return the values of a cell that may hold several, separated by ; or |."""
        parts = self.text(column).replace("|", ";").split(";")
        return list(dict.fromkeys(" ".join(part.split()) for part in parts if part.strip()))


@dataclass(frozen=True)
class Table:
    """The rows of a file, and the headings nobody asked for."""

    rows: list[Row]
    ignored: tuple[str, ...]


def read_table(file: BinaryIO, columns: Mapping[str, tuple[str, ...]], needed: tuple[str, ...]) -> Table:
    """Return the rows of a CSV file whose headings are `columns` (a name and what else it may be called)."""
    lines = csv.reader(io.StringIO(text := _decoded(file), newline=""), delimiter=_delimiter(text), strict=True)
    try:
        headings = next(lines, None)
        if headings is None:
            raise FileRefused("The file is empty.")
        places, ignored = _places(headings, columns)
        if missing := [name for name in needed if name not in places.values()]:
            raise FileRefused(f"The file has no column {' or '.join(missing)}; its first line must name the columns.")
        return Table(list(_rows(lines, len(headings), places)), ignored)
    except csv.Error as error:
        raise FileRefused(f"The file stops being a table after line {lines.line_num}: {error}.") from None


def single_line(row: Row, column: str, longest: int = 200) -> str:
    """Return a short cell without line breaks or characters that are not text."""
    text = " ".join(row.text(column).split())
    if len(text) > longest or not text.isprintable():
        raise Unreadable(f"{column} is too long or holds characters that are not text")
    return text


def _decoded(file: BinaryIO) -> str:
    content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise FileRefused(f"The file is larger than {LARGEST_FILE // 1_000_000} MB.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _delimiter(text: str) -> str:
    heading = text.split("\n", 1)[0]
    return max(DELIMITERS, key=heading.count)


def _places(headings: list[str], columns: Mapping[str, tuple[str, ...]]) -> tuple[dict[int, str], tuple[str, ...]]:
    known = {spelling: name for name, others in columns.items() for spelling in (name, *others)}
    spelled = [" ".join(heading.split()).lower().replace(" ", "_").replace("-", "_") for heading in headings]
    places = {place: known[spelling] for place, spelling in enumerate(spelled) if spelling in known}
    return places, tuple(heading for place, heading in enumerate(headings) if heading and place not in places)


def _rows(lines: Iterator[list[str]], width: int, places: Mapping[int, str]) -> Iterator[Row]:
    reader, last = lines, 1
    for count, cells in enumerate(reader, start=1):
        number, last = last + 1, reader.line_num  # type: ignore[attr-defined]
        if count > MOST_LINES:
            raise FileRefused(f"The file has more than {MOST_LINES:,} lines.")
        if any(cell.strip() for cell in cells):
            fault = f"has {len(cells)} cells, the first line has {width}" if len(cells) != width else ""
            yield Row(number, _by_name(cells, places), fault)


def _by_name(cells: list[str], places: Mapping[int, str]) -> dict[str, str]:
    """Return cells by column; where two headings mean the same, both are kept."""
    found: dict[str, str] = {}
    for place, name in places.items():
        cell = cells[place].strip() if place < len(cells) else ""
        found[name] = f"{found[name]}|{cell}" if found.get(name) and cell else found.get(name) or cell
    return found
