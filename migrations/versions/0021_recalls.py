"""Who was handed what, recalls, and asking to share wider."""

from alembic import op

revision = "0021_recalls"
down_revision = "0020_mailbox"

UP = (
    """
    CREATE TABLE delivery (
        item_id UUID NOT NULL,
        person_id UUID NOT NULL,
        outlet VARCHAR(40) NOT NULL,
        first_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_delivery PRIMARY KEY (item_id, person_id, outlet),
        CONSTRAINT fk_delivery_item_id_item FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE CASCADE,
        CONSTRAINT fk_delivery_person_id_person FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_delivery_first_at ON delivery (first_at)
    """,
    """
    CREATE INDEX ix_delivery_person_id ON delivery (person_id)
    """,
    """
    CREATE TABLE recall (
        id UUID NOT NULL,
        act_id UUID NOT NULL,
        what VARCHAR(40) NOT NULL,
        of_kind VARCHAR(40) NOT NULL,
        by_source BOOLEAN NOT NULL,
        covers UUID[] NOT NULL,
        is_told_of BOOLEAN NOT NULL,
        issued_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_recall PRIMARY KEY (id),
        CONSTRAINT fk_recall_id_item FOREIGN KEY(id) REFERENCES item (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_recall_act_id ON recall (act_id)
    """,
    """
    CREATE INDEX ix_recall_untold ON recall (issued_at) WHERE is_told_of AND id = act_id
    """,
    """
    CREATE TABLE recall_told (
        recall_id UUID NOT NULL,
        person_id UUID NOT NULL,
        CONSTRAINT pk_recall_told PRIMARY KEY (recall_id, person_id),
        CONSTRAINT fk_recall_told_recall_id_recall FOREIGN KEY(recall_id) REFERENCES recall (id) ON DELETE CASCADE,
        CONSTRAINT fk_recall_told_person_id_person FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE share_grant (
        id UUID NOT NULL,
        item_id UUID NOT NULL,
        keeper UUID NOT NULL,
        to_id UUID NOT NULL,
        to_name TEXT NOT NULL,
        consent JSONB NOT NULL,
        granted_at TIMESTAMP WITH TIME ZONE NOT NULL,
        granted_by UUID,
        CONSTRAINT pk_share_grant PRIMARY KEY (id),
        CONSTRAINT fk_share_grant_item_id_item FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_share_grant_item_id ON share_grant (item_id)
    """,
    """
    CREATE TABLE share_request (
        id UUID NOT NULL,
        item_id UUID NOT NULL,
        keeper UUID NOT NULL,
        person_id UUID NOT NULL,
        wish VARCHAR(40) NOT NULL,
        whom TEXT NOT NULL,
        marking VARCHAR(40),
        why TEXT NOT NULL,
        asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
        answer VARCHAR(40),
        because TEXT NOT NULL,
        answered_at TIMESTAMP WITH TIME ZONE,
        answered_by UUID,
        CONSTRAINT pk_share_request PRIMARY KEY (id),
        CONSTRAINT fk_share_request_item_id_item FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE CASCADE,
        CONSTRAINT fk_share_request_person_id_person FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_share_request_person_id ON share_request (person_id)
    """,
    """
    CREATE INDEX ix_share_request_waiting ON share_request (keeper, asked_at) WHERE answer IS NULL
    """,
    """
    CREATE UNIQUE INDEX uq_share_request_open ON share_request (item_id, person_id) WHERE answer IS NULL
    """,
    """
    ALTER TABLE indicator ADD COLUMN valid_until TIMESTAMP WITH TIME ZONE
    """,
    """
    CREATE FUNCTION note_deliveries(handed uuid[], by_outlet text, at_moment timestamptz) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        INSERT INTO public.delivery (item_id, person_id, outlet, first_at)
        SELECT one.id, me.id, by_outlet, at_moment
        FROM (SELECT CAST(nullif(current_setting('app.person', true), '') AS uuid)) AS me (id), unnest(handed) AS one (id)
        WHERE me.id IS NOT NULL AND NOT EXISTS (
            SELECT FROM public.delivery AS had
            WHERE had.item_id = one.id AND had.person_id = me.id AND had.outlet = by_outlet)
        ON CONFLICT DO NOTHING
    $$
    """,
    """
    REVOKE ALL ON FUNCTION note_deliveries(uuid[], text, timestamptz) FROM PUBLIC
    """,
    """
    GRANT EXECUTE ON FUNCTION note_deliveries(uuid[], text, timestamptz) TO hub_web
    """,
    """
    CREATE FUNCTION handed_to(asked uuid) RETURNS TABLE (outlet text, people bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        SELECT CAST(had.outlet AS text), count(*) FROM public.delivery AS had
        JOIN public.item AS one ON one.id = had.item_id
        WHERE one.id = asked
            AND one.keepers && CAST(nullif(current_setting('app.keeps', true), '') AS uuid[])
            AND (one.marking <> 'TLP:RED' OR one.recipients && CAST(nullif(current_setting('app.red', true), '') AS uuid[]))
        GROUP BY had.outlet
    $$
    """,
    """
    REVOKE ALL ON FUNCTION handed_to(uuid) FROM PUBLIC
    """,
    """
    GRANT EXECUTE ON FUNCTION handed_to(uuid) TO hub_web, hub_work
    """,
    """
    DO $$
    DECLARE
        one record;
    BEGIN
        FOR one IN
            SELECT DISTINCT ON (version.item_id) version.item_id,
                substring(version.content FROM '"valid_until"\\s*:\\s*"(\\d{4}-\\d\\d-\\d\\dT[^"]+)"') AS said
            FROM item_version AS version WHERE version.stix_id LIKE 'indicator--%'
            ORDER BY version.item_id, version.modified DESC
        LOOP
            BEGIN
                UPDATE indicator SET valid_until = CAST(one.said AS timestamptz)
                WHERE indicator.item_id = one.item_id AND one.said IS NOT NULL;
            EXCEPTION WHEN data_exception THEN
                NULL;
            END;
        END LOOP;
    END $$
    """,
    """
    GRANT SELECT, INSERT, DELETE ON delivery, recall_told TO hub_work
    """,
    """
    GRANT SELECT, INSERT, UPDATE, DELETE ON recall, share_grant, share_request TO hub_work
    """,
    """
    GRANT SELECT, INSERT ON recall, share_grant TO hub_web
    """,
    """
    GRANT SELECT, INSERT, UPDATE ON share_request TO hub_web
    """,
    """
    ALTER TABLE recall ENABLE ROW LEVEL SECURITY
    """,
    """
    CREATE POLICY web_reads ON recall FOR SELECT TO hub_web USING ((recall.id = (SELECT whole.id FROM item AS whole WHERE whole.id = recall.id)))
    """,
    """
    CREATE POLICY web_inserts ON recall FOR INSERT TO hub_web WITH CHECK ((recall.id = (SELECT whole.id FROM item AS whole WHERE whole.id = recall.id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY web_updates ON recall FOR UPDATE TO hub_web USING ((recall.id = (SELECT whole.id FROM item AS whole WHERE whole.id = recall.id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2)))))) WITH CHECK ((recall.id = (SELECT whole.id FROM item AS whole WHERE whole.id = recall.id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY web_deletes ON recall FOR DELETE TO hub_web USING ((recall.id = (SELECT whole.id FROM item AS whole WHERE whole.id = recall.id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY work_does ON recall FOR ALL TO hub_work USING (true) WITH CHECK (true)
    """,
    """
    ALTER TABLE share_grant ENABLE ROW LEVEL SECURITY
    """,
    """
    CREATE POLICY web_reads ON share_grant FOR SELECT TO hub_web USING ((share_grant.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[]))))
    """,
    """
    CREATE POLICY web_inserts ON share_grant FOR INSERT TO hub_web WITH CHECK ((share_grant.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[]))))
    """,
    """
    CREATE POLICY web_updates ON share_grant FOR UPDATE TO hub_web USING ((share_grant.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[])))) WITH CHECK ((share_grant.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[]))))
    """,
    """
    CREATE POLICY web_deletes ON share_grant FOR DELETE TO hub_web USING ((share_grant.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[]))))
    """,
    """
    CREATE POLICY work_does ON share_grant FOR ALL TO hub_work USING (true) WITH CHECK (true)
    """,
    """
    ALTER TABLE share_request ENABLE ROW LEVEL SECURITY
    """,
    """
    CREATE POLICY web_reads ON share_request FOR SELECT TO hub_web USING ((((share_request.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[]))) AND (share_request.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = share_request.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2)))))) OR (share_request.person_id = (SELECT CAST(nullif(current_setting('app.person', true), '') AS UUID) AS nullif_1))))
    """,
    """
    CREATE POLICY web_inserts ON share_request FOR INSERT TO hub_web WITH CHECK (((share_request.person_id = (SELECT CAST(nullif(current_setting('app.person', true), '') AS UUID) AS nullif_1)) AND share_request.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = share_request.item_id AND share_request.keeper = ANY (whole.keepers))))
    """,
    """
    CREATE POLICY web_updates ON share_request FOR UPDATE TO hub_web USING (((share_request.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[]))) AND (share_request.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = share_request.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))) WITH CHECK (((share_request.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[]))) AND (share_request.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = share_request.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2)))))))
    """,
    """
    CREATE POLICY web_deletes ON share_request FOR DELETE TO hub_web USING (((share_request.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[]))) AND (share_request.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = share_request.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2)))))))
    """,
    """
    CREATE POLICY work_does ON share_request FOR ALL TO hub_work USING (true) WITH CHECK (true)
    """,
)

DOWN = (
    "DROP FUNCTION note_deliveries(uuid[], text, timestamptz)",
    "DROP FUNCTION handed_to(uuid)",
    "ALTER TABLE indicator DROP COLUMN valid_until",
    "DROP TABLE share_request, share_grant, recall_told, recall, delivery",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
