"""Nothing yet: a place kept in the line."""

revision = "0028_federation"
down_revision = "0027_passkeys"


def upgrade() -> None:
    """Change nothing."""


def downgrade() -> None:
    """Change nothing."""
