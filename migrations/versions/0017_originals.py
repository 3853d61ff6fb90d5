"""What a source sent, as it was sent, beside the warning it became."""

revision = "0017_originals"
down_revision = "0016_closer"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
