"""Joining: applications with what was asked and answered, agreements of WARPs and who accepted them."""

from alembic import op

revision = "0028_joining"
down_revision = "0027_moving"

UP = (
    """
    CREATE TABLE agreement (
        id UUID NOT NULL,
        warp_id UUID NOT NULL,
        version INTEGER NOT NULL,
        text JSONB NOT NULL,
        html JSONB NOT NULL,
        written_at TIMESTAMP WITH TIME ZONE NOT NULL,
        published_at TIMESTAMP WITH TIME ZONE,
        published_by UUID,
        binds_from TIMESTAMP WITH TIME ZONE,
        digest TEXT,
        CONSTRAINT pk_agreement PRIMARY KEY (id),
        CONSTRAINT uq_agreement_warp_id_version UNIQUE (warp_id, version),
        CONSTRAINT fk_agreement_warp_id_warp FOREIGN KEY(warp_id) REFERENCES warp (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE agreement_acceptance (
        agreement_id UUID NOT NULL,
        organisation_id UUID NOT NULL,
        person_id UUID NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        as_lead BOOLEAN NOT NULL,
        digest TEXT NOT NULL,
        CONSTRAINT pk_agreement_acceptance PRIMARY KEY (agreement_id, organisation_id),
        CONSTRAINT fk_agreement_acceptance_agreement_id_agreement FOREIGN KEY(agreement_id) REFERENCES agreement (id) ON DELETE CASCADE,
        CONSTRAINT fk_agreement_acceptance_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
        CONSTRAINT fk_agreement_acceptance_person_id_person FOREIGN KEY(person_id) REFERENCES person (id)
    )
    """,
    """
    CREATE INDEX ix_agreement_acceptance_organisation_id ON agreement_acceptance (organisation_id)
    """,
    """
    CREATE TABLE application_request (
        id UUID NOT NULL,
        warp_id UUID NOT NULL,
        address TEXT NOT NULL,
        made_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_application_request PRIMARY KEY (id),
        CONSTRAINT fk_application_request_warp_id_warp FOREIGN KEY(warp_id) REFERENCES warp (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE application (
        id UUID NOT NULL,
        warp_id UUID NOT NULL,
        email TEXT NOT NULL,
        state VARCHAR(40) NOT NULL,
        name TEXT NOT NULL,
        job TEXT NOT NULL,
        phone TEXT,
        language TEXT,
        organisation_name TEXT NOT NULL,
        kind VARCHAR(40),
        why TEXT NOT NULL,
        correspondence JSONB NOT NULL,
        made_at TIMESTAMP WITH TIME ZONE NOT NULL,
        changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        confirmed_at TIMESTAMP WITH TIME ZONE,
        sent_at TIMESTAMP WITH TIME ZONE,
        decided_at TIMESTAMP WITH TIME ZONE,
        decided_by UUID,
        reason TEXT NOT NULL,
        organisation_id UUID,
        person_id UUID,
        post_kind VARCHAR(40),
        owns_domain BOOLEAN NOT NULL,
        live_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_application PRIMARY KEY (id),
        CONSTRAINT fk_application_warp_id_warp FOREIGN KEY(warp_id) REFERENCES warp (id) ON DELETE CASCADE,
        CONSTRAINT fk_application_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE SET NULL,
        CONSTRAINT fk_application_person_id_person FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE SET NULL
    )
    """,
    """
    CREATE INDEX ix_application_changed_at ON application (changed_at)
    """,
    """
    CREATE INDEX ix_application_warp_id_state ON application (warp_id, state)
    """,
    """
    CREATE UNIQUE INDEX uq_application_open ON application (warp_id, lower(email)) WHERE state IN ('started', 'more asked', 'sent', 'announced')
    """,
    """
    CREATE FUNCTION keep_published_agreement() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
        IF OLD.published_at IS NOT NULL THEN
            RAISE EXCEPTION 'a published agreement is never changed';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    REVOKE ALL ON FUNCTION keep_published_agreement() FROM PUBLIC
    """,
    """
    CREATE TRIGGER agreement_stays_as_published BEFORE UPDATE ON agreement
    FOR EACH ROW EXECUTE FUNCTION keep_published_agreement()
    """,
    """
    GRANT SELECT, INSERT, UPDATE ON agreement TO hub_web, hub_work
    """,
    """
    GRANT SELECT, INSERT ON agreement_acceptance TO hub_web, hub_work
    """,
    """
    GRANT INSERT ON application_request TO hub_web
    """,
    """
    GRANT SELECT, UPDATE ON application TO hub_web
    """,
    """
    GRANT SELECT, UPDATE, DELETE ON application_request TO hub_work
    """,
    """
    GRANT SELECT, INSERT, UPDATE, DELETE ON application TO hub_work
    """,
)

DOWN = (
    "DROP TABLE application, application_request, agreement_acceptance, agreement",
    "DROP FUNCTION keep_published_agreement()",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
