"""Key holders, sealed records of who sent what, and their opening."""

from alembic import op

revision = "0009_custody"
down_revision = "0008_words"

UP: tuple[str, ...] = ()

DOWN: tuple[str, ...] = ()


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
