"""What a source sent, as it was sent, beside the warning it became."""

from alembic import op

revision = "0017_originals"
down_revision = "0016_closer"

UP = (
    """
    CREATE TABLE original (
        id UUID NOT NULL,
        item_id UUID NOT NULL,
        media_type TEXT NOT NULL,
        name TEXT NOT NULL,
        content BYTEA NOT NULL,
        CONSTRAINT pk_original PRIMARY KEY (id),
        CONSTRAINT uq_original_item_id UNIQUE (item_id),
        CONSTRAINT fk_original_item_id_item FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE CASCADE
    )
    """,
    """
    GRANT SELECT, INSERT, DELETE ON original TO hub_web
    """,
    """
    GRANT SELECT, INSERT, UPDATE, DELETE ON original TO hub_work
    """,
    """
    ALTER TABLE original ENABLE ROW LEVEL SECURITY
    """,
    """
    CREATE POLICY web_reads ON original FOR SELECT TO hub_web USING ((original.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = original.item_id)))
    """,
    """
    CREATE POLICY web_inserts ON original FOR INSERT TO hub_web WITH CHECK ((original.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = original.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY web_updates ON original FOR UPDATE TO hub_web USING ((original.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = original.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2)))))) WITH CHECK ((original.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = original.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY web_deletes ON original FOR DELETE TO hub_web USING ((original.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = original.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY work_does ON original FOR ALL TO hub_work USING (true) WITH CHECK (true)
    """,
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE original")
