"""Who belongs, and the audit of what they do."""

from alembic import op

revision = "0001_people"
down_revision = None

UP = (
    """
    CREATE TABLE audit (
        id UUID NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        action TEXT NOT NULL,
        actor UUID,
        item_id UUID,
        warp_id UUID,
        detail JSONB NOT NULL,
        CONSTRAINT pk_audit PRIMARY KEY (id)
    )
    """,
    """
    CREATE INDEX ix_audit_at ON audit (at)
    """,
    """
    CREATE INDEX ix_audit_item_id ON audit (item_id)
    """,
    """
    CREATE TABLE organisation (
        id UUID NOT NULL,
        name TEXT NOT NULL,
        short_name TEXT NOT NULL,
        kind TEXT NOT NULL,
        code TEXT,
        region TEXT NOT NULL,
        also_known_as JSONB NOT NULL,
        CONSTRAINT pk_organisation PRIMARY KEY (id),
        CONSTRAINT uq_organisation_code UNIQUE (code)
    )
    """,
    """
    CREATE TABLE person (
        id UUID NOT NULL,
        email TEXT NOT NULL,
        name TEXT NOT NULL,
        language TEXT NOT NULL,
        state VARCHAR(40) NOT NULL,
        void_before TIMESTAMP WITH TIME ZONE,
        mail_suspended TEXT,
        CONSTRAINT pk_person PRIMARY KEY (id)
    )
    """,
    """
    CREATE UNIQUE INDEX uq_person_email_lower ON person (lower(email))
    """,
    """
    CREATE TABLE warp (
        id UUID NOT NULL,
        slug TEXT NOT NULL,
        name TEXT NOT NULL,
        name_cy TEXT,
        kind VARCHAR(40) NOT NULL,
        parent_id UUID,
        settings JSONB NOT NULL,
        CONSTRAINT pk_warp PRIMARY KEY (id),
        CONSTRAINT uq_warp_slug UNIQUE (slug),
        CONSTRAINT fk_warp_parent_id_warp FOREIGN KEY(parent_id) REFERENCES warp (id)
    )
    """,
    """
    CREATE TABLE audit_link (
        seq BIGINT NOT NULL,
        audit_id UUID NOT NULL,
        hash BYTEA NOT NULL,
        CONSTRAINT pk_audit_link PRIMARY KEY (seq),
        CONSTRAINT uq_audit_link_audit_id UNIQUE (audit_id),
        CONSTRAINT fk_audit_link_audit_id_audit FOREIGN KEY(audit_id) REFERENCES audit (id)
    )
    """,
    """
    CREATE TABLE coordinator (
        id UUID NOT NULL,
        person_id UUID NOT NULL,
        warp_id UUID NOT NULL,
        state VARCHAR(40) NOT NULL,
        CONSTRAINT pk_coordinator PRIMARY KEY (id),
        CONSTRAINT uq_coordinator_person_id_warp_id UNIQUE (person_id, warp_id),
        CONSTRAINT fk_coordinator_person_id_person FOREIGN KEY(person_id) REFERENCES person (id),
        CONSTRAINT fk_coordinator_warp_id_warp FOREIGN KEY(warp_id) REFERENCES warp (id)
    )
    """,
    """
    CREATE INDEX ix_coordinator_warp_id ON coordinator (warp_id)
    """,
    """
    CREATE TABLE invitation (
        id UUID NOT NULL,
        person_id UUID NOT NULL,
        token_hash BYTEA NOT NULL,
        made_at TIMESTAMP WITH TIME ZONE NOT NULL,
        expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
        used_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_invitation PRIMARY KEY (id),
        CONSTRAINT fk_invitation_person_id_person FOREIGN KEY(person_id) REFERENCES person (id),
        CONSTRAINT uq_invitation_token_hash UNIQUE (token_hash)
    )
    """,
    """
    CREATE INDEX ix_invitation_person_id ON invitation (person_id)
    """,
    """
    CREATE TABLE membership (
        id UUID NOT NULL,
        organisation_id UUID NOT NULL,
        warp_id UUID NOT NULL,
        kind VARCHAR(40) NOT NULL,
        state VARCHAR(40) NOT NULL,
        CONSTRAINT pk_membership PRIMARY KEY (id),
        CONSTRAINT uq_membership_organisation_id_warp_id UNIQUE (organisation_id, warp_id),
        CONSTRAINT fk_membership_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id),
        CONSTRAINT fk_membership_warp_id_warp FOREIGN KEY(warp_id) REFERENCES warp (id)
    )
    """,
    """
    CREATE INDEX ix_membership_warp_id ON membership (warp_id)
    """,
    """
    CREATE TABLE organisation_domain (
        organisation_id UUID NOT NULL,
        domain TEXT NOT NULL,
        is_former BOOLEAN NOT NULL,
        CONSTRAINT pk_organisation_domain PRIMARY KEY (organisation_id, domain),
        CONSTRAINT fk_organisation_domain_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_organisation_domain_domain ON organisation_domain (domain)
    """,
    """
    CREATE TABLE post (
        id UUID NOT NULL,
        person_id UUID NOT NULL,
        organisation_id UUID NOT NULL,
        kind VARCHAR(40) NOT NULL,
        state VARCHAR(40) NOT NULL,
        CONSTRAINT pk_post PRIMARY KEY (id),
        CONSTRAINT uq_post_person_id_organisation_id UNIQUE (person_id, organisation_id),
        CONSTRAINT fk_post_person_id_person FOREIGN KEY(person_id) REFERENCES person (id),
        CONSTRAINT fk_post_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id)
    )
    """,
    """
    CREATE INDEX ix_post_organisation_id ON post (organisation_id)
    """,
    """
    GRANT SELECT, INSERT, UPDATE ON warp, organisation, person, membership, post, coordinator, invitation TO hub_web, hub_work
    """,
    """
    GRANT SELECT, INSERT, UPDATE, DELETE ON organisation_domain TO hub_web, hub_work
    """,
    """
    GRANT INSERT ON audit TO hub_web
    """,
    """
    GRANT SELECT, INSERT ON audit, audit_link TO hub_work
    """,
)

DOWN = (
    "DROP TABLE audit_link, audit, invitation, coordinator, post, membership, person, organisation_domain, organisation, warp",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
