"""Nothing yet: a place kept in the line."""

revision = "0027_passkeys"
down_revision = "0026_joining"


def upgrade() -> None:
    """Change nothing."""


def downgrade() -> None:
    """Change nothing."""
