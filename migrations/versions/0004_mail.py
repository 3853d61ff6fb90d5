"""The outbox."""

from alembic import op

revision = "0004_mail"
down_revision = "0003_background"

UP = (
    """
    CREATE TABLE letter (
        id UUID NOT NULL,
        kind TEXT NOT NULL,
        person_id UUID NOT NULL,
        warp_id UUID,
        item_ids UUID[] NOT NULL,
        message_id TEXT NOT NULL,
        state VARCHAR(40) NOT NULL,
        reason TEXT,
        attempts INTEGER NOT NULL,
        times_unknown INTEGER NOT NULL,
        address_refused BOOLEAN NOT NULL,
        claim UUID,
        claimed_at TIMESTAMP WITH TIME ZONE,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
        next_try_at TIMESTAMP WITH TIME ZONE NOT NULL,
        finished_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_letter PRIMARY KEY (id)
    )
    """,
    """
    CREATE INDEX ix_letter_created_at ON letter (created_at)
    """,
    """
    CREATE INDEX ix_letter_open ON letter (next_try_at) WHERE state IN ('waiting', 'sending', 'unknown')
    """,
    """
    CREATE INDEX ix_letter_person_id_finished_at ON letter (person_id, finished_at)
    """,
    """
    CREATE INDEX ix_letter_trouble ON letter (warp_id, created_at) WHERE state IN ('unknown', 'failed')
    """,
    """
    GRANT SELECT, INSERT, UPDATE ON letter TO hub_web
    """,
    """
    GRANT SELECT, INSERT, UPDATE, DELETE ON letter TO hub_work
    """,
)

DOWN = ("DROP TABLE letter",)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
