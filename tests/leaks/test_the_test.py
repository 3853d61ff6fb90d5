"""The oracle itself, tried by sabotage: break the rule here and there, and the matrix must say so.

The walker acts as the worker, whom no policy binds: so the first wall is tried alone. With the web's own role the
second wall holds what the first lets through.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask, Response, abort
from sqlalchemy import and_, false, or_, select, true

from tests.leaks.throwaway import hub, write_anew
from warp_hub import audit, db, tlp
from warp_hub.advisories import gathering, reading, views_desk
from warp_hub.advisories.models import Advisory
from warp_hub.db import app_now
from warp_hub.home import welcome
from warp_hub.joining import letters
from warp_hub.memberships import deciders, tokens, viewers
from warp_hub.memberships.viewers import Proof
from warp_hub.pages import paging
from warp_hub.proof import matrix, refusing, traces, walking
from warp_hub.proof.judging import Ledger, Result
from warp_hub.proof.planted import Garden
from warp_hub.proof.walking import SEARCHES, Walker
from warp_hub.sharing import block_lists, visibility
from warp_hub.sharing.models import Item
from warp_hub.sharing.visibility import Reach
from warp_hub.signin import visitors
from warp_hub.tlp import TRAVELS, Handling, Marking, Outlet, Viewer

pytestmark = pytest.mark.long

Patch = pytest.MonkeyPatch
Sabotage = Callable[[Patch], None]
ITEMS = ("/advisories", "/desk/warnings", "/desk/applications")


@pytest.fixture(autouse=True)
def _nothing_written_before(monkeypatch: Patch) -> Iterator[None]:
    """Let the rule be written anew in each of these tests, and nothing that was written under sabotage live on."""
    write_anew()
    yield
    monkeypatch.undo()
    write_anew()


@pytest.fixture(scope="module")
def grown(hub_settings: object) -> Iterator[tuple[Flask, Garden]]:
    with hub() as app:
        yield app, matrix.planting()


class Saboteur:
    """Walks a small part of the matrix with something broken."""

    def __init__(self, app: Flask, garden: Garden, patch: Patch) -> None:
        self.app, self.garden, self.patch = app, garden, patch

    def walk(
        self, sabotage: Sabotage, viewers: str, *rows: str, role: db.Role = "work", within: tuple[str, ...] = ITEMS
    ) -> Result:
        """Return what the matrix says of these rows and the lists, as these viewers see them on these pages."""
        few = replace(self.garden, ids={row: self.garden.ids[row] for row in (*rows, *matrix.AT_THE_DOOR[:-1])})
        made = matrix.Matrix(self.app, few, Walker(self.app, few.cast, role), Ledger(), viewers, in_turns=True)
        with self.patch.context() as patch:
            sabotage(patch)
            write_anew()
            made.try_every_id(*within)
            made.walk_pages(["/", "/advisories", "/warps/here"], ("/advisories",))
        write_anew()
        return made.ledger.result()


@pytest.fixture
def saboteur(grown: tuple[Flask, Garden], monkeypatch: Patch) -> Saboteur:
    return Saboteur(*grown, monkeypatch)


def _nothing(_patch: Patch) -> None:
    """Break nothing."""


def _wider(also: Callable[[Reach, Any], Any]) -> Sabotage:
    """Let the rule say yes to more than it should."""
    received = visibility.received

    def too_wide(reach: Reach, outlet: Outlet, of: type[Any]) -> Any:
        return or_(received(reach, outlet, of), also(reach, of))

    return lambda patch: patch.setattr(visibility, "received", too_wide)


def _everybody_a_member(patch: Patch) -> None:
    reach_of = visibility.reach_of
    patch.setattr(visibility, "reach_of", lambda viewer: replace(reach_of(viewer), member=true(), green=true()))


def _any_address_will_do(patch: Patch) -> None:
    patch.setattr(visibility, "_meets", lambda _column, addresses: false() if addresses is None else true())


def _any_proof_will_do(patch: Patch) -> None:
    patch.setattr(visitors, "viewer_of", lambda person, _proof: viewers.viewer_of(person, Proof.FULL))


def _associates_are_members(patch: Patch) -> None:
    found = viewers._viewer

    def too_strict_for_nobody(*given: Any) -> Viewer:
        viewer = found(*given)
        return replace(viewer, strict=viewer.amber)

    patch.setattr(viewers, "_viewer", too_strict_for_nobody)


def _public_pages_show_all_that_is_clear(patch: Patch) -> None:
    patch.setattr(visibility, "_clear", lambda _reach, _outlet, _of: true())


def _a_desk_shows_red_to_whoever_runs_it(patch: Patch) -> None:
    patch.setattr(visibility, "kept", lambda reach, of: visibility._meets(of.keepers, reach.keeps))


def _another_source_may_join_in(patch: Patch) -> None:
    patch.setattr(gathering, "_named_by", _named_by_anyone)


def _named_by_anyone(scope: Any, _originator: UUID, item_ids: Any, most: int) -> dict[UUID, str]:
    from warp_hub.sharing.models import ItemVersion, Reference

    named = scope(Reference).where(Reference.item_id.in_(list(item_ids))).with_only_columns(Reference.target)
    targets = list(db.session.scalars(named))
    rows = scope(Item).join(ItemVersion, ItemVersion.item_id == Item.id).where(ItemVersion.stix_id.in_(targets))
    return {row[0]: row[1] for row in db.session.execute(rows.with_only_columns(Item.id, ItemVersion.stix_id))}


def _refusals_say_that_something_is_there(patch: Patch) -> None:
    found = reading.find_warning

    def honest(item_id: UUID, viewer: Viewer, outlet: Outlet) -> Any:
        with db.acting("work"):
            house = visibility.house_read(select(Advisory.id).where(Advisory.id == item_id), "leak test")
            exists = db.session.scalar(house) is not None
        return found(item_id, viewer, outlet) or abort(403 if exists else 404)

    patch.setattr(reading, "find_warning", honest)


def _anybody_decides(patch: Patch) -> None:
    patch.setattr(deciders, "may_decide", lambda _by, _application: True)


def _titles_hold_everything(patch: Patch) -> None:
    patch.setattr(tlp, "MAILED", frozenset(Marking))


LEAKS: dict[str, tuple[Sabotage, str, str, str]] = {
    "a lapsed member reads on": (_everybody_a_member, "L", "GREEN published", "the title of 'GREEN published'"),
    "any address will do": (_any_address_will_do, "O", "AMBER published", "the body of 'AMBER published'"),
    "any proof will do": (_any_proof_will_do, "R", "AMBER published", "the indicator of 'AMBER published'"),
    "an associate passes for a member": (
        _associates_are_members,
        "X",
        "AMBER+STRICT published",
        "the title of 'AMBER+STRICT published'",
    ),
    "what was withdrawn stays": (
        _wider(lambda reach, of: and_(of.withdrawn_at.is_not(None), reach.member)),
        "M",
        "GREEN withdrawn",
        "the title of 'GREEN withdrawn'",
    ),
    "what is early is out": (
        _wider(lambda reach, of: and_(of.embargo_until > app_now(), reach.member)),
        "M",
        "AMBER early notice",
        "the title of 'AMBER early notice'",
    ),
    "what nobody decided is out": (
        _wider(lambda reach, of: and_(of.published_at.is_(None), reach.member)),
        "M",
        "GREEN waiting",
        "the title of 'GREEN waiting'",
    ),
    "support comes with its warning whatever its label": (
        _wider(lambda reach, of: and_(of.recipients != [], reach.member)),
        "O",
        "GREEN published",
        "the indicator of 'AMBER support'",
    ),
    "another source joins in": (
        _another_source_may_join_in,
        "M",
        "GREEN published",
        "the indicator of 'GREEN support of another source'",
    ),
    "a public page shows all that is clear": (
        _public_pages_show_all_that_is_clear,
        "M",
        "CLEAR published",
        "the title of 'CLEAR published' (plain) by home.read_warp",
    ),
    "a desk shows RED to whoever runs it": (
        _a_desk_shows_red_to_whoever_runs_it,
        "C",
        "RED published",
        "the body of 'RED published' (plain) by desk_warnings.decide_warning",
    ),
    "a refusal says that something is there": (
        _refusals_say_that_something_is_there,
        "O",
        "AMBER published",
        "O can tell /advisories/",
    ),
    "an application is shown on any desk": (
        _anybody_decides,
        "E",
        "GREEN published",
        "the applicant's reason of 'an application to Here' (plain) by desk_joining.decide_application",
    ),
}


def test_the_first_wall_alone_lets_nothing_through(saboteur: Saboteur) -> None:
    rows = {row for _, _, row, _ in LEAKS.values()}
    assert saboteur.walk(_nothing, "RXOC", *rows, within=("/",)).leaks == []


@pytest.mark.parametrize("name", LEAKS)
def test_a_broken_rule_is_a_leak(saboteur: Saboteur, name: str) -> None:
    sabotage, viewer, row, sentence = LEAKS[name]
    leaks = saboteur.walk(sabotage, viewer, row).leaks
    assert any(sentence in leak for leak in leaks), leaks[:5]


@pytest.mark.parametrize(
    "name", ["a lapsed member reads on", "any address will do", "what was withdrawn stays", "what is early is out"]
)
def test_the_second_wall_holds_what_the_first_lets_through(saboteur: Saboteur, name: str) -> None:
    sabotage, viewer, row, _sentence = LEAKS[name]
    assert saboteur.walk(sabotage, viewer, row, role="web").leaks == []


def _green_is_for_nobody(patch: Patch) -> None:
    reach_of = visibility.reach_of
    patch.setattr(visibility, "reach_of", lambda viewer: replace(reach_of(viewer), green=false()))


def _no_address_will_do(patch: Patch) -> None:
    patch.setattr(visibility, "_meets", lambda _column, _addresses: false())


def _every_page_loses_a_row(patch: Patch) -> None:
    cut = paging.cut
    patch.setattr(paging, "cut", lambda rows, place, key: cut([*rows[:3], *rows[4:]], place, key))


def _nothing_stands_behind(patch: Patch) -> None:
    patch.setattr(gathering, "behind", lambda *_given: {})


def _a_page_fails(patch: Patch) -> None:
    patch.setattr(welcome, "lists", lambda _viewer: 1 / 0)


DENIALS: dict[str, tuple[Sabotage, str, str, str]] = {
    "GREEN is for nobody": (_green_is_for_nobody, "M", "GREEN published", "M was answered 404 for 'GREEN published'"),
    "no address will do": (_no_address_will_do, "M", "AMBER published", "M was answered 404 for 'AMBER published'"),
    "a list loses a row": (_every_page_loses_a_row, "M", "GREEN published", ": advisories.list_warnings"),
    "nothing stands behind": (_nothing_stands_behind, "M", "GREEN published", "of 'AMBER support': /advisories/"),
    "a page fails": (_a_page_fails, "M", "GREEN published", "/ fails for M: 500"),
}


@pytest.mark.parametrize("name", DENIALS)
def test_a_rule_that_is_too_strict_is_a_wrong_denial(saboteur: Saboteur, name: str) -> None:
    sabotage, viewer, row, sentence = DENIALS[name]
    denials = saboteur.walk(sabotage, viewer, row, role="web").wrong_denials
    assert any(sentence in denial for denial in denials), denials[:5]


def test_a_title_that_browsers_keep_is_searched_by_itself(saboteur: Saboteur) -> None:
    leaks = saboteur.walk(_titles_hold_everything, "M", "AMBER published").leaks
    assert any("by the title of advisories.read_advisory" in leak for leak in leaks)


def test_a_search_that_finds_too_much_or_too_little_is_noticed(saboteur: Saboteur, monkeypatch: Patch) -> None:
    def search_as(viewer: str) -> Result:
        write_anew()
        walker = Walker(saboteur.app, saboteur.garden.cast, "work")
        made = matrix.Matrix(saboteur.app, saboteur.garden, walker, Ledger(), viewer)
        made.walk_pages(SEARCHES, ("/search",))
        return made.ledger.result()

    clean = search_as("P")
    assert (clean.leaks, clean.wrong_denials) == ([], [])
    monkeypatch.setitem(TRAVELS, Marking.RED, TRAVELS[Marking.RED] | {Outlet.SEARCH})
    assert any("the title of 'RED published' (plain) by search.find" in leak for leak in search_as("P").leaks)
    monkeypatch.setitem(TRAVELS, Marking.GREEN, TRAVELS[Marking.GREEN] - {Outlet.SEARCH})
    assert any("of 'GREEN published': search" in denial for denial in search_as("P").wrong_denials)


def test_headers_and_cookies_are_searched(saboteur: Saboteur) -> None:
    def tell(response: Response) -> Response:
        response.headers["X-About"] = "A warning"
        response.set_cookie("seen", seen)
        return response

    canary = next(
        beginning
        for beginning, mark in saboteur.garden.register._marks.items()
        if (mark.row, mark.field) == ("AMBER published", "title")
    )
    seen = canary.encode().hex()
    functions = saboteur.app.after_request_funcs
    leaks = saboteur.walk(lambda patch: patch.setitem(functions, None, [*functions[None], tell]), "O").leaks
    assert any("(hexadecimal) by the headers of advisories.list_warnings" in leak for leak in leaks)


def test_a_validator_that_another_viewer_could_send_is_a_leak(saboteur: Saboteur) -> None:
    def tag(response: Response) -> Response:
        response.add_etag()
        return response

    functions = saboteur.app.after_request_funcs
    leaks = saboteur.walk(lambda patch: patch.setitem(functions, None, [tag, *functions[None]]), "M").leaks
    assert any("may keep or compare /advisories/" in leak for leak in leaks)


def test_a_letter_that_prints_what_it_may_only_count_is_a_leak(
    saboteur: Saboteur, monkeypatch: Patch, tmp_path: Path
) -> None:
    few = replace(saboteur.garden, ids={"AMBER published": saboteur.garden.ids["AMBER published"]})
    made = matrix.Matrix(saboteur.app, few, Walker(saboteur.app, few.cast), Ledger(), "M")
    monkeypatch.setitem(TRAVELS, Marking.AMBER, TRAVELS[Marking.AMBER] | {Outlet.MAIL})
    write_anew()
    made.open_letters(tmp_path)
    assert any("by the letter alert" in leak for leak in made.ledger.leaks)
    assert any("by the letter digest" in leak for leak in made.ledger.leaks)
    assert any("by the envelope of the letter alert" in leak for leak in made.ledger.leaks)


def test_a_letter_about_who_applied_that_tells_too_much_or_too_many_is_a_leak(
    saboteur: Saboteur, monkeypatch: Patch, tmp_path: Path
) -> None:
    render, others = letters._of_application, saboteur.garden.cast.people.values()
    made = matrix.Matrix(
        saboteur.app, replace(saboteur.garden, ids={}), Walker(saboteur.app, saboteur.garden.cast), Ledger(), "NO"
    )
    monkeypatch.setattr(letters.agreements, "leads_of_members", lambda _warp: list(others))
    monkeypatch.setattr(
        letters, "_of_application", lambda kind, of, **told: render(kind, of, **{**told, "reason": of.why})
    )
    made.open_letters(tmp_path)
    leaks = made.ledger.leaks
    assert any("O was given the applicant's organisation of 'an announced application'" in leak for leak in leaks)
    assert any("the applicant's reason of 'a refused application' (plain) by the letter" in leak for leak in leaks)
    assert any("not given reason of a refusal of 'a refused" in denial for denial in made.ledger.wrong_denials)


def test_telling_the_wrong_people_at_once_is_a_leak(saboteur: Saboteur, monkeypatch: Patch) -> None:
    from warp_hub.memberships import reach

    monkeypatch.setattr(reach, "permits", _permits_anyone)
    few = replace(saboteur.garden, ids={"AMBER to a council": saboteur.garden.ids["AMBER to a council"]})
    made = matrix.Matrix(saboteur.app, few, Walker(saboteur.app, few.cast), Ledger())
    monkeypatch.setattr(reach, "_behind", lambda _addresses: list(few.cast.people.values()))
    made.see_who_is_told()
    assert "M was to be told at once of 'AMBER to a council'" in made.ledger.leaks


def _permits_anyone(_viewer: Viewer, _handling: Handling, _outlet: Outlet, _now: object) -> bool:
    return True


def test_a_coordinator_who_may_change_what_lies_on_others_desks_is_a_leak(
    hub_settings: object, monkeypatch: Patch
) -> None:
    def anybodys(item_id: UUID) -> Any:
        return db.session.scalars(visibility.house_read(select(Item).where(Item.id == item_id), "leak test")).one()

    monkeypatch.setattr(views_desk, "_item", anybodys)
    ledger = Ledger()
    with hub() as app:
        garden = matrix.planting(matrix.AT_THE_DOOR[:-1])
        refusing.nobody_else_changes_anything(ledger, Walker(app, garden.cast, "work"), garden, "E")
    assert any(leak.startswith("E may send /desk/warnings/") for leak in ledger.leaks)
    assert "somebody changed items that lie on others' desks" in ledger.leaks


def test_what_is_logged_or_recorded_is_searched(saboteur: Saboteur) -> None:
    made = matrix.Matrix(saboteur.app, saboteur.garden, Walker(saboteur.app, saboteur.garden.cast), Ledger())
    with db.acting("work"), traces.listening() as listener:
        one = select(Item.title).where(Item.id == saboteur.garden.ids["RED published"])
        title = db.session.scalar(visibility.house_read(one, "leak test"))
        logging.getLogger("warp_hub.somewhere").debug("shown: %s", title)
        logging.getLogger("warp_hub.somewhere").error("a letter could not be written")
        audit.record("shown", detail={"title": title})
        db.session.commit()
    made.look_at_traces(listener.lines)
    assert set(made.ledger.leaks) == {
        "the title of 'RED published' is in the log",
        "the title of 'RED published' is in the table audit",
    }
    assert made.ledger.wrong_denials.keys() == {"a fault was logged: a letter could not be written"}


def test_pages_that_lead_on_further_than_they_are_followed_are_noticed(saboteur: Saboteur, monkeypatch: Patch) -> None:
    monkeypatch.setattr(walking, "MOST_FOLLOWED", 3)
    walker = Walker(saboteur.app, saboteur.garden.cast)
    with pytest.raises(walking.TooMany, match="M is led to more than 3 pages"):
        list(walker.follow("M", ["/"]))


def _carries_everything(patch: Patch) -> None:
    patch.setattr(Viewer, "under", lambda viewer, _ceiling: viewer)


def _tokens_live_for_ever(patch: Patch) -> None:
    patch.setattr(tokens, "_is_alive", lambda _token, _person, _now: True)


def _red_leaves_in_files(patch: Patch) -> None:
    patch.setitem(TRAVELS, Marking.RED, TRAVELS[Marking.RED] | {Outlet.FILE})


def _nothing_fits(patch: Patch) -> None:
    patch.setattr(block_lists, "fit", lambda _kind, _value: None)


FILES: dict[str, tuple[Sabotage, str, str]] = {
    "a tool carries more than its label": (_carries_everything, "H", "given the indicator of 'AMBER published'"),
    "a token does not end": (_tokens_live_for_ever, "V", "given the indicator of 'GREEN published'"),
    "RED may leave in a file": (_red_leaves_in_files, "P", "given the title of 'RED published'"),
    "a list is empty": (_nothing_fits, "F", "was not given indicator of 'GREEN published'"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_holds_too_much_or_too_little_is_seen(saboteur: Saboteur, name: str) -> None:
    sabotage, viewer, sentence = FILES[name]
    made = matrix.Matrix(
        saboteur.app, saboteur.garden, Walker(saboteur.app, saboteur.garden.cast, "work"), Ledger(), viewer
    )
    with saboteur.patch.context() as patch:
        sabotage(patch)
        write_anew()
        made.walk_pages(["/exports/indicators.txt", "/exports/defender.csv", "/exports/warnings.csv"], ("/exports",))
    told = [*made.ledger.leaks, *made.ledger.wrong_denials]
    assert any(sentence in line for line in told), told[:5]
