"""The leak matrix: every viewer, every planted row, every way out, compared with the tables in both directions."""

import tempfile
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.routing import Rule

from warp_hub import db
from warp_hub.db import session
from warp_hub.proof import applicants, cast, judging, lists, places, planted, posting, profiles, refusing, rooms, traces
from warp_hub.proof.addresses import addresses_of, ids_of, paths, rules_with_ids
from warp_hub.proof.cast import VIEWERS
from warp_hub.proof.judging import Ledger, Result, allowed_to, stands_on
from warp_hub.proof.outlets import FOUND_OF, LETTERS, OF_A_NOTE, OF_SUPPORT, PAGES, PRINTED, Page
from warp_hub.proof.plans import plan_of
from warp_hub.proof.planted import Garden
from warp_hub.proof.searching import Mark
from warp_hub.proof.walking import SEARCHES, Answer, Walker, is_unfiltered
from warp_hub.sharing.models import ItemKind

Say = Callable[[str], None]
ODD_ADDRESSES = ("/advisories/not-an-id", "/nothing/here", "/advisories/", "/desk/warnings/1", "/open?link=x")
# Whoever is refused at the door is refused before anybody looks at an id: a few tell.
AT_THE_DOOR = ("GREEN published", "AMBER published", "RED published", "GREEN waiting", "nothing")
TURNS = 3
ASKED_OTHERWISE = ("GREEN published", "RED published")


# For each kind of page that shows all there is, the table that says what that is.
_COMPLETE: dict[str, judging.Table] = {
    "list": judging.WARNINGS,
    "file": {row: letters for row, letters in judging.IN_FILES.items() if row in judging.WARNINGS},
    "values": judging.IN_FILES,
    "queue": judging.IN_QUEUES,
    "public": judging.IN_PUBLIC,
    "letter": judging.IN_DIGEST,
}

# For each kind of page that shows what is no item and waits on a desk, its rows and for whom it is.
_WAITING: dict[str, Mapping[str, Collection[str]]] = {
    "report": {row: judging.OF_WHOSE_DESK[row] for row in rooms.REPORTS},
    "application": {row: deciding for row, (deciding, _told) in applicants.APPLICATIONS.items()},
}


@dataclass
class Matrix:
    """One walk: the app, what was planted in it, and the ledger.

    A walk `in_turns` asks pages for ids that are none of theirs a part of them as each viewer, so that every id is
    tried on every page by somebody, and looks up once who a viewer is; what has a page of its own is asked for by
    everybody in any case.
    """

    app: Flask
    garden: Garden
    walker: Walker
    ledger: Ledger
    viewers: Sequence[str] = tuple(VIEWERS)
    in_turns: bool = False

    def walk_pages(self, beginnings: Sequence[str] = (), within: tuple[str, ...] = ("/",)) -> None:
        """Follow every page that needs no id, as everybody; or only these, with what they lead to below `within`."""
        beginnings = beginnings or [*(url for _, url in paths(self.app)), *ODD_ADDRESSES, *SEARCHES]
        for viewer in self.viewers:
            complete: dict[str, set[Mark]] = {}
            with self._in_haste():
                for answer in self.walker.follow(viewer, beginnings, within):
                    found = self._search(answer)
                    if is_unfiltered(answer.url) or _is_search(answer):
                        complete.setdefault(answer.endpoint, set()).update(found)
            for endpoint, marks in complete.items():
                self._must_be_complete(viewer, endpoint, marks)

    def try_every_id(self, *within: str) -> None:
        """Ask every page that takes an id, or those below these addresses, for every id, as everybody."""
        for viewer in self.viewers:
            absence = refusing.Absence(self.walker, viewer, self.garden)
            with self._in_haste():
                for turn, rule in enumerate(rules_with_ids(self.app, "GET"), list(VIEWERS).index(viewer)):
                    if rule.rule.startswith(within or "/"):
                        self._try_ids_of(rule, viewer, turn, absence)

    def open_letters(self, folder: Path) -> None:
        """Read every letter that goes."""
        arrived: set[tuple[str, str, str]] = set()
        for sent in posting.send_all(self.app, self.garden, folder, self.viewers):
            marks = {mark: form for reading in sent.readings() for mark, form in self._found(reading).items()}
            self._judge_letter(sent, self._but_their_own(sent, marks))
            naming = (mark for mark in marks if mark.field.startswith(("title", applicants.ORGANISATION)))
            arrived |= {(sent.kind, sent.viewer, mark.row) for mark in naming}
            arrived |= {(sent.kind, sent.viewer, sent.row)} if sent.kind in applicants.TO_APPLICANTS else set()
            if sent.kind == "digest" and sent.warp == self.garden.cast.here:
                for row in (row for row, letters in judging.IN_DIGEST.items() if sent.viewer in letters):
                    self.ledger.must_hold(sent.viewer, row, PRINTED, marks, "the digest of Here")
        self._must_have_arrived(arrived)

    def follow_calendars(self) -> None:
        """Read everybody's calendar by its secret address, as a program does that has no cookie."""
        for viewer, secret in self.garden.calendars.items():
            answer = self.walker.ask("N", places.path_of(secret))
            found = _but(self._found(answer.body), self._found(answer.url))
            allowed = {row for row, letters in places.IN_FEEDS.items() if viewer in letters}
            where = f"the calendar of {viewer}"
            self.ledger.found("training.feed", viewer, found, allowed, where)
            for row in allowed:
                self.ledger.must_hold(viewer, row, places.FOLLOWED, found, where)

    def see_who_is_told(self) -> None:
        """Hold whom urgent warnings are announced to against the table."""
        for row, told in posting.announce_all(self.garden).items():
            meant = judging.TOLD.get(row, frozenset())
            for viewer in VIEWERS:
                self.ledger.compared("announcing", viewer, [row])
            for viewer in sorted(told - meant):
                self.ledger.leak(f"{viewer} was to be told at once of {row!r}")
            for viewer in sorted(meant - told):
                self.ledger.deny(f"{viewer} was not to be told at once of {row!r}")

    def look_at_traces(self, lines: list[str]) -> None:
        """Search log lines and unwatched tables: no text of any item may be there."""
        for line in traces.faults(lines):
            self.ledger.deny(f"a fault was logged: {line}")
        for place, text in [("the log", "\n".join(lines)), *traces.left_in_tables()]:
            self.ledger.compared(place, "*")
            for mark in self.garden.register.found_in(text):
                if not mark.field.startswith(("id", "stix_id", "reference")):
                    self.ledger.leak(f"the {mark.field} of {mark.row!r} is in {place}")

    def _in_haste(self) -> AbstractContextManager[None]:
        return self.walker.looking_up_once() if self.in_turns else nullcontext()

    def _try_ids_of(self, rule: Rule, viewer: str, turn: int, absence: refusing.Absence) -> None:
        page, ids = PAGES[rule.endpoint], ids_of(self.garden)
        rows: Sequence[str] = _worth_trying(page, ids) if viewer in page.enters else AT_THE_DOOR
        shows_rows = viewer in page.enters and page.kind in ("item", "desk", *_WAITING)
        if self.in_turns and not shows_rows:
            rows = _in_turn(page, rows, turn)
        for place, row in enumerate(rows):
            urls = addresses_of(self.app, rule, ids[row])
            for url in [urls[(turn + place) % len(urls)]] if self.in_turns else urls:
                answer = self._one(viewer, page, row, url, absence.beside(ids[row], url))
                if row in ASKED_OTHERWISE and (shows_rows or not self.in_turns or turn % TURNS == 0):
                    refusing.ask_again_otherwise(self.ledger, self.walker, answer)

    def _one(self, viewer: str, page: Page, row: str, url: str, absent: Answer) -> Answer:
        answer = self.walker.ask(viewer, url)
        found = self._search(answer)
        if viewer in page.enters and row in _shown_by(page, viewer):
            self._must_show(viewer, page, row, found, answer)
        elif row not in _open_to(page, viewer):
            refusing.compare_with_absence(self.ledger, answer, absent)
        return answer

    def _must_show(self, viewer: str, page: Page, row: str, found: dict[Mark, str], answer: Answer) -> None:
        if answer.status != 200:
            self.ledger.deny(f"{viewer} was answered {answer.status} for {row!r}: {answer.url}")
            return
        if page.kind in _WAITING:
            self.ledger.must_hold_all(viewer, row, page.shows, found, answer.url)
            return
        self.ledger.must_hold(viewer, row, page.shows, found, answer.url, number=1)
        for behind in stands_on(row):
            if behind in _standing(page.kind, viewer):
                wanted = OF_A_NOTE if plan_of(behind).kind is ItemKind.NOTE else OF_SUPPORT
                self.ledger.must_hold(viewer, behind, wanted, found, answer.url)

    def _search(self, answer: Answer) -> dict[Mark, str]:
        """Search body, title and headers of an answer; return what was found in its body."""
        page, viewer = PAGES.get(answer.endpoint, Page("nothing")), answer.viewer
        if answer.status >= 500:
            self.ledger.deny(f"{answer.url} fails for {viewer}: {answer.status}")
        echoed = self._found(answer.url)
        found = self._found(answer.body)
        allowed = allowed_to(viewer, page.kind)
        self.ledger.found(answer.endpoint or "no page", viewer, _but(found, echoed), allowed, answer.url)
        if answer.endpoint == lists.PAGE and answer.status == 200 and lists.lacks_their_own(found, viewer):
            self.ledger.deny(f"{viewer} was not shown their own list: {answer.url}")
        if _is_whole_list_of_members(answer) and profiles.lacks(found, viewer):
            self.ledger.deny(f"{viewer} was not shown what {profiles.SHOWN} shows: {answer.url}")
        in_title = _but(self._found(answer.title), echoed)
        self.ledger.found(f"the title of {answer.endpoint}", viewer, in_title, _may_be_kept(viewer), answer.url)
        in_head = _but(self._found(answer.head), echoed)
        self.ledger.found(f"the headers of {answer.endpoint}", viewer, in_head, (), answer.url)
        return found

    def _must_be_complete(self, viewer: str, endpoint: str, marks: set[Mark]) -> None:
        page = PAGES.get(endpoint, Page("nothing"))
        meant = _COMPLETE.get(page.kind, {})
        if page.kind == "list":
            meant = {row: letters for row, letters in judging.WITH_PAGES.items() if plan_of(row).kind is page.of}
        if viewer not in page.enters:
            return
        if page.kind == "search":
            self._must_be_found(viewer, marks)
        for row in (row for row, letters in meant.items() if viewer in letters):
            self.ledger.must_hold(viewer, row, page.shows, marks, endpoint)

    def _must_be_found(self, viewer: str, marks: set[Mark]) -> None:
        for row in (row for row, letters in judging.SEARCHED.items() if viewer in letters):
            self.ledger.must_hold(viewer, row, FOUND_OF[plan_of(row).kind], marks, "search")

    def _judge_letter(self, sent: posting.Sent, marks: dict[Mark, str]) -> None:
        outlet, where = f"the letter {sent.kind}", f"about {sent.row!r}" if sent.row else ""
        holds_text = LETTERS[sent.kind] == "text"
        printed = allowed_to(sent.viewer, "letter") if holds_text else frozenset()
        of = {"text": judging.LINKED, "desk": judging.ON_DESKS}.get(LETTERS[sent.kind], {})
        linked = {row for row, letters in of.items() if sent.viewer in letters}
        addresses = {mark: form for mark, form in marks.items() if mark.field.startswith("id")}
        self.ledger.found(outlet, sent.viewer, _but(marks, addresses), printed, where)
        self.ledger.found(f"a link in {outlet}", sent.viewer, addresses, printed | linked, where)
        in_envelope = self._found(sent.envelope)
        if sent.kind in applicants.TO_APPLICANTS:
            in_envelope = {mark: form for mark, form in in_envelope.items() if not _is_address_of(mark, sent.row)}
        self.ledger.found(f"the envelope of {outlet}", sent.viewer, in_envelope, printed, where)

    def _but_their_own(self, sent: posting.Sent, marks: dict[Mark, str]) -> dict[Mark, str]:
        """Return what was found but for what an applicant is told of their own application, which must be there."""
        holds, rows = applicants.TO_APPLICANTS.get(sent.kind, ((), ()))
        if sent.row in rows:
            self.ledger.must_hold_all("an applicant", sent.row, holds, marks, f"the letter {sent.kind}")
        elif sent.kind in applicants.TO_APPLICANTS:
            self.ledger.leak(f"the letter {sent.kind} went about {sent.row!r}")
        return {mark: form for mark, form in marks.items() if not applicants.is_theirs(mark, sent.kind, sent.row)}

    def _must_have_arrived(self, arrived: set[tuple[str, str, str]]) -> None:
        sessions = {row: judging.PRINTED[row] for row in places.IN_FEEDS}
        others = [(kind, sessions) for kind in places.ARRIVING]
        others.append((applicants.CAME, {row: frozenset(told) for row, (_, told) in applicants.APPLICATIONS.items()}))
        others.append((applicants.NOTICE, {applicants.ANNOUNCED: frozenset(applicants.LEADING_HERE)}))
        others += [(kind, dict.fromkeys(rows, frozenset("N"))) for kind, (_, rows) in applicants.TO_APPLICANTS.items()]
        for kind, meant in (("alert", judging.PRINTED), ("digest", judging.IN_DIGEST), *others):
            for row, letters in meant.items():
                for viewer in sorted(letters & set(self.viewers)):
                    is_due = row not in judging.ROWS or kind == "digest" or posting.is_posted(kind, viewer, row)
                    if is_due and (kind, viewer, row) not in arrived:
                        self.ledger.deny(f"the {kind} for {viewer} did not arrive with the title of {row!r}")

    def _found(self, data: bytes | str) -> dict[Mark, str]:
        return self.garden.register.found_in(data)


def run(app: Flask, say: Say, viewers: Sequence[str] = tuple(VIEWERS), *, in_turns: bool = False) -> Result:
    """Plant, walk and compare; both the web's and the worker's engine must be open, on a database to throw away."""
    garden = planting()
    matrix = Matrix(app, garden, Walker(app, garden.cast), Ledger(), viewers, in_turns)
    with traces.listening() as listener, tempfile.TemporaryDirectory() as folder:
        say(f"{len(garden.ids)} items planted for {len(VIEWERS)} viewers")
        matrix.walk_pages()
        say("every page was followed")
        matrix.try_every_id()
        say("every id was tried on every page")
        turns = TURNS if in_turns else 1
        refusing.nobody_else_changes_anything(matrix.ledger, matrix.walker, garden, viewers, turns=turns)
        matrix.follow_calendars()
        matrix.open_letters(Path(folder))
        matrix.see_who_is_told()
        say("every letter was opened")
    matrix.look_at_traces(listener.lines)
    return matrix.ledger.result()


def planting(rows: Sequence[str] = judging.ROWS) -> Garden:
    """Write cast and items as the worker, and commit them."""
    with db.acting("work"):
        garden = planted.plant(cast.assemble(), rows)
        session.commit()
        db.leave()
    return garden


def _is_search(answer: Answer) -> bool:
    return PAGES.get(answer.endpoint, Page("nothing")).kind == "search"


def _is_whole_list_of_members(answer: Answer) -> bool:
    return answer.endpoint == profiles.LIST and answer.status == 200 and not urlsplit(answer.url).query


def _open_to(page: Page, viewer: str) -> frozenset[str]:
    """Return the rows with which this viewer may come to a page that has no row of its own, such as a form."""
    return allowed_to(viewer, page.kind) if page.kind in ("some", "at desk") else frozenset()


def _worth_trying(page: Page, ids: Iterable[str]) -> list[str]:
    """Return the rows whose ids a page is asked for: all of its kind, and of the others a few that tell."""
    if page.kind in _WAITING:
        return [row for row in ids if row in _WAITING[page.kind] or row in AT_THE_DOOR]
    of_warnings = page.kind in ("item", "desk") and page.of is ItemKind.ADVISORY
    kinds = {page.of} if page.kind in ("item", "desk") else set(planted.ROOMS)
    return [
        row for row in ids if of_warnings or row in AT_THE_DOOR or (row in judging.ROWS and plan_of(row).kind in kinds)
    ]


def _in_turn(page: Page, rows: Sequence[str], turn: int) -> Sequence[str]:
    """Return each third of the rows, a sixth for a page that never shows an item, beginning where it is one's turn."""
    turns = TURNS if page.kind != "nothing" or len(rows) <= len(AT_THE_DOOR) else 2 * TURNS
    return rows[turn % turns :: turns]


def _shown_by(page: Page, viewer: str) -> frozenset[str]:
    """Return the rows that have a page of this kind for this viewer."""
    meant: Mapping[str, Collection[str]] = {}
    if page.kind in ("item", "desk"):
        of = judging.WITH_PAGES if page.kind == "item" else judging.ON_DESKS
        meant = {row: of[row] for row in judging.WITH_PAGES if plan_of(row).kind is page.of}
    elif page.kind in _WAITING:
        meant = _WAITING[page.kind]
    return frozenset(row for row, letters in meant.items() if viewer in letters)


def _standing(kind: str, viewer: str) -> frozenset[str]:
    meant = judging.STANDING_BEHIND if kind == "item" else judging.ON_DESKS
    return frozenset(row for row, letters in meant.items() if viewer in letters)


def _may_be_kept(viewer: str) -> frozenset[str]:
    """Return what may stand in a page's title, which browsers keep: nothing above GREEN, nothing early."""
    return allowed_to(viewer, "letter")


def _is_address_of(mark: Mark, row: str) -> bool:
    return mark.row == row and mark.field in applicants.ON_THE_ENVELOPE


def _but(found: dict[Mark, str], echoed: dict[Mark, str]) -> dict[Mark, str]:
    return {mark: form for mark, form in found.items() if mark not in echoed}
