"""A post may be invited: written down from a list, confirmed by nobody."""

from alembic import op

revision = "0027_moving"
down_revision = "0026_source_names"


def upgrade() -> None:
    """Change nothing: the word fits into the column."""


def downgrade() -> None:
    """Keep whoever was only written down as somebody who waits: the version before knows no other such state."""
    op.execute("UPDATE post SET state = 'applied' WHERE state = 'invited'")
