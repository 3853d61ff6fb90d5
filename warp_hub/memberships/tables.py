"""Reading tables as councils send them: CSV files, or cells copied from a spreadsheet, with columns in any order.

A table that cannot be read at all is refused as a whole; a bad line is refused alone, with its number.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import ngettext

from warp_hub.db import session
from warp_hub.memberships.reading import Unreadable

LARGEST_FILE = 10_000_000
MOST_LINES = 50_000
DELIMITERS = ",;\t"
_SAYS_ITS_DELIMITER = "sep="


class FileRefused(Exception):
    """The file cannot be read as a table; the text is one sentence."""

    for_the_command_line = True


@dataclass
class Outcome:
    """What an import did: counts, refused lines with reasons, what is worth a look, the organisation of each line."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)
    noted: list[tuple[int, str]] = field(default_factory=list)
    ignored: tuple[str, ...] = ()
    organisations: dict[int, UUID] = field(default_factory=dict)

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


@dataclass(frozen=True)
class Sheet:
    """A table before anybody said what its columns are: the headings, and the lines under them with their numbers."""

    headings: list[str]
    lines: list[tuple[int, list[str]]]
    delimiter: str

    def rows(self, places: Mapping[int, str]) -> list[Row]:
        """Return the lines as rows, each cell under the name that `places` gives to its column."""
        return [Row(number, _by_name(cells, places), self._fault(cells)) for number, cells in self.lines]

    def _fault(self, cells: list[str]) -> str:
        wide, width = len(cells), len(self.headings)
        if wide == width:
            return ""
        return str(
            ngettext(
                "has %(num)s cell, the first line has %(width)s",
                "has %(num)s cells, the first line has %(width)s",
                wide,
                width=width,
            )
        )


def read_table(file: BinaryIO, columns: Mapping[str, tuple[str, ...]], needed: tuple[tuple[str, ...], ...]) -> Table:
    """Return the rows of a CSV file whose headings are `columns` (a name and what else it may be called).

    Of each group of `needed` the file must have one.
    """
    content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise FileRefused(_("The file is larger than %(size)s MB.", size=LARGEST_FILE // 1_000_000))
    sheet = read_sheet(decoded(content))
    places, ignored = guess(sheet.headings, columns)
    if missing := [names[0] for names in needed if not set(names) & set(places.values())]:
        named = " or ".join(missing)
        raise FileRefused(f"The file has no column {named}; its first line must name the columns.")
    return Table(sheet.rows(places), ignored)


def read_sheet(text: str) -> Sheet:
    """Return a text as a table, empty lines left out; raise FileRefused for what is none."""
    skipped = 0
    if text[: len(_SAYS_ITS_DELIMITER)].lower() == _SAYS_ITS_DELIMITER:
        _first, _newline, text = text.partition("\n")
        skipped = 1
    delimiter = _delimiter(text)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        headings = next(lines, None)
        if headings is None:
            raise FileRefused(_("The file is empty."))
        return Sheet(headings, list(_numbered(lines, skipped)), delimiter)
    except csv.Error as error:
        line = lines.line_num + skipped
        told = _("The file stops being a table after line %(line)s: %(error)s.", line=line, error=error)
        raise FileRefused(told) from None


def decoded(content: bytes) -> str:
    """Return the text of a file as spreadsheets and mail programs write it."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def guess(headings: list[str], columns: Mapping[str, tuple[str, ...]]) -> tuple[dict[int, str], tuple[str, ...]]:
    """Return what each column holds, by its heading, and the headings that say nothing we know."""
    known = {spelling: name for name, others in columns.items() for spelling in (name, *others)}
    spelled = [" ".join(heading.split()).lower().replace(" ", "_").replace("-", "_") for heading in headings]
    places = {place: known[spelling] for place, spelling in enumerate(spelled) if spelling in known}
    return places, tuple(heading for place, heading in enumerate(headings) if heading and place not in places)


def single_line(row: Row, column: str, longest: int = 200) -> str:
    """Return a short cell without line breaks or characters that are not text."""
    text = " ".join(row.text(column).split())
    if len(text) > longest or not text.isprintable():
        raise Unreadable(_("%(column)s is too long or holds characters that are not text", column=column))
    return text


@contextmanager
def trying(*, dry_run: bool) -> Iterator[None]:
    """Do what follows; where it is a dry run, or fails, nothing of it stays."""
    attempt = session.begin_nested()
    try:
        yield
    except BaseException:
        attempt.rollback()
        raise
    if dry_run:
        attempt.rollback()
    else:
        attempt.commit()


def _delimiter(text: str) -> str:
    heading = text.split("\n", 1)[0]
    return max(DELIMITERS, key=heading.count)


def _numbered(lines: Iterator[list[str]], skipped: int) -> Iterator[tuple[int, list[str]]]:
    reader, last = lines, _line_of(lines)
    for count, cells in enumerate(reader, start=1):
        number, last = last + 1 + skipped, _line_of(reader)
        if count > MOST_LINES:
            raise FileRefused(_("The file has more than %(most)s lines.", most=f"{MOST_LINES:,}"))
        if any(cell.strip() for cell in cells):
            yield number, cells


def _line_of(reader: Iterator[list[str]]) -> int:
    return int(reader.line_num)  # type: ignore[attr-defined]


def _by_name(cells: list[str], places: Mapping[int, str]) -> dict[str, str]:
    """Return cells by column; where two headings mean the same, both are kept."""
    found: dict[str, str] = {}
    for place, name in places.items():
        cell = cells[place].strip() if place < len(cells) else ""
        found[name] = f"{found[name]}|{cell}" if found.get(name) and cell else found.get(name) or cell
    return found
