"""Warnings that a WARP writes or pastes itself."""

revision = "0019_writing"
down_revision = "0018_sources"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
