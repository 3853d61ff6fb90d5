"""Signing in by a provider: bound tenants, connected accounts, used returns; by which account a session came."""

from alembic import op

revision = "0030_federation"
down_revision = "0029_passkeys"

UP = (
    """
    CREATE TABLE provider_binding (
        id UUID NOT NULL,
        organisation_id UUID NOT NULL,
        provider TEXT NOT NULL,
        tenant TEXT NOT NULL,
        second_factor BOOLEAN NOT NULL,
        said_by UUID,
        bound_by UUID,
        bound_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_provider_binding PRIMARY KEY (id),
        CONSTRAINT uq_provider_binding_organisation_id_provider_tenant UNIQUE (organisation_id, provider, tenant),
        CONSTRAINT fk_provider_binding_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
        CONSTRAINT fk_provider_binding_said_by_person FOREIGN KEY(said_by) REFERENCES person (id) ON DELETE SET NULL,
        CONSTRAINT fk_provider_binding_bound_by_person FOREIGN KEY(bound_by) REFERENCES person (id) ON DELETE SET NULL
    )
    """,
    """
    CREATE INDEX ix_provider_binding_provider_tenant ON provider_binding (provider, tenant)
    """,
    """
    CREATE TABLE provider_account (
        id UUID NOT NULL,
        person_id UUID NOT NULL,
        provider TEXT NOT NULL,
        issuer TEXT NOT NULL,
        tenant TEXT NOT NULL,
        subject_id TEXT NOT NULL,
        label TEXT NOT NULL,
        linked_at TIMESTAMP WITH TIME ZONE NOT NULL,
        ended_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_provider_account PRIMARY KEY (id),
        CONSTRAINT fk_provider_account_person_id_person FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE UNIQUE INDEX uq_provider_account_live ON provider_account (issuer, subject_id) WHERE ended_at IS NULL
    """,
    """
    CREATE INDEX ix_provider_account_person_id ON provider_account (person_id)
    """,
    """
    CREATE TABLE provider_state (
        state_hash BYTEA NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_provider_state PRIMARY KEY (state_hash)
    )
    """,
    """
    CREATE TABLE recovery_address (
        person_id UUID NOT NULL,
        address TEXT NOT NULL,
        asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
        confirmed_at TIMESTAMP WITH TIME ZONE,
        used_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_recovery_address PRIMARY KEY (person_id),
        CONSTRAINT fk_recovery_address_person_id_person FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE CASCADE
    )
    """,
    """
    ALTER TABLE session ADD COLUMN account_id UUID
        CONSTRAINT fk_session_account_id_provider_account REFERENCES provider_account (id) ON DELETE CASCADE
    """,
    """
    GRANT SELECT, INSERT, UPDATE, DELETE ON provider_binding, recovery_address TO hub_web
    """,
    """
    GRANT SELECT, INSERT, UPDATE ON provider_account TO hub_web
    """,
    """
    GRANT SELECT, INSERT ON provider_state TO hub_web
    """,
    """
    GRANT SELECT, INSERT, UPDATE, DELETE ON provider_binding, provider_account, provider_state TO hub_work
    """,
    """
    GRANT SELECT, DELETE ON recovery_address TO hub_work
    """,
)

DOWN = (
    "ALTER TABLE session DROP COLUMN account_id",
    "DROP TABLE recovery_address, provider_state, provider_account, provider_binding",
)


def upgrade() -> None:
    """Make the tables, and let a session say by which account it came."""
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    """Take them away; sessions stay."""
    for statement in DOWN:
        op.execute(statement)
