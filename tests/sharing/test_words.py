"""Words: who may write them, what they find, and that nothing but the rule reads them."""

import pytest
from sqlalchemy import create_engine, select, text

from tests import factories
from tests.database import drop_database, empty_database
from warp_hub import db
from warp_hub.db import migrate
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.sharing import words
from warp_hub.sharing.guard import UnscopedRead
from warp_hub.sharing.models import ITEM_WORDS
from warp_hub.sharing.visibility import best_visible, count_visible, search_visible
from warp_hub.tlp import NOBODY, TRAVELS, Marking, Outlet

pytestmark = pytest.mark.usefixtures("database")


def _found(query: str, person) -> list[str]:
    viewer = viewer_of(person.id, Proof.FULL)
    with db.acting("web"):
        db.enter(viewer.settings())
        found = [item.title for item in db.session.scalars(search_visible(query, viewer))]
        db.leave()
    return sorted(found)


@pytest.mark.parametrize("role", ["web", "work"])
def test_words_replace_those_that_were_there(role: db.Role) -> None:
    item, reader = factories.item(title="One"), factories.member(factories.warp())
    with db.acting(role):
        words.put(item.id, "One", "kestrel")
        words.put(item.id, "One", "osprey")
        db.session.commit()
    assert _found("osprey", reader) == ["One"]
    assert _found("kestrel", reader) == []


def test_words_of_the_title_count_for_more() -> None:
    reader = viewer_of(factories.member(factories.warp()).id, Proof.FULL)
    body, title = factories.item(title="Something"), factories.item(title="Kestrel")
    words.put_all([(body.id, body.title, "kestrel"), (title.id, title.title, "")])
    found = search_visible("kestrel", reader)
    items, count = best_visible(found, "kestrel", 5)
    assert [item.id for item in items] == [title.id, body.id]
    assert count == count_visible(found) == 2
    assert best_visible(search_visible("osprey", reader), "osprey", 5) == ([], 0)


def test_the_best_are_looked_for_among_the_newest_alone() -> None:
    reader = viewer_of(factories.member(factories.warp()).id, Proof.FULL)
    for _ in range(4):
        words.put(factories.item().id, "Kestrel", "")
    items, count = best_visible(search_visible("kestrel", reader), "kestrel", most=1, of_newest=2)
    assert (len(items), count) == (1, 3)


def test_addresses_are_found_as_they_are_meant_and_names_beside_a_stroke_apart() -> None:
    item, reader = factories.item(title="One"), factories.member(factories.warp())
    words.put(item.id, "One", "Block evil[.]example, patch FortiOS/FortiProxy; mae’r cynghorau’n ymateb i’r Tŷ")
    db.session.commit()
    for query in (
        "evil.example",
        "evil[.]example",
        "fortios",
        "fortiproxy",
        "FortiOS/FortiProxy",
        "cynghorau",
        "ty",
        "tŷ",
    ):
        assert _found(query, reader) == ["One"], query


def test_the_longest_text_and_the_oddest_are_stored() -> None:
    item, reader = factories.item(title="One"), factories.member(factories.warp())
    for odd in ("x" * 3_000_000, "a1b2c3 " * 400_000, "\0\ud800", "é" * 200_000, " ".join(map(str, range(300_000)))):
        words.put(item.id, odd, f"kestrel {odd}")
    db.session.commit()
    assert _found("kestrel", reader) == ["One"]


def test_what_nobody_may_have_nobody_finds() -> None:
    item = factories.item(Marking.GREEN)
    words.put(item.id, "Kestrel", "")
    assert db.session.scalars(search_visible("kestrel", NOBODY)).all() == []
    assert all(Outlet.SEARCH in outlets for marking, outlets in TRAVELS.items() if marking is not Marking.RED)
    assert Outlet.SEARCH not in TRAVELS[Marking.RED]


@pytest.mark.parametrize("role", ["web", "work"])
def test_nothing_else_reads_the_words(role: db.Role) -> None:
    with db.acting(role), pytest.raises(UnscopedRead):
        db.session.execute(select(ITEM_WORDS.c.item_id))


def test_words_go_with_their_item() -> None:
    item = factories.item()
    words.put(item.id, "Kestrel", "")
    db.session.delete(item)
    db.session.commit()


BEFORE = """
INSERT INTO item (id, kind, title, summary, originator, originator_name, label_assumed, chatham_house, restrictions,
    passed_by, marking, keepers, recipients, early, published_at, is_public)
VALUES ('00000000-0000-4000-8000-000000000001', 'advisory', 'FortiOS', 'In short.',
    '00000000-0000-4000-8000-000000000002', 'A source', false, false, '', '{}', 'TLP:GREEN', '{}', '{}', '{}', NULL,
    false);
INSERT INTO advisory (id, stix_id, body, to_do, links, external_id, why, received_at, modified)
VALUES ('00000000-0000-4000-8000-000000000001', 'report--1',
    '{"en": "<p>The <b>gateway</b></p>", "cy": "<p>Y porth</p>"}',
    '{"en": "<ul><li>Upgrade</li></ul>"}', '[]', 'VU-123', '', now(), now());
INSERT INTO subject (id, item_id, kind, value)
VALUES ('00000000-0000-4000-8000-000000000003', '00000000-0000-4000-8000-000000000001', 'product', 'FortiGate');
"""


def test_what_was_there_before_is_found_after_the_migration() -> None:
    urls = empty_database()
    migrate.upgrade_database(urls, "0007_signin")
    engine = create_engine(urls.owner)
    with engine.begin() as connection:
        for statement in filter(str.strip, BEFORE.split(";\n")):
            connection.exec_driver_sql(statement)
    migrate.upgrade_database(urls, "0008_words")
    with engine.connect() as connection:
        for word in ("fortios", "short", "gateway", "porth", "upgrade", "fortigate"):
            asked = text("SELECT count(*) FROM item_words WHERE words @@ websearch_to_tsquery('english', :word)")
            assert connection.scalar(asked, {"word": word}) == 1, word
    engine.dispose()
    drop_database(urls)
