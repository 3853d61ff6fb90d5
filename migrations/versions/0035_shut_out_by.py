"""Who shut somebody out, so that no other WARP's coordinator lets them back into theirs."""

from alembic import op

revision = "0035_shut_out_by"
down_revision = "0034_consents"


def upgrade() -> None:
    op.execute("ALTER TABLE person ADD COLUMN shut_out_by UUID")


def downgrade() -> None:
    op.execute("ALTER TABLE person DROP COLUMN shut_out_by")
