"""Nothing yet: a place kept in the line."""

revision = "0029_directory"
down_revision = "0028_federation"


def upgrade() -> None:
    """Change nothing."""


def downgrade() -> None:
    """Change nothing."""
