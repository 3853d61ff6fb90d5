"""The words of items, for search."""

from alembic import op

revision = "0008_words"
down_revision = "0007_signin"

# What is there already: titles first, then what a warning says, without its tags, and what it is about.
_FILL = """
    INSERT INTO item_words (item_id, words)
    SELECT item.id,
           setweight(to_tsvector('english', left(item.title, 2000)), 'A') ||
           to_tsvector('english', left(regexp_replace(concat_ws(E'\\n', item.summary, advisory.external_id,
               advisory.to_do ->> 'en', advisory.to_do ->> 'cy', advisory.body ->> 'en', advisory.body ->> 'cy',
               (SELECT string_agg(subject.value, E'\\n') FROM subject WHERE subject.item_id = item.id)),
               '<[^>]*>|/', ' ', 'g'), 100000))
    FROM item JOIN advisory ON advisory.id = item.id
    """

UP: tuple[str, ...] = (
    """
    CREATE TABLE item_words (
        item_id UUID NOT NULL,
        words TSVECTOR NOT NULL,
        CONSTRAINT pk_item_words PRIMARY KEY (item_id),
        CONSTRAINT fk_item_words_item_id_item FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE CASCADE
    )
    """,
    _FILL,
    """
    CREATE INDEX ix_item_words_words ON item_words USING gin (words)
    """,
    """
    GRANT SELECT, INSERT, UPDATE ON item_words TO hub_web
    """,
    """
    GRANT SELECT, INSERT, UPDATE, DELETE ON item_words TO hub_work
    """,
    # In byte order the indexes on these columns find beginnings, whatever the order of the database's own language.
    """
    ALTER TABLE indicator ALTER COLUMN value TYPE TEXT COLLATE "C"
    """,
    """
    ALTER TABLE subject ALTER COLUMN value TYPE TEXT COLLATE "C"
    """,
)

DOWN: tuple[str, ...] = (
    'ALTER TABLE subject ALTER COLUMN value TYPE TEXT COLLATE "default"',
    'ALTER TABLE indicator ALTER COLUMN value TYPE TEXT COLLATE "default"',
    "DROP TABLE item_words",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
