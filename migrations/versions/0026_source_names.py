"""The name of a source is taken once among those a coordinator sees, and no longer once on the whole hub."""

from alembic import op

revision = "0026_source_names"
down_revision = "0025_answers_walls"

UP = ("ALTER TABLE source DROP CONSTRAINT uq_source_name",)
DOWN = (
    # Of several of one name the first in order keeps it; short names were always taken once.
    """
    UPDATE source SET name = source.name || ' (' || source.slug || ')'
    WHERE EXISTS (SELECT 1 FROM source AS other WHERE other.name = source.name AND other.slug < source.slug)
    """,
    "ALTER TABLE source ADD CONSTRAINT uq_source_name UNIQUE (name)",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
