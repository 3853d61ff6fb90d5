"""Daily totals, and who stands in for a coordinator."""

from alembic import op

revision = "0014_totals"
down_revision = "0013_tokens"

UP: tuple[str, ...] = ()

DOWN: tuple[str, ...] = ()


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
