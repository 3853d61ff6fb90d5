"""The rule's cost in the database: without it, with it, with row-level security; item, version and child."""

import statistics
from time import perf_counter
from uuid import uuid4

from sqlalchemy import Select, create_engine, event, select, text

from tests.bench.figures import Figure, Row
from tests.database import cloned_database
from tests.sizes import SIZES
from warp_hub import clock, db
from warp_hub.serving.opening import load_models
from warp_hub.sharing import guard
from warp_hub.sharing.models import Indicator, Item, ItemVersion
from warp_hub.sharing.visibility import house_read, select_visible
from warp_hub.tlp import Outlet, Viewer

TIMES = 25
WARPS = [uuid4() for _ in range(13)]
COUNCIL, PERSON = uuid4(), uuid4()
MEMBER = Viewer(
    PERSON,
    True,
    frozenset({PERSON, COUNCIL, WARPS[0]}),
    frozenset({PERSON, COUNCIL, WARPS[0]}),
    frozenset({PERSON}),
    frozenset({PERSON}),
)
FILL = """
INSERT INTO item (id, kind, title, summary, severity, originator, originator_name, label_assumed, chatham_house,
                  restrictions, passed_by, marking, keepers, recipients, early, published_at, added_at, is_public)
SELECT gen_random_uuid(), CASE WHEN n % 5 = 0 THEN 'advisory' ELSE 'support' END, 'Warning ' || n, 'A summary', NULL,
       warp, 'A source', false, false, '', ARRAY[warp],
       (ARRAY['TLP:CLEAR','TLP:GREEN','TLP:AMBER','TLP:AMBER+STRICT','TLP:RED'])[1 + (n / 5) % 5],
       ARRAY[warp], CASE WHEN (n / 5) % 5 < 2 THEN '{}'::uuid[] ELSE ARRAY[warp] END, '{}', at, at, false
FROM (SELECT n, (CAST(:warps AS uuid[]))[1 + n % 13] AS warp, CAST(:now AS timestamptz) - n * interval '1 minute' AS at
      FROM generate_series(1, :count) AS n) AS made
"""
VERSIONS = """
INSERT INTO item_version (id, item_id, stix_id, modified, content, added_at,
                          marking, keepers, recipients, early, published_at, is_public)
SELECT gen_random_uuid(), id, 'report--' || id, published_at, '{}', added_at,
       marking, keepers, recipients, early, published_at, is_public FROM item
"""
CHILDREN = """
INSERT INTO indicator (id, item_id, kind, value)
SELECT gen_random_uuid(), id, 'domain', left(id::text, 8) FROM item
"""


def measure() -> list[Row]:
    """Return the rows for every size of this tier."""
    rows, grown = [], {}
    for count in SIZES.bench_items:
        with cloned_database() as urls:
            _fill(urls.owner, count)
            load_models()
            guard.connect(urls.web, "web", pool_size=2, default=False)
            guard.connect(urls.work, "work", pool_size=2)
            found = _measure_one(count)
            db.disconnect()
        rows += found[0]
        grown[count] = found[1]
    if len(grown) > 1:
        first, last = min(grown), max(grown)
        ratio = grown[last] / grown[first]
        rows.append(Row(f"list page under security, {last:,} against {first:,} items", f"{ratio:.2f}x", "under 1.5x"))
    return rows


def _measure_one(count: int) -> tuple[list[Row], float]:
    rows, listed = [], 0.0
    for name, what in (("item", Item), ("version", ItemVersion), ("child", Indicator)):
        with db.acting("work"):
            bare = _time(house_read(_listed(select(what), what), "bench"))
            ruled = _time(_listed(select_visible(what, MEMBER, Outlet.PAGE), what))
            db.leave()
        with db.acting("web"):
            db.enter(MEMBER.settings())
            secured = _time(_listed(select_visible(what, MEMBER, Outlet.PAGE), what))
            db.leave()
        if name == "item":
            listed = secured[1]
        for number, where in enumerate(("in the database", "rows fetched")):
            times = f"{bare[number]:.2f} / {ruled[number]:.2f} / {secured[number]:.2f} ms"
            ratios = f"{ruled[number] / bare[number]:.1f}x, {secured[number] / bare[number]:.1f}x"
            rows.append(Row(f"{name}, {count:,} items, {where}: {times}", ratios, "under 2x, under 4x"))
    return rows, listed


def _listed(statement: Select, what: type) -> Select:
    """Return the newest 25 warnings, versions, or indicators of one value, as a page lists them."""
    if what is Item:
        return statement.where(Item.kind == "advisory").order_by(Item.published_at.desc(), Item.id.desc()).limit(26)
    if what is ItemVersion:
        return statement.order_by(ItemVersion.added_at.desc(), ItemVersion.id.desc()).limit(100)
    return statement.where(Indicator.value >= "8", Indicator.value < "9").order_by(Indicator.value).limit(26)


def _time(statement: Select) -> tuple[float, float]:
    """Return medians in ms: as PostgreSQL executes it, and as the process sees the whole rows arrive."""
    sql, parameters = _as_sent(statement)
    driver = db.session.connection().connection.driver_connection
    executed, seen = [], []
    with driver.cursor() as cursor:
        for _ in range(TIMES):
            plan = cursor.execute(
                f"EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF) {sql}", parameters, prepare=True
            ).fetchone()
            executed.append(plan[0][0]["Execution Time"])
        for _ in range(TIMES):
            begun = perf_counter()
            cursor.execute(sql, parameters, prepare=True).fetchall()
            seen.append((perf_counter() - begun) * 1000)
    return statistics.median(executed), statistics.median(seen)


def _as_sent(statement: Select) -> tuple[str, object]:
    """Return the SQL and parameters that a session sends for a select."""
    sent: list[tuple[str, object]] = []

    def note(_conn, _cursor, sql, parameters, _context, _many):  # type: ignore[no-untyped-def]
        sent.append((sql, parameters))

    event.listen(db.engine(), "before_cursor_execute", note)
    db.session.execute(statement).all()
    event.remove(db.engine(), "before_cursor_execute", note)
    return sent[-1]


def _fill(owner: str, count: int) -> None:
    engine = create_engine(owner)
    given: dict[str, object] = {"warps": [str(warp) for warp in WARPS], "now": clock.now(), "count": count}
    with engine.begin() as connection:
        connection.execute(text(FILL), given)
        connection.execute(text(VERSIONS))
        connection.execute(text(CHILDREN))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


FIGURE = Figure("rule", "The rule, with and without row-level security", measure)
