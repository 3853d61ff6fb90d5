"""One warning, several sources: what tells the same, and by what it is known again."""

from alembic import op

revision = "0022_same"
down_revision = "0021_recalls"

UP = (
    """
    ALTER TABLE item ADD COLUMN same_as_id UUID CONSTRAINT fk_item_same_as_id_item REFERENCES item (id) ON DELETE SET NULL
    """,
    """
    CREATE INDEX ix_item_same_as_id ON item (same_as_id) WHERE same_as_id IS NOT NULL
    """,
    """
    CREATE TABLE likeness (
        item_id UUID NOT NULL,
        key TEXT NOT NULL,
        CONSTRAINT pk_likeness PRIMARY KEY (item_id, key),
        CONSTRAINT fk_likeness_item_id_item FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_likeness_key ON likeness (key)
    """,
    """
    GRANT SELECT, INSERT, UPDATE, DELETE ON likeness TO hub_work
    """,
    """
    GRANT SELECT, INSERT, DELETE ON likeness TO hub_web
    """,
    """
    ALTER TABLE likeness ENABLE ROW LEVEL SECURITY
    """,
    """
    CREATE POLICY web_reads ON likeness FOR SELECT TO hub_web USING ((likeness.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = likeness.item_id)))
    """,
    """
    CREATE POLICY web_inserts ON likeness FOR INSERT TO hub_web WITH CHECK ((likeness.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = likeness.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY web_updates ON likeness FOR UPDATE TO hub_web USING ((likeness.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = likeness.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2)))))) WITH CHECK ((likeness.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = likeness.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY web_deletes ON likeness FOR DELETE TO hub_web USING ((likeness.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = likeness.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY work_does ON likeness FOR ALL TO hub_work USING (true) WITH CHECK (true)
    """,
)

DOWN = ("DROP TABLE likeness", "ALTER TABLE item DROP COLUMN same_as_id")


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
