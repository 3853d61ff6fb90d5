"""Personal tokens."""

from alembic import op

revision = "0013_tokens"
down_revision = "0012_discussions"

UP: tuple[str, ...] = ()

DOWN: tuple[str, ...] = ()


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
