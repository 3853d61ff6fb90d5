"""Sources as coordinators run them: certificate, embargo rule, silence, what is no longer there."""

from alembic import op

revision = "0018_sources"
down_revision = "0017_originals"

READABLE = (
    "origin, has_password, certificate_until, early_days, failing_since, remark, empty, newest_at, newest_came_at, "
    "last_new_at, usual_gap_minutes, compared_at, gone"
)
CHANGEABLE = (
    "name, url, origin, username, password_sealed, has_password, certificate_sealed, certificate_until, authority, "
    "marking, trusted, interval_minutes, early_days, cursor"
)

UP = (
    """
    ALTER TABLE source
        ADD COLUMN origin TEXT NOT NULL DEFAULT '',
        ADD COLUMN has_password BOOLEAN NOT NULL DEFAULT false,
        ADD COLUMN certificate_sealed BYTEA,
        ADD COLUMN certificate_until TIMESTAMP WITH TIME ZONE,
        ADD COLUMN authority TEXT,
        ADD COLUMN early_days INTEGER,
        ADD COLUMN failing_since TIMESTAMP WITH TIME ZONE,
        ADD COLUMN remark TEXT NOT NULL DEFAULT '',
        ADD COLUMN empty TEXT NOT NULL DEFAULT '',
        ADD COLUMN newest_at TIMESTAMP WITH TIME ZONE,
        ADD COLUMN newest_came_at TIMESTAMP WITH TIME ZONE,
        ADD COLUMN last_new_at TIMESTAMP WITH TIME ZONE,
        ADD COLUMN usual_gap_minutes INTEGER,
        ADD COLUMN compared_at TIMESTAMP WITH TIME ZONE,
        ADD COLUMN gone INTEGER NOT NULL DEFAULT 0
    """,
    """
    UPDATE source SET
        origin = coalesce(lower(substring(url from '^[Hh][Tt][Tt][Pp][Ss]?://[^/?#]*')), ''),
        has_password = username IS NOT NULL OR password_sealed IS NOT NULL,
        failing_since = CASE WHEN failures > 0 THEN last_failed_at END
    """,
    """
    ALTER TABLE source
        ALTER COLUMN origin DROP DEFAULT, ALTER COLUMN has_password DROP DEFAULT, ALTER COLUMN remark DROP DEFAULT,
        ALTER COLUMN empty DROP DEFAULT, ALTER COLUMN gone DROP DEFAULT
    """,
    """
    ALTER TABLE quarantine ADD COLUMN fetch_again BOOLEAN NOT NULL DEFAULT false
    """,
    """
    ALTER TABLE quarantine ALTER COLUMN fetch_again DROP DEFAULT
    """,
    """
    CREATE INDEX ix_source_run_news ON source_run (source_id, started_at) WHERE stored + updated > 0
    """,
    """
    CREATE TABLE gone_from_source (
        id UUID NOT NULL,
        item_id UUID NOT NULL,
        source_id UUID NOT NULL,
        since TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_gone_from_source PRIMARY KEY (id),
        CONSTRAINT uq_gone_from_source_item_id_source_id UNIQUE (item_id, source_id),
        CONSTRAINT fk_gone_from_source_item_id_item FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE CASCADE,
        CONSTRAINT fk_gone_from_source_source_id_source FOREIGN KEY(source_id) REFERENCES source (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_gone_from_source_source_id ON gone_from_source (source_id)
    """,
    f"GRANT SELECT ({READABLE}) ON source TO hub_web",
    "GRANT INSERT ON source TO hub_web",
    f"GRANT UPDATE ({CHANGEABLE}) ON source TO hub_web",
    "GRANT INSERT, DELETE, UPDATE (place) ON source_warp TO hub_web",
    "GRANT UPDATE (fetch_again) ON quarantine TO hub_web",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON gone_from_source TO hub_work",
    "GRANT SELECT ON gone_from_source TO hub_web",
    """
    ALTER TABLE gone_from_source ENABLE ROW LEVEL SECURITY
    """,
    """
    CREATE POLICY web_reads ON gone_from_source FOR SELECT TO hub_web USING ((gone_from_source.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = gone_from_source.item_id)))
    """,
    """
    CREATE POLICY web_inserts ON gone_from_source FOR INSERT TO hub_web WITH CHECK ((gone_from_source.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = gone_from_source.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY web_updates ON gone_from_source FOR UPDATE TO hub_web USING ((gone_from_source.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = gone_from_source.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2)))))) WITH CHECK ((gone_from_source.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = gone_from_source.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY web_deletes ON gone_from_source FOR DELETE TO hub_web USING ((gone_from_source.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = gone_from_source.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY work_does ON gone_from_source FOR ALL TO hub_work USING (true) WITH CHECK (true)
    """,
)

DOWN = (
    "REVOKE INSERT, DELETE, UPDATE (place) ON source_warp FROM hub_web",
    f"REVOKE UPDATE ({CHANGEABLE}) ON source FROM hub_web",
    "REVOKE INSERT ON source FROM hub_web",
    "DROP TABLE gone_from_source",
    "DROP INDEX ix_source_run_news",
    "ALTER TABLE quarantine DROP COLUMN fetch_again",
    """
    ALTER TABLE source
        DROP COLUMN origin, DROP COLUMN has_password, DROP COLUMN certificate_sealed, DROP COLUMN certificate_until,
        DROP COLUMN authority, DROP COLUMN early_days, DROP COLUMN failing_since, DROP COLUMN remark,
        DROP COLUMN empty, DROP COLUMN newest_at, DROP COLUMN newest_came_at, DROP COLUMN last_new_at,
        DROP COLUMN usual_gap_minutes, DROP COLUMN compared_at, DROP COLUMN gone
    """,
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
