"""Sessions, credentials, tries, and requests for a link."""

from alembic import op

revision = "0007_signin"
down_revision = "0006_digests"

UP = (
    """
    CREATE TABLE session (
        id UUID NOT NULL,
        token_hash BYTEA NOT NULL,
        person_id UUID NOT NULL,
        proof VARCHAR(40) NOT NULL,
        started TIMESTAMP WITH TIME ZONE NOT NULL,
        fresh_at TIMESTAMP WITH TIME ZONE,
        last_seen TIMESTAMP WITH TIME ZONE NOT NULL,
        ended TIMESTAMP WITH TIME ZONE,
        desks UUID[] NOT NULL,
        CONSTRAINT pk_session PRIMARY KEY (id),
        CONSTRAINT uq_session_token_hash UNIQUE (token_hash),
        CONSTRAINT fk_session_person_id_person FOREIGN KEY(person_id) REFERENCES person (id)
    )
    """,
    """
    CREATE INDEX ix_session_person_id ON session (person_id)
    """,
    """
    CREATE TABLE credential (
        person_id UUID NOT NULL,
        password_hash TEXT NOT NULL,
        password_set_at TIMESTAMP WITH TIME ZONE NOT NULL,
        totp_secret BYTEA,
        totp_confirmed_at TIMESTAMP WITH TIME ZONE,
        totp_last_step INTEGER,
        CONSTRAINT pk_credential PRIMARY KEY (person_id),
        CONSTRAINT fk_credential_person_id_person FOREIGN KEY(person_id) REFERENCES person (id)
    )
    """,
    """
    CREATE TABLE sign_in_attempt (
        key BYTEA NOT NULL,
        tries INTEGER NOT NULL,
        last_at TIMESTAMP WITH TIME ZONE NOT NULL,
        blocked_until TIMESTAMP WITH TIME ZONE,
        good_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_sign_in_attempt PRIMARY KEY (key)
    )
    """,
    """
    CREATE TABLE link_request (
        id UUID NOT NULL,
        kind TEXT NOT NULL,
        address TEXT NOT NULL,
        made_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_link_request PRIMARY KEY (id)
    )
    """,
    """
    GRANT SELECT, INSERT, UPDATE ON session, credential, sign_in_attempt TO hub_web
    """,
    """
    GRANT INSERT ON link_request TO hub_web
    """,
    """
    GRANT SELECT, INSERT, UPDATE, DELETE ON session TO hub_work
    """,
    """
    GRANT SELECT (person_id), UPDATE (totp_secret, totp_confirmed_at, totp_last_step) ON credential TO hub_work
    """,
    """
    GRANT SELECT, DELETE ON sign_in_attempt TO hub_work
    """,
    """
    GRANT SELECT, UPDATE, DELETE ON link_request TO hub_work
    """,
)

DOWN = ("DROP TABLE link_request, sign_in_attempt, credential, session",)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
