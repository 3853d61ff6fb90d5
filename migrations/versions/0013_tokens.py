"""Personal tokens; and what may not be acted on is found at once, to be left out of block lists."""

from alembic import op

revision = "0013_tokens"
down_revision = "0012_discussions"

UP = (
    """
    CREATE TABLE token (
        id UUID NOT NULL,
        person_id UUID NOT NULL,
        name TEXT NOT NULL,
        secret_hash BYTEA NOT NULL,
        ceiling VARCHAR(40) NOT NULL,
        made_at TIMESTAMP WITH TIME ZONE NOT NULL,
        expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
        last_used_on DATE,
        revoked_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_token PRIMARY KEY (id),
        CONSTRAINT uq_token_secret_hash UNIQUE (secret_hash),
        CONSTRAINT fk_token_person_id_person FOREIGN KEY(person_id) REFERENCES person (id)
    )
    """,
    """
    CREATE UNIQUE INDEX uq_token_live_name ON token (person_id, name) WHERE revoked_at IS NULL
    """,
    """
    GRANT SELECT, INSERT, UPDATE (last_used_on, revoked_at) ON token TO hub_web
    """,
    """
    GRANT SELECT, INSERT, UPDATE (last_used_on, revoked_at), DELETE ON token TO hub_work
    """,
    """
    CREATE INDEX ix_item_pap ON item (pap) WHERE pap IS NOT NULL
    """,
)

DOWN = ("DROP INDEX ix_item_pap", "DROP TABLE token")


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
