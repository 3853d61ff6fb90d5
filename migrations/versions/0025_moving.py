"""Nothing yet: a place kept in the line."""

revision = "0025_moving"
down_revision = "0024_answers"


def upgrade() -> None:
    """Change nothing."""


def downgrade() -> None:
    """Change nothing."""
