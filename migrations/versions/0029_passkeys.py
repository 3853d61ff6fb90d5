"""Passkeys, recovery codes, a change of address, and how a session was proved."""

from alembic import op

revision = "0029_passkeys"
down_revision = "0028_joining"

UP = (
    """
    ALTER TABLE session ADD COLUMN way VARCHAR(40)
    """,
    """
    CREATE TABLE passkey (
        id UUID NOT NULL,
        person_id UUID NOT NULL,
        credential_id BYTEA NOT NULL,
        public_key BYTEA NOT NULL,
        sign_count BIGINT NOT NULL,
        name TEXT NOT NULL,
        is_synced BOOLEAN NOT NULL,
        made_at TIMESTAMP WITH TIME ZONE NOT NULL,
        last_used_on DATE,
        CONSTRAINT pk_passkey PRIMARY KEY (id),
        CONSTRAINT uq_passkey_credential_id UNIQUE (credential_id),
        CONSTRAINT uq_passkey_person_id_name UNIQUE (person_id, name),
        CONSTRAINT fk_passkey_person_id_person FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE recovery_code (
        id UUID NOT NULL,
        person_id UUID NOT NULL,
        salt BYTEA NOT NULL,
        code_hash BYTEA NOT NULL,
        made_at TIMESTAMP WITH TIME ZONE NOT NULL,
        used_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_recovery_code PRIMARY KEY (id),
        CONSTRAINT uq_recovery_code_person_id_code_hash UNIQUE (person_id, code_hash),
        CONSTRAINT fk_recovery_code_person_id_person FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE used_challenge (
        hash BYTEA NOT NULL,
        used_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_used_challenge PRIMARY KEY (hash)
    )
    """,
    """
    CREATE TABLE address_change (
        id UUID NOT NULL,
        person_id UUID NOT NULL,
        old_email TEXT NOT NULL,
        new_email TEXT NOT NULL,
        asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
        changed_at TIMESTAMP WITH TIME ZONE,
        ended_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_address_change PRIMARY KEY (id),
        CONSTRAINT fk_address_change_person_id_person FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_address_change_person_id ON address_change (person_id)
    """,
    """
    GRANT SELECT, INSERT, UPDATE, DELETE ON passkey, recovery_code TO hub_web
    """,
    """
    GRANT SELECT (person_id, made_at, used_at) ON recovery_code TO hub_work
    """,
    """
    GRANT SELECT (person_id, made_at, last_used_on), DELETE ON passkey TO hub_work
    """,
    """
    GRANT SELECT, INSERT ON used_challenge TO hub_web
    """,
    """
    GRANT SELECT, DELETE ON used_challenge TO hub_work
    """,
    """
    GRANT SELECT, INSERT, UPDATE ON address_change TO hub_web
    """,
    """
    GRANT SELECT, DELETE ON address_change TO hub_work
    """,
    """
    GRANT DELETE ON credential TO hub_web
    """,
)

DOWN = (
    "REVOKE DELETE ON credential FROM hub_web",
    "DROP TABLE address_change, used_challenge, recovery_code, passkey",
    "ALTER TABLE session DROP COLUMN way",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
