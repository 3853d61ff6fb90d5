"""Does this affect you, and who saw it too."""

revision = "0024_answers"
down_revision = "0023_interests"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
