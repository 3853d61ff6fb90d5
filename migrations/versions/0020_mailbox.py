"""Warnings that come by mail: the mailboxes of WARPs and what came of each letter."""

revision = "0020_mailbox"
down_revision = "0019_writing"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
