"""Training sessions and their bookings."""

from alembic import op

revision = "0011_training"
down_revision = "0010_incidents"

UP: tuple[str, ...] = ()

DOWN: tuple[str, ...] = ()


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
