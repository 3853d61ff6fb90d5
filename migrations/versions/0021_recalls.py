"""Who was handed what, recalls, and asking to share wider."""

revision = "0021_recalls"
down_revision = "0020_mailbox"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
