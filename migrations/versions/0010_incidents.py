"""Reports and the incidents that come of them."""

from alembic import op

revision = "0010_incidents"
down_revision = "0009_custody"

UP = (
    """
    CREATE TABLE report (
        record_id UUID NOT NULL,
        keeper UUID NOT NULL,
        warp_id UUID NOT NULL,
        promise VARCHAR(40) NOT NULL,
        sealed BYTEA,
        organisation_id UUID,
        organisation_name TEXT,
        state VARCHAR(40) NOT NULL,
        marking VARCHAR(40) NOT NULL,
        chatham_house BOOLEAN NOT NULL,
        pap TEXT,
        restrictions TEXT NOT NULL,
        title TEXT NOT NULL,
        texts JSONB NOT NULL,
        sent JSONB NOT NULL,
        indicators JSONB NOT NULL,
        kept JSONB NOT NULL,
        month TEXT NOT NULL,
        not_before TIMESTAMP WITH TIME ZONE NOT NULL,
        waited INTEGER NOT NULL,
        reason TEXT NOT NULL,
        expires_on DATE,
        CONSTRAINT pk_report PRIMARY KEY (record_id),
        CONSTRAINT ck_report_kept_by_its_warp CHECK (keeper = warp_id),
        CONSTRAINT ck_report_only_named_ones_name CHECK ((promise = 'named') = (organisation_id IS NOT NULL)),
        CONSTRAINT ck_report_named_ones_seal_nothing CHECK (promise != 'named' OR sealed IS NULL)
    )
    """,
    """
    CREATE INDEX ix_report_keeper_state ON report (keeper, state)
    """,
    """
    CREATE TABLE shared_incident (
        id UUID NOT NULL,
        warp_id UUID NOT NULL,
        named TEXT NOT NULL,
        what TEXT NOT NULL,
        noticed TEXT NOT NULL,
        impact TEXT NOT NULL,
        helped TEXT NOT NULL,
        month TEXT NOT NULL,
        CONSTRAINT pk_shared_incident PRIMARY KEY (id),
        CONSTRAINT fk_shared_incident_id_item FOREIGN KEY(id) REFERENCES item (id) ON DELETE CASCADE,
        CONSTRAINT fk_shared_incident_warp_id_warp FOREIGN KEY(warp_id) REFERENCES warp (id)
    )
    """,
    """
    CREATE TABLE batch (
        id UUID NOT NULL,
        warp_id UUID NOT NULL,
        slot_at TIMESTAMP WITH TIME ZONE NOT NULL,
        name TEXT NOT NULL,
        released INTEGER NOT NULL,
        CONSTRAINT pk_batch PRIMARY KEY (id),
        CONSTRAINT uq_batch_warp_id_slot_at UNIQUE (warp_id, slot_at),
        CONSTRAINT fk_batch_warp_id_warp FOREIGN KEY(warp_id) REFERENCES warp (id)
    )
    """,
    """
    GRANT SELECT, INSERT, UPDATE, DELETE ON report, shared_incident, batch TO hub_work
    """,
    """
    GRANT INSERT ON report TO hub_web
    """,
    """
    GRANT SELECT (record_id, keeper, warp_id, promise, organisation_id, organisation_name, state, marking, chatham_house, pap, restrictions, title, texts, sent, indicators, kept, month, not_before, waited, reason, expires_on) ON report TO hub_web
    """,
    """
    GRANT UPDATE (state, marking, chatham_house, pap, restrictions, title, texts, indicators, reason, expires_on) ON report TO hub_web
    """,
    """
    GRANT SELECT ON shared_incident TO hub_web
    """,
    """
    GRANT SELECT (record_id, warp_id, sealed), UPDATE (sealed) ON report TO hub_custody
    """,
    """
    ALTER TABLE report ENABLE ROW LEVEL SECURITY
    """,
    """
    CREATE POLICY web_reads ON report FOR SELECT TO hub_web USING ((report.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[]))))
    """,
    """
    CREATE POLICY web_inserts ON report FOR INSERT TO hub_web WITH CHECK ((report.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.amber', true), '') AS UUID[]) AS nullif_1) AS UUID[]))))
    """,
    """
    CREATE POLICY web_updates ON report FOR UPDATE TO hub_web USING ((report.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[])))) WITH CHECK ((report.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[]))))
    """,
    """
    CREATE POLICY web_deletes ON report FOR DELETE TO hub_web USING ((report.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[]))))
    """,
    """
    CREATE POLICY work_does ON report FOR ALL TO hub_work USING (true) WITH CHECK (true)
    """,
    """
    CREATE POLICY custody_reads ON report FOR SELECT TO hub_custody USING (true)
    """,
    """
    CREATE POLICY custody_updates ON report FOR UPDATE TO hub_custody USING (true) WITH CHECK (true)
    """,
    """
    ALTER TABLE shared_incident ENABLE ROW LEVEL SECURITY
    """,
    """
    CREATE POLICY web_reads ON shared_incident FOR SELECT TO hub_web USING ((shared_incident.id = (SELECT whole.id FROM item AS whole WHERE whole.id = shared_incident.id)))
    """,
    """
    CREATE POLICY web_inserts ON shared_incident FOR INSERT TO hub_web WITH CHECK ((shared_incident.id = (SELECT whole.id FROM item AS whole WHERE whole.id = shared_incident.id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY web_updates ON shared_incident FOR UPDATE TO hub_web USING ((shared_incident.id = (SELECT whole.id FROM item AS whole WHERE whole.id = shared_incident.id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2)))))) WITH CHECK ((shared_incident.id = (SELECT whole.id FROM item AS whole WHERE whole.id = shared_incident.id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY web_deletes ON shared_incident FOR DELETE TO hub_web USING ((shared_incident.id = (SELECT whole.id FROM item AS whole WHERE whole.id = shared_incident.id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY work_does ON shared_incident FOR ALL TO hub_work USING (true) WITH CHECK (true)
    """,
)

DOWN = ("DROP TABLE batch, shared_incident, report",)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
