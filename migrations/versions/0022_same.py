"""One warning, several sources."""

revision = "0022_same"
down_revision = "0021_recalls"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
