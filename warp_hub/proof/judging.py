"""Judging: what was found, held against the tables; each comparison of viewer, row and outlet is a cell."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from warp_hub.proof import (
    applicants,
    expected,
    expected_files,
    expected_letters,
    expected_rooms,
    expected_search,
    lists,
    profiles,
)
from warp_hub.proof.expected import table
from warp_hub.proof.outlets import COORDINATORS, OF_A_REPORT, OF_HERE, SHOWN_OF_SOURCES
from warp_hub.proof.plans import BEHIND, plan_of
from warp_hub.proof.searching import Mark

Table = Mapping[str, frozenset[str]]

WARNINGS: Table = table(expected.PAGES)
OF_ROOMS: Table = table(expected_rooms.PAGES)
STANDING_BEHIND: Table = table(expected.BEHIND)
ON_DESKS: Table = {**table(expected.DESK), **table(expected_rooms.DESK)}
IN_QUEUES: Table = table(expected.QUEUE)
PRINTED: Table = {**table(expected_letters.LETTERS), **table(expected_rooms.LETTERS)}
IN_DIGEST: Table = {**table(expected_letters.DIGEST_OF_HERE), **table(expected_rooms.DIGEST_OF_HERE)}
LINKED: Table = {**table(expected_letters.NOTICES), **table(expected_rooms.NOTICES)}
TOLD: Table = table(expected_letters.TOLD_AT_ONCE)
IN_PUBLIC: Table = table(expected.PUBLIC)

IN_FILES: Table = {**table(expected_files.FILES), **table(expected_rooms.FILES)}
SEARCHED: Table = {**table(expected_search.SEARCHED), **table(expected_rooms.SEARCHED)}

RECEIVED: Table = {**WARNINGS, **STANDING_BEHIND, **OF_ROOMS}
# What has a page of its own, by its kind.
WITH_PAGES: Table = {**WARNINGS, **OF_ROOMS}
ROWS = tuple(RECEIVED)

# The rows that are no items, and whose they are.
OF_WHOSE_DESK = {
    "a source of Here": OF_HERE,
    "a source of Elsewhere": "E",
    "a report of Here": OF_HERE,
    "a report of Elsewhere": "E",
}

# For each kind of page, the tables of which one must say yes.
ALLOWED: dict[str, tuple[Table, ...]] = {
    "item": (RECEIVED,),
    "list": (RECEIVED,),
    "some": (RECEIVED,),
    "file": (IN_FILES,),
    "values": (IN_FILES,),
    "search": (SEARCHED,),
    "public": (IN_PUBLIC,),
    "desk": (RECEIVED, ON_DESKS),
    "queue": (ON_DESKS,),
    "at desk": (ON_DESKS,),
    "report": (),
    "application": (),
    "letter": (PRINTED, IN_PUBLIC),
    "nothing": (),
    "change": (),
    "act": (),
}


@dataclass(frozen=True)
class Result:
    """How many cells were compared, and what was wrong in which."""

    cells: int
    leaks: list[str]
    wrong_denials: list[str]

    @property
    def is_clean(self) -> bool:
        """Say whether everybody received exactly what was theirs."""
        return not (self.leaks or self.wrong_denials)


@dataclass
class Ledger:
    """Keeps count while the walk goes on."""

    cells: set[tuple[str, str, str]] = field(default_factory=set)
    leaks: dict[str, None] = field(default_factory=dict)
    wrong_denials: dict[str, None] = field(default_factory=dict)

    def result(self) -> Result:
        """Return what was found so far."""
        return Result(len(self.cells), list(self.leaks), list(self.wrong_denials))

    def compared(self, outlet: str, viewer: str, rows: Iterable[str] = ROWS) -> None:
        """Note that an outlet was held against these rows for one viewer."""
        self.cells |= {(outlet, viewer, row) for row in rows}

    def found(self, outlet: str, viewer: str, marks: Mapping[Mark, str], allowed: Collection[str], where: str) -> None:
        """Note a leak for whatever was found of rows that are not allowed."""
        self.compared(outlet, viewer)
        for mark, form in marks.items():
            if mark.row in allowed or lists.is_their_own(mark, viewer, outlet):
                continue
            if profiles.may_be_given(mark, viewer, outlet) or applicants.may_be_given(mark, viewer, outlet):
                continue
            if not _is_of_my_desk(mark, viewer, outlet):
                self.leak(f"{viewer} was given the {mark.field} of {mark.row!r} ({form}) by {outlet}: {where}")

    def must_hold(
        self,
        viewer: str,
        row: str,
        wanted: Iterable[str],
        marks: Collection[Mark],
        where: str,
        *,
        number: int | None = None,
    ) -> None:
        """Note a wrong denial for each field that ought to be there and is not, of all items of a row or of one."""
        self.must_hold_all(viewer, row, fields_of(row, wanted, number), marks, where)

    def must_hold_all(self, viewer: str, row: str, wanted: Iterable[str], marks: Collection[Mark], where: str) -> None:
        """Note a wrong denial for each of these very fields that is not there."""
        there = {mark.field for mark in marks if mark.row == row}
        missing = [name for name in wanted if name not in there]
        if missing:
            self.deny(f"{viewer} was not given {', '.join(missing)} of {row!r}: {where}")

    def leak(self, sentence: str) -> None:
        """Note a leak."""
        self.leaks[sentence] = None

    def deny(self, sentence: str) -> None:
        """Note a wrong denial."""
        self.wrong_denials[sentence] = None


def allowed_to(viewer: str, kind: str) -> frozenset[str]:
    """Return the rows that a kind of page may show to a viewer."""
    return frozenset(row for of in ALLOWED[kind] for row, letters in of.items() if viewer in letters)


def stands_on(row: str) -> list[str]:
    """Return the rows that stand on the page of a warning."""
    return [behind for behind, plan in BEHIND.items() if plan.about == row]


def fields_of(row: str, names: Iterable[str], number: int | None = None) -> list[str]:
    """Return the names of a row's fields; where a row is many items, those of each or of one by its number."""
    count = plan_of(row).count
    numbers = range(1, count + 1) if number is None else [number]
    return [name if count == 1 else f"{name} {each}" for name in names for each in numbers]


def _is_of_my_desk(mark: Mark, viewer: str, outlet: str) -> bool:
    """Say whether this is what coordinators may know of a source or a report of their own WARP, on their desk."""
    is_desk = outlet.removeprefix("the title of ").startswith(("desk", "custody"))
    is_shown = mark.field in (*SHOWN_OF_SOURCES, *OF_A_REPORT, "report restrictions", "id of a report")
    return is_desk and viewer in OF_WHOSE_DESK.get(mark.row, "") and viewer in COORDINATORS and is_shown
