"""Sources as coordinators run them: certificate, embargo rule, silence, what is no longer there."""

revision = "0018_sources"
down_revision = "0017_originals"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
