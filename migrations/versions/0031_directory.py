"""What people show of themselves; domains asked for, roles proposed, recusals, successors; the history of a place."""

from alembic import op

revision = "0031_directory"
down_revision = "0030_federation"

UP = (
    """
    CREATE TABLE profile (
        person_id UUID NOT NULL,
        role TEXT NOT NULL,
        telephone TEXT NOT NULL,
        can_help_with TEXT NOT NULL,
        shows_name BOOLEAN NOT NULL,
        shows_role BOOLEAN NOT NULL,
        shows_telephone BOOLEAN NOT NULL,
        shows_email BOOLEAN NOT NULL,
        shows_help BOOLEAN NOT NULL,
        CONSTRAINT pk_profile PRIMARY KEY (person_id),
        CONSTRAINT fk_profile_person_id_person FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE domain_request (
        id UUID NOT NULL,
        organisation_id UUID NOT NULL,
        domain TEXT NOT NULL,
        asked_by UUID NOT NULL,
        asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
        decided_at TIMESTAMP WITH TIME ZONE,
        is_accepted BOOLEAN,
        CONSTRAINT pk_domain_request PRIMARY KEY (id),
        CONSTRAINT fk_domain_request_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
        CONSTRAINT fk_domain_request_asked_by_person FOREIGN KEY(asked_by) REFERENCES person (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE UNIQUE INDEX uq_domain_request_open ON domain_request (organisation_id, domain) WHERE decided_at IS NULL
    """,
    """
    CREATE TABLE role_proposal (
        id UUID NOT NULL,
        warp_id UUID NOT NULL,
        person_id UUID NOT NULL,
        is_grant BOOLEAN NOT NULL,
        reason TEXT NOT NULL,
        proposed_by UUID NOT NULL,
        proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        decided_at TIMESTAMP WITH TIME ZONE,
        decided_by UUID,
        is_confirmed BOOLEAN,
        CONSTRAINT pk_role_proposal PRIMARY KEY (id),
        CONSTRAINT fk_role_proposal_warp_id_warp FOREIGN KEY(warp_id) REFERENCES warp (id) ON DELETE CASCADE,
        CONSTRAINT fk_role_proposal_person_id_person FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE CASCADE,
        CONSTRAINT fk_role_proposal_proposed_by_person FOREIGN KEY(proposed_by) REFERENCES person (id) ON DELETE CASCADE,
        CONSTRAINT fk_role_proposal_decided_by_person FOREIGN KEY(decided_by) REFERENCES person (id) ON DELETE SET NULL
    )
    """,
    """
    CREATE INDEX ix_role_proposal_person_id ON role_proposal (person_id)
    """,
    """
    CREATE UNIQUE INDEX uq_role_proposal_open ON role_proposal (warp_id, person_id) WHERE decided_at IS NULL
    """,
    """
    CREATE TABLE recusal (
        warp_id UUID NOT NULL,
        person_id UUID NOT NULL,
        organisation_id UUID NOT NULL,
        reason TEXT NOT NULL,
        since TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_recusal PRIMARY KEY (warp_id, person_id, organisation_id),
        CONSTRAINT fk_recusal_warp_id_warp FOREIGN KEY(warp_id) REFERENCES warp (id) ON DELETE CASCADE,
        CONSTRAINT fk_recusal_person_id_person FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE CASCADE,
        CONSTRAINT fk_recusal_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_recusal_organisation_id ON recusal (organisation_id)
    """,
    """
    ALTER TABLE organisation ADD COLUMN successor_id UUID
        CONSTRAINT fk_organisation_successor_id_organisation REFERENCES organisation (id) ON DELETE SET NULL
    """,
    """
    CREATE INDEX ix_audit_person ON audit ((detail ->> 'person'))
    """,
    """
    CREATE INDEX ix_audit_organisation ON audit ((detail ->> 'organisation'))
    """,
    # Web reads no audit. This gives whoever runs a WARP of somebody what happened to that place, and no other row:
    # nothing of another WARP's, nothing of when anybody signed in.
    """
    CREATE FUNCTION history_of(whom text, subject uuid)
    RETURNS TABLE (at timestamptz, action text, actor uuid, warp_id uuid, detail jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        WITH mine AS (
            SELECT CAST(nullif(current_setting('app.keeps', true), '') AS uuid[]) AS warps
        ), theirs AS (
            SELECT held.organisation_id AS id FROM public.membership AS held, mine WHERE held.warp_id = ANY (mine.warps)
        )
        SELECT told.at, told.action, told.actor, told.warp_id, jsonb_strip_nulls(jsonb_build_object(
                'reason', told.detail -> 'reason', 'kind', told.detail -> 'kind',
                'organisation', told.detail -> 'organisation', 'domain', told.detail -> 'domain',
                'until', told.detail -> 'until'))
          FROM public.audit AS told, mine
         WHERE ((whom = 'person' AND told.detail ->> 'person' = subject::text)
                OR (whom = 'organisation' AND told.detail ->> 'organisation' = subject::text
                    AND told.detail ->> 'person' IS NULL))
           AND (told.warp_id IS NULL OR told.warp_id = ANY (mine.warps))
           AND (told.detail ->> 'organisation' IS NULL
                OR told.detail ->> 'organisation' IN (SELECT id::text FROM theirs))
           AND split_part(told.action, '.', 1) IN ('person', 'coordinator', 'stand-in', 'membership', 'organisation', 'mail')
           AND CASE whom WHEN 'organisation' THEN subject IN (SELECT id FROM theirs)
                    ELSE subject IN (SELECT held.person_id FROM public.post AS held JOIN theirs ON theirs.id = held.organisation_id)
                      OR subject IN (SELECT run.person_id FROM public.coordinator AS run WHERE run.warp_id = ANY (mine.warps)) END
         ORDER BY told.at DESC, told.id LIMIT 100
    $$
    """,
    """
    REVOKE ALL ON FUNCTION history_of(text, uuid) FROM PUBLIC
    """,
    """
    GRANT EXECUTE ON FUNCTION history_of(text, uuid) TO hub_web, hub_work
    """,
    """
    GRANT SELECT, INSERT, UPDATE, DELETE ON profile, domain_request, role_proposal, recusal TO hub_work
    """,
    """
    GRANT SELECT, INSERT, UPDATE ON profile, domain_request, role_proposal TO hub_web
    """,
    """
    GRANT SELECT, INSERT, DELETE ON recusal TO hub_web
    """,
)

DOWN = (
    "DROP FUNCTION history_of(text, uuid)",
    "DROP INDEX ix_audit_organisation, ix_audit_person",
    "ALTER TABLE organisation DROP COLUMN successor_id",
    "DROP TABLE recusal, role_proposal, domain_request, profile",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
