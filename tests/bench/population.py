"""A hub of full size, written by SQL: 13 WARPs, 1,300 organisations, people and items as many as asked."""

from datetime import datetime

from sqlalchemy import Engine, create_engine, text

PEOPLE = """
INSERT INTO warp (id, slug, name, kind, settings)
SELECT gen_random_uuid(), 'warp-' || n, 'WARP ' || n, 'region', '{{}}' FROM generate_series(1, 13) AS n;
INSERT INTO organisation (id, name, short_name, kind, region, also_known_as)
SELECT gen_random_uuid(), 'Body ' || n, '', 'council', '', '[]' FROM generate_series(1, 1300) AS n;
INSERT INTO membership (id, organisation_id, warp_id, kind, state)
SELECT gen_random_uuid(), o.id, w.id, CASE WHEN o.n % 20 = 0 THEN 'associate' ELSE 'full' END, 'active'
FROM (SELECT id, row_number() OVER (ORDER BY name) AS n FROM organisation) AS o
JOIN (SELECT id, row_number() OVER (ORDER BY slug) AS n FROM warp) AS w ON w.n = 1 + o.n % 13;
INSERT INTO person (id, email, name, language, state)
SELECT gen_random_uuid(), 'person-' || n || '@body.example', 'Person ' || n, 'en', 'active'
FROM generate_series(1, {people}) AS n;
INSERT INTO post (id, person_id, organisation_id, kind, state)
SELECT gen_random_uuid(), p.id, o.id, 'officer', 'active'
FROM (SELECT id, row_number() OVER (ORDER BY email) AS n FROM person) AS p
JOIN (SELECT id, row_number() OVER (ORDER BY name) AS n FROM organisation) AS o ON o.n = 1 + p.n % 1300;
INSERT INTO coordinator (id, person_id, warp_id, state)
SELECT gen_random_uuid(), (SELECT id FROM person ORDER BY email OFFSET w.n LIMIT 1), w.id, 'active'
FROM (SELECT id, row_number() OVER (ORDER BY slug) AS n FROM warp) AS w;
"""
ITEMS = """
INSERT INTO item (id, kind, title, summary, severity, originator, originator_name, label_assumed, chatham_house,
                  restrictions, passed_by, marking, keepers, recipients, early, published_at, added_at, is_public)
SELECT gen_random_uuid(), CASE WHEN n % {every} = 0 THEN 'advisory' ELSE 'support' END, 'Warning ' || n,
       'What is known about it, in one or two lines.',
       (ARRAY['Act today', 'This week', 'For information'])[1 + n % 3],
       warp, 'A source', false, false, '', ARRAY[warp], marking, ARRAY[warp],
       CASE WHEN marking IN ('TLP:CLEAR', 'TLP:GREEN') THEN '{{}}'::uuid[] ELSE ARRAY[warp] END, '{{}}', at, at, false
FROM (SELECT n, (SELECT id FROM warp ORDER BY slug OFFSET n % 13 LIMIT 1) AS warp,
             (ARRAY['TLP:CLEAR','TLP:GREEN','TLP:GREEN','TLP:AMBER','TLP:AMBER+STRICT'])[1 + (n / {every}) % 5]
                 AS marking,
             CAST(:now AS timestamptz) - n * interval '{step}' AS at
      FROM generate_series(1, {items}) AS n) AS made;
INSERT INTO advisory (id, stix_id, body, to_do, links, why, received_at, modified)
SELECT id, 'report--' || id, '{{"en": "<p>What is known.</p>"}}', '{{"en": "<ul><li>Install the update</li></ul>"}}',
       '[]', '', published_at, published_at FROM item WHERE kind = 'advisory';
INSERT INTO item_version (id, item_id, stix_id, modified, content, added_at,
                          marking, keepers, recipients, early, published_at, is_public)
SELECT gen_random_uuid(), id, 'report--' || id, published_at, '{{}}', added_at,
       marking, keepers, recipients, early, published_at, is_public FROM item;
"""

WORDS = """
INSERT INTO item_words (item_id, words)
SELECT id, setweight(to_tsvector('english', title), 'A') || to_tsvector('english', summary || ' It is about product'
       || n % 997 || ' of supplier' || n % 47 || '. ' || repeat('Install update ' || n % 4099 || ' today. ', 12))
FROM (SELECT id, title, summary, CAST(substr(title, 9) AS integer) AS n FROM item WHERE kind = 'advisory') AS warning;
INSERT INTO indicator (id, item_id, kind, value)
SELECT gen_random_uuid(), id, 'ipv4', host(CAST('10.0.0.0' AS inet) + CAST(substr(title, 9) AS integer) * 7)
FROM item WHERE kind = 'support';
INSERT INTO reference (id, item_id, target)
SELECT gen_random_uuid(), naming.id, 'report--' || named.id
FROM (SELECT id, CAST(substr(title, 9) AS integer) AS n FROM item WHERE kind = 'support') AS named
JOIN item AS naming ON naming.title = 'Warning ' || named.n + 13 * (3 * named.n % 5) AND naming.kind = 'advisory';
"""


def settle(owner: str, now: datetime, *, people: int, items: int, every: int = 5, step: str = "1 minute") -> None:
    """Fill an empty database; one item in `every` is a warning, `step` apart."""
    engine = create_engine(owner)
    with engine.begin() as connection:
        for statement in PEOPLE.format(people=people).split(";"):
            if statement.strip():
                connection.execute(text(_escaped(statement)))
        for statement in ITEMS.format(items=items, every=every, step=step).split(";"):
            if statement.strip():
                connection.execute(text(_escaped(statement)), {"now": now} if ":now" in statement else {})
    _look_over(engine)


def give_words(owner: str) -> None:
    """Give each warning its words and all else an address that a warning of the same source names."""
    engine = create_engine(owner)
    with engine.begin() as connection:
        for statement in filter(str.strip, WORDS.split(";")):
            connection.execute(text(statement))
    _look_over(engine)


def _look_over(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def _escaped(statement: str) -> str:
    return statement.replace(":", "\\:").replace("\\:now", ":now").replace("\\:\\:", "::")
