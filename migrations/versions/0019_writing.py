"""Warnings that a WARP writes or pastes itself."""

from alembic import op

revision = "0019_writing"
down_revision = "0018_sources"

UP = (
    """
    CREATE TABLE writing (
        id UUID NOT NULL,
        warp_id UUID NOT NULL,
        way VARCHAR(40) NOT NULL,
        body JSONB NOT NULL,
        to_do JSONB NOT NULL,
        CONSTRAINT pk_writing PRIMARY KEY (id),
        CONSTRAINT fk_writing_id_item FOREIGN KEY(id) REFERENCES item (id) ON DELETE CASCADE,
        CONSTRAINT fk_writing_warp_id_warp FOREIGN KEY(warp_id) REFERENCES warp (id)
    )
    """,
    """
    GRANT SELECT, INSERT, UPDATE, DELETE ON writing TO hub_work
    """,
    """
    GRANT SELECT, INSERT, UPDATE ON writing TO hub_web
    """,
    """
    GRANT INSERT, UPDATE ON advisory TO hub_web
    """,
    """
    ALTER TABLE writing ENABLE ROW LEVEL SECURITY
    """,
    """
    CREATE POLICY web_reads ON writing FOR SELECT TO hub_web USING ((writing.id = (SELECT whole.id FROM item AS whole WHERE whole.id = writing.id)))
    """,
    """
    CREATE POLICY web_inserts ON writing FOR INSERT TO hub_web WITH CHECK ((writing.id = (SELECT whole.id FROM item AS whole WHERE whole.id = writing.id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY web_updates ON writing FOR UPDATE TO hub_web USING ((writing.id = (SELECT whole.id FROM item AS whole WHERE whole.id = writing.id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2)))))) WITH CHECK ((writing.id = (SELECT whole.id FROM item AS whole WHERE whole.id = writing.id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY web_deletes ON writing FOR DELETE TO hub_web USING ((writing.id = (SELECT whole.id FROM item AS whole WHERE whole.id = writing.id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY work_does ON writing FOR ALL TO hub_work USING (true) WITH CHECK (true)
    """,
)

DOWN = (
    "REVOKE INSERT, UPDATE ON advisory FROM hub_web",
    "DROP TABLE writing",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
