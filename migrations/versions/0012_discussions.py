"""Questions, replies and who follows them."""

from alembic import op

revision = "0012_discussions"
down_revision = "0011_training"

UP: tuple[str, ...] = ()

DOWN: tuple[str, ...] = ()


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
