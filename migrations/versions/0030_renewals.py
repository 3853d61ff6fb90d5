"""Nothing yet: a place kept in the line."""

revision = "0030_renewals"
down_revision = "0029_directory"


def upgrade() -> None:
    """Change nothing."""


def downgrade() -> None:
    """Change nothing."""
