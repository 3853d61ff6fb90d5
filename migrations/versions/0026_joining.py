"""Nothing yet: a place kept in the line."""

revision = "0026_joining"
down_revision = "0025_moving"


def upgrade() -> None:
    """Change nothing."""


def downgrade() -> None:
    """Change nothing."""
