"""Reports and the incidents that come of them."""

from alembic import op

revision = "0010_incidents"
down_revision = "0009_custody"

UP: tuple[str, ...] = ()

DOWN: tuple[str, ...] = ()


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
