"""Turning pages shows each row once, however many are added meanwhile, and survives any nonsense in the address."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from flask import render_template_string
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import DateTime, Uuid, column, select, values

from tests.page_client import PageClient
from tests.pages.conftest import client_of
from tests.pages.sample import BLANK, sample_app
from warp_hub.db import session
from warp_hub.db.roles import RoleUrls
from warp_hub.pages.paging import Place, asked_place, cut, same_page, turn_to, write_place

Row = tuple[datetime, UUID]
START = datetime(2026, 1, 1, tzinfo=UTC)
NONSENSE = ("", "x", "====", "../..", "%00", "A" * 32, "A" * 5000, "é", "AAAA", "' OR 1=1", "_" * 32, "-" * 31)


def _rows(count: int, *, at_once: int = 1) -> list[Row]:
    """Return rows, `at_once` of them in each microsecond."""
    return [(START + timedelta(microseconds=n // at_once), UUID(int=n * 7919 % 10007)) for n in range(count)]


def _page(rows: list[Row], place: Place | None, size: int) -> Any:
    """Return a page as PostgreSQL finds it."""
    table = values(column("at", DateTime(timezone=True)), column("id", Uuid), name="row").data(rows).alias()
    statement = turn_to(select(table.c.at, table.c.id), table.c.at, table.c.id, place, size)
    found = [(at, id) for at, id in session.execute(statement)]
    return cut(found, place, lambda row: row, size)


def _place(text: str | None, *, newer: bool = False) -> Place:
    place = asked_place({"after" if newer else "before": text or ""})
    assert place is not None
    return place


@pytest.mark.parametrize(("count", "at_once", "size"), [(1, 1, 5), (5, 1, 5), (6, 1, 5), (23, 1, 5), (23, 4, 3)])
def test_going_down_and_up_again_shows_each_row_once_in_order(
    database: RoleUrls, count: int, at_once: int, size: int
) -> None:
    rows = _rows(count, at_once=at_once)
    newest_first = sorted(rows, reverse=True)

    page, seen, pages = _page(rows, None, size), [], 0
    while True:
        seen += page.rows
        pages += 1
        if page.older is None:
            break
        page = _page(rows, _place(page.older), size)
    assert seen == newest_first
    assert pages == -(-count // size)

    climbed = list(page.rows)
    while page.newer is not None:
        page = _page(rows, _place(page.newer, newer=True), size)
        climbed = [*page.rows, *climbed]
    assert climbed == newest_first


def test_rows_added_meanwhile_neither_repeat_nor_hide_anything(database: RoleUrls) -> None:
    rows = _rows(10)
    first = _page(rows, None, 4)

    added = [(START + timedelta(days=1, seconds=n), UUID(int=50_000 + n)) for n in range(3)]
    second = _page(rows + added, _place(first.older), 4)
    newer = _page(rows + added, _place(first.newer or write_place(*first.rows[0]), newer=True), 4)

    assert list(second.rows) == sorted(rows, reverse=True)[4:8]
    assert list(newer.rows) == sorted(added, reverse=True)


def test_the_first_page_has_nothing_newer_and_the_last_nothing_older(database: RoleUrls) -> None:
    rows = _rows(7)

    first = _page(rows, None, 4)
    last = _page(rows, _place(first.older), 4)

    assert first.newer is None
    assert first.older is not None
    assert last.newer is not None
    assert last.older is None


@given(
    st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC)),
    st.uuids(),
)
def test_a_place_reads_back_as_it_was_written(moment: datetime, id: UUID) -> None:
    text = write_place(moment, id)

    assert asked_place({"before": text}) == Place(moment, id, is_newer=False)
    assert asked_place({"after": text}) == Place(moment, id, is_newer=True)
    assert len(text) == 32


@pytest.mark.parametrize("text", NONSENSE)
def test_nonsense_in_the_address_is_the_first_page_or_an_empty_one(member: PageClient, text: str) -> None:
    for name in ("before", "after"):
        assert member.get("/advisories", query_string={name: text}).status_code == 200


@given(st.text(max_size=50))
def test_no_text_breaks_the_reader(text: str) -> None:
    place = asked_place({"before": text})

    assert place is None or isinstance(place.moment, datetime)


def test_an_empty_page_leads_nowhere() -> None:
    assert cut([], Place(START, UUID(int=1)), lambda row: row).older is None


def test_turning_keeps_the_filters_and_drops_the_old_place() -> None:
    with sample_app().test_request_context("/advisories?show=all&before=OLD&q=a+b%26c"):
        address = same_page(before="NEW")

    assert urlsplit(address).path == "/advisories"
    assert parse_qs(urlsplit(address).query) == {"show": ["all"], "before": ["NEW"], "q": ["a b&c"]}


def test_an_argument_can_be_taken_away() -> None:
    with sample_app().test_request_context("/advisories?show=all"):
        assert same_page(show=None) == "/advisories"


@pytest.mark.parametrize(
    "hostile", ["_external=1&_scheme=javascript", "_anchor=x&_method=POST", "_external=1&_scheme="]
)
def test_an_argument_cannot_lead_the_links_away(hostile: str) -> None:
    with sample_app().test_request_context(f"/advisories?{hostile}"):
        assert same_page(before="x").startswith("/advisories?")


def test_the_links_at_the_foot_are_named_newer_and_older(member: PageClient) -> None:
    page = member.get_page("/advisories")
    older = page.select_one("nav.warp-pages a")

    assert (older.text, older["rel"]) == ("Older", ["next"])
    assert str(older["href"]).startswith("/advisories?before=")


def test_a_list_that_fits_one_page_has_no_links() -> None:
    app = sample_app()
    page = "{% block beside %}{{ newer_older(page) }}{% endblock %}"
    app.add_url_rule("/short", "short", lambda: render_template_string(BLANK + page, page=cut([1], None, lambda _: _)))

    assert not client_of(app).get_page("/short").select("nav.warp-pages")
