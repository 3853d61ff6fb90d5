"""Sources and what they bring."""

from alembic import op

revision = "0005_advisories"
down_revision = "0004_mail"

UP = (
    """
    CREATE TABLE source (
        id UUID NOT NULL,
        slug TEXT NOT NULL,
        name TEXT NOT NULL,
        kind VARCHAR(40) NOT NULL,
        url TEXT NOT NULL,
        username TEXT,
        password_sealed BYTEA,
        marking VARCHAR(40) NOT NULL,
        trusted BOOLEAN NOT NULL,
        allow_private BOOLEAN NOT NULL,
        interval_minutes INTEGER NOT NULL,
        paused BOOLEAN NOT NULL,
        cursor TEXT,
        unsettled BOOLEAN NOT NULL,
        last_ok_at TIMESTAMP WITH TIME ZONE,
        last_failed_at TIMESTAMP WITH TIME ZONE,
        health TEXT NOT NULL,
        failures INTEGER NOT NULL,
        next_try_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_source PRIMARY KEY (id),
        CONSTRAINT uq_source_slug UNIQUE (slug),
        CONSTRAINT uq_source_name UNIQUE (name)
    )
    """,
    """
    CREATE TABLE source_warp (
        source_id UUID NOT NULL,
        warp_id UUID NOT NULL,
        place INTEGER NOT NULL,
        CONSTRAINT pk_source_warp PRIMARY KEY (source_id, warp_id),
        CONSTRAINT fk_source_warp_source_id_source FOREIGN KEY(source_id) REFERENCES source (id) ON DELETE CASCADE,
        CONSTRAINT fk_source_warp_warp_id_warp FOREIGN KEY(warp_id) REFERENCES warp (id)
    )
    """,
    """
    CREATE INDEX ix_source_warp_warp_id ON source_warp (warp_id)
    """,
    """
    CREATE TABLE source_run (
        id UUID NOT NULL,
        source_id UUID NOT NULL,
        started_at TIMESTAMP WITH TIME ZONE NOT NULL,
        ended_at TIMESTAMP WITH TIME ZONE,
        fetched INTEGER NOT NULL,
        stored INTEGER NOT NULL,
        updated INTEGER NOT NULL,
        duplicate INTEGER NOT NULL,
        quarantined INTEGER NOT NULL,
        held INTEGER NOT NULL,
        ok BOOLEAN,
        outcome TEXT NOT NULL,
        CONSTRAINT pk_source_run PRIMARY KEY (id),
        CONSTRAINT fk_source_run_source_id_source FOREIGN KEY(source_id) REFERENCES source (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_source_run_source_id_started_at ON source_run (source_id, started_at)
    """,
    """
    CREATE TABLE quarantine (
        id UUID NOT NULL,
        source_id UUID NOT NULL,
        keeper UUID NOT NULL,
        digest BYTEA NOT NULL,
        raw BYTEA NOT NULL,
        reason TEXT NOT NULL,
        stix_id TEXT,
        count INTEGER NOT NULL,
        first_seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
        last_seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
        try_again BOOLEAN NOT NULL,
        CONSTRAINT pk_quarantine PRIMARY KEY (id),
        CONSTRAINT uq_quarantine_source_id_digest UNIQUE (source_id, digest),
        CONSTRAINT fk_quarantine_source_id_source FOREIGN KEY(source_id) REFERENCES source (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_quarantine_keeper_last_seen_at ON quarantine (keeper, last_seen_at)
    """,
    """
    CREATE TABLE provenance (
        source_id UUID NOT NULL,
        stix_id TEXT NOT NULL,
        item_id UUID NOT NULL,
        modified TIMESTAMP WITH TIME ZONE NOT NULL,
        digest BYTEA NOT NULL,
        versions INTEGER NOT NULL,
        CONSTRAINT pk_provenance PRIMARY KEY (source_id, stix_id),
        CONSTRAINT fk_provenance_source_id_source FOREIGN KEY(source_id) REFERENCES source (id) ON DELETE CASCADE,
        CONSTRAINT fk_provenance_item_id_item FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_provenance_item_id ON provenance (item_id)
    """,
    """
    CREATE TABLE advisory (
        id UUID NOT NULL,
        stix_id TEXT NOT NULL,
        body JSONB NOT NULL,
        to_do JSONB NOT NULL,
        links JSONB NOT NULL,
        external_id TEXT,
        why TEXT NOT NULL,
        cvss DOUBLE PRECISION,
        received_at TIMESTAMP WITH TIME ZONE NOT NULL,
        modified TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_advisory PRIMARY KEY (id),
        CONSTRAINT fk_advisory_id_item FOREIGN KEY(id) REFERENCES item (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_advisory_received_at ON advisory (received_at)
    """,
    """
    CREATE INDEX ix_advisory_stix_id ON advisory (stix_id)
    """,
    """
    CREATE TABLE local_note (
        id UUID NOT NULL,
        warp_id UUID NOT NULL,
        text JSONB NOT NULL,
        html JSONB NOT NULL,
        written_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_local_note PRIMARY KEY (id),
        CONSTRAINT fk_local_note_id_item FOREIGN KEY(id) REFERENCES item (id) ON DELETE CASCADE,
        CONSTRAINT fk_local_note_warp_id_warp FOREIGN KEY(warp_id) REFERENCES warp (id)
    )
    """,
    """
    CREATE INDEX ix_item_originator ON item (originator, published_at, id) WHERE kind = 'advisory'
    """,
    """
    GRANT SELECT, INSERT, UPDATE, DELETE ON source, source_warp, source_run, quarantine, provenance, advisory, local_note TO hub_work
    """,
    """
    GRANT SELECT (id, slug, name, kind, marking, trusted, allow_private, interval_minutes, paused, unsettled, last_ok_at, last_failed_at, health, failures, next_try_at) ON source TO hub_web
    """,
    """
    GRANT UPDATE (paused, next_try_at, unsettled) ON source TO hub_web
    """,
    """
    GRANT SELECT ON source_warp, source_run, advisory TO hub_web
    """,
    """
    GRANT SELECT, DELETE, UPDATE (try_again) ON quarantine TO hub_web
    """,
    """
    GRANT SELECT, INSERT, UPDATE ON local_note TO hub_web
    """,
    """
    ALTER TABLE advisory ENABLE ROW LEVEL SECURITY
    """,
    """
    CREATE POLICY web_reads ON advisory FOR SELECT TO hub_web USING ((advisory.id = (SELECT whole.id FROM item AS whole WHERE whole.id = advisory.id)))
    """,
    """
    CREATE POLICY web_inserts ON advisory FOR INSERT TO hub_web WITH CHECK ((advisory.id = (SELECT whole.id FROM item AS whole WHERE whole.id = advisory.id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY web_updates ON advisory FOR UPDATE TO hub_web USING ((advisory.id = (SELECT whole.id FROM item AS whole WHERE whole.id = advisory.id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2)))))) WITH CHECK ((advisory.id = (SELECT whole.id FROM item AS whole WHERE whole.id = advisory.id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY web_deletes ON advisory FOR DELETE TO hub_web USING ((advisory.id = (SELECT whole.id FROM item AS whole WHERE whole.id = advisory.id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY work_does ON advisory FOR ALL TO hub_work USING (true) WITH CHECK (true)
    """,
    """
    ALTER TABLE local_note ENABLE ROW LEVEL SECURITY
    """,
    """
    CREATE POLICY web_reads ON local_note FOR SELECT TO hub_web USING ((local_note.id = (SELECT whole.id FROM item AS whole WHERE whole.id = local_note.id)))
    """,
    """
    CREATE POLICY web_inserts ON local_note FOR INSERT TO hub_web WITH CHECK ((local_note.id = (SELECT whole.id FROM item AS whole WHERE whole.id = local_note.id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY web_updates ON local_note FOR UPDATE TO hub_web USING ((local_note.id = (SELECT whole.id FROM item AS whole WHERE whole.id = local_note.id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2)))))) WITH CHECK ((local_note.id = (SELECT whole.id FROM item AS whole WHERE whole.id = local_note.id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY web_deletes ON local_note FOR DELETE TO hub_web USING ((local_note.id = (SELECT whole.id FROM item AS whole WHERE whole.id = local_note.id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY work_does ON local_note FOR ALL TO hub_work USING (true) WITH CHECK (true)
    """,
    """
    ALTER TABLE quarantine ENABLE ROW LEVEL SECURITY
    """,
    """
    CREATE POLICY web_reads ON quarantine FOR SELECT TO hub_web USING ((quarantine.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[]))))
    """,
    """
    CREATE POLICY web_inserts ON quarantine FOR INSERT TO hub_web WITH CHECK ((quarantine.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[]))))
    """,
    """
    CREATE POLICY web_updates ON quarantine FOR UPDATE TO hub_web USING ((quarantine.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[])))) WITH CHECK ((quarantine.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[]))))
    """,
    """
    CREATE POLICY web_deletes ON quarantine FOR DELETE TO hub_web USING ((quarantine.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[]))))
    """,
    """
    CREATE POLICY work_does ON quarantine FOR ALL TO hub_work USING (true) WITH CHECK (true)
    """,
)

DOWN = (
    "DROP INDEX ix_item_originator",
    "DROP TABLE local_note, advisory, provenance, quarantine, source_run, source_warp, source",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
