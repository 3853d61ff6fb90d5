"""How fast what people run is compared with warnings: everybody with everything, one warning, one person's list."""

import statistics
from time import perf_counter
from typing import Any
from uuid import UUID

from sqlalchemy import create_engine, func, select, text

from tests.alerts import test_products as labels
from tests.bench import population
from tests.bench.figures import Figure, Row
from tests.conftest import REAL_DATA
from tests.database import cloned_database
from tests.sizes import SIZES
from warp_hub import clock, config, db
from warp_hub.alerts import keys, matching
from warp_hub.alerts.interest_models import Interest, MatchKey
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.serving.opening import load_models
from warp_hub.sharing import guard
from warp_hub.sharing.models import Item
from warp_hub.sharing.visibility import house_read
from warp_hub.tlp import Viewer

READERS = 30
# One warning in three names a product of the catalogue: the commonest is in one of sixteen, most in one of hundreds.
FILL = """
INSERT INTO match_key (item_id, warning_id, key)
SELECT id, id, 'product:' || (60 * power(random(), 3))::int FROM item WHERE kind = 'advisory' AND random() < 0.33;
INSERT INTO match_key (item_id, warning_id, key)
SELECT DISTINCT id, id, 'name:word' || (20000 * random())::int FROM item, generate_series(1, 8) WHERE kind = 'advisory';
INSERT INTO match_key (item_id, warning_id, key)
SELECT id, id, 'source:' || originator FROM item WHERE kind = 'advisory';
INSERT INTO interest (id, person_id, kind, value, key)
SELECT gen_random_uuid(), person.id, 'product', product, 'product:' || product
FROM person, LATERAL (SELECT DISTINCT (60 * random())::int AS product FROM generate_series(1, 15)
                      WHERE person.id IS NOT NULL) AS ticked;
INSERT INTO interest (id, person_id, kind, value, key)
SELECT gen_random_uuid(), person.id, 'typed', word, 'name:word' || word
FROM person, LATERAL (SELECT DISTINCT (20000 * random())::int AS word FROM generate_series(1, 3)
                      WHERE person.id IS NOT NULL) AS typed;
ANALYZE match_key; ANALYZE interest; ANALYZE item
"""


def measure() -> list[Row]:
    """Return how often the matcher is right, and how long it takes at this tier's size."""
    people, warnings = SIZES.digests, SIZES.match_warnings
    with cloned_database() as urls:
        config.use(config.load_settings(secret_key="a secret for the bench alone 0123456789"))
        population.settle(urls.owner, clock.now(), people=people, items=warnings, every=1)
        engine = create_engine(urls.owner)
        with engine.begin() as connection:
            for statement in FILL.split(";"):
                connection.execute(text(statement.replace(":'", "\\:'")))
        engine.dispose()
        load_models()
        guard.connect(urls.work, "work", pool_size=2)
        guard.connect(urls.web, "web", pool_size=2, default=False)
        everything, pairs = _timed(_all_at_once)
        one, reached = _most_watched()
        lists = [_first_page(viewer_of(person, Proof.FULL)) for person in _some_people()]
        written = _writing()
        db.leave()
        db.disconnect()
    return [
        *_rightness(),
        Row(f"{people:,} lists and {warnings:,} warnings, all {pairs:,} pairs in one statement", f"{everything:.1f} s"),
        Row(f"who of {people:,} watches one warning ({reached:,} do)", f"{one * 1000:.0f} ms"),
        Row("first page of “For me” with row-level security, p95", f"{_p95(lists) * 1000:.0f} ms", "200 ms"),
        Row("keys written of 1,000 warnings", f"{written:.2f} s"),
    ]


def _timed(what: Any) -> tuple[float, Any]:
    begun = perf_counter()
    found = what()
    return perf_counter() - begun, found


def _all_at_once() -> int:
    met = select(Interest.person_id, MatchKey.warning_id).join(MatchKey, MatchKey.key == Interest.key).distinct()
    return db.session.scalar(house_read(select(func.count()).select_from(met.subquery()), "bench")) or 0


def _most_watched() -> tuple[float, int]:
    often = select(MatchKey.warning_id).where(MatchKey.key == "product:0").limit(1)
    warning = db.session.scalars(house_read(often, "bench")).one()
    taken, people = _timed(lambda: matching.matched_people(warning))
    return taken, len(people)


def _some_people() -> list[UUID]:
    return list(db.session.scalars(house_read(select(Interest.person_id).distinct().limit(READERS), "bench")))


def _first_page(viewer: Viewer) -> float:
    with db.acting("web"):
        db.enter(viewer.settings())
        page = matching.matching_items(viewer).order_by(Item.published_at.desc(), Item.id.desc()).limit(26)
        taken, _rows = _timed(lambda: db.session.scalars(page).all())
        db.leave()
    return taken


def _writing() -> float:
    newest = select(Item.id).order_by(Item.published_at.desc()).limit(1000)
    ids = db.session.scalars(house_read(newest, "bench")).all()
    taken, _nothing = _timed(lambda: keys.renew(ids))
    db.session.rollback()
    return taken


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _rightness() -> list[Row]:
    if not REAL_DATA.is_dir():
        return []
    return [_right(held_back=False), _right(held_back=True)]


def _right(*, held_back: bool) -> Row:
    right, wrong, missed = labels.counted(held_back=held_back)
    part = "the third held back" if held_back else "the two thirds seen"
    told = f"precision {right / (right + wrong):.3f}, recall {right / (right + missed):.3f}"
    return Row(f"products named by real advisories labelled by hand, {part}", told, "0.95 each")


FIGURE = Figure("matching", "Matching", measure)
