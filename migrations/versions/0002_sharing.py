"""Items, their parts, and row-level security as sharing.policies compiles it."""

from alembic import op

revision = "0002_sharing"
down_revision = "0001_people"

UP = (
    """
    CREATE TABLE item (
        id UUID NOT NULL,
        kind VARCHAR(40) NOT NULL,
        title TEXT NOT NULL,
        summary TEXT NOT NULL,
        severity VARCHAR(40),
        originator UUID NOT NULL,
        originator_name TEXT NOT NULL,
        about_id UUID,
        label_assumed BOOLEAN NOT NULL,
        held TEXT,
        chatham_house BOOLEAN NOT NULL,
        pap TEXT,
        restrictions TEXT NOT NULL,
        passed_by UUID[] NOT NULL,
        added_at TIMESTAMP WITH TIME ZONE,
        revised_at TIMESTAMP WITH TIME ZONE,
        marking VARCHAR(40) NOT NULL,
        keepers UUID[] NOT NULL,
        recipients UUID[] NOT NULL,
        early UUID[] NOT NULL,
        published_at TIMESTAMP WITH TIME ZONE,
        embargo_until TIMESTAMP WITH TIME ZONE,
        withdrawn_at TIMESTAMP WITH TIME ZONE,
        is_public BOOLEAN NOT NULL,
        CONSTRAINT pk_item PRIMARY KEY (id),
        CONSTRAINT ck_item_public_is_clear CHECK (NOT is_public OR marking = 'TLP:CLEAR'),
        CONSTRAINT ck_item_held_is_unpublished CHECK (held IS NULL OR published_at IS NULL),
        CONSTRAINT fk_item_about_id_item FOREIGN KEY(about_id) REFERENCES item (id)
    )
    """,
    """
    CREATE INDEX ix_item_about_id ON item (about_id)
    """,
    """
    CREATE INDEX ix_item_added ON item (kind, added_at)
    """,
    """
    CREATE INDEX ix_item_desk ON item USING gin (keepers) WHERE published_at IS NULL
    """,
    """
    CREATE INDEX ix_item_embargo ON item (embargo_until) WHERE embargo_until IS NOT NULL
    """,
    """
    CREATE INDEX ix_item_list ON item (kind, published_at, id)
    """,
    """
    CREATE INDEX ix_item_recipients ON item USING gin (recipients)
    """,
    """
    CREATE TABLE publication_clock (
        id SERIAL NOT NULL,
        last TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_publication_clock PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE decision (
        id UUID NOT NULL,
        item_id UUID NOT NULL,
        keeper UUID NOT NULL,
        choice VARCHAR(40),
        decided_at TIMESTAMP WITH TIME ZONE,
        decided_by UUID,
        same_as_id UUID,
        CONSTRAINT pk_decision PRIMARY KEY (id),
        CONSTRAINT uq_decision_item_id_keeper UNIQUE (item_id, keeper),
        CONSTRAINT fk_decision_item_id_item FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_decision_waiting ON decision (keeper) WHERE choice IS NULL
    """,
    """
    CREATE TABLE indicator (
        id UUID NOT NULL,
        item_id UUID NOT NULL,
        kind TEXT NOT NULL,
        value TEXT NOT NULL,
        CONSTRAINT pk_indicator PRIMARY KEY (id),
        CONSTRAINT uq_indicator_item_id_kind_value UNIQUE (item_id, kind, value),
        CONSTRAINT fk_indicator_item_id_item FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_indicator_value ON indicator (value)
    """,
    """
    CREATE TABLE item_version (
        id UUID NOT NULL,
        item_id UUID NOT NULL,
        stix_id TEXT NOT NULL,
        modified TIMESTAMP WITH TIME ZONE NOT NULL,
        content TEXT NOT NULL,
        added_at TIMESTAMP WITH TIME ZONE,
        marking VARCHAR(40) NOT NULL,
        keepers UUID[] NOT NULL,
        recipients UUID[] NOT NULL,
        early UUID[] NOT NULL,
        published_at TIMESTAMP WITH TIME ZONE,
        embargo_until TIMESTAMP WITH TIME ZONE,
        withdrawn_at TIMESTAMP WITH TIME ZONE,
        is_public BOOLEAN NOT NULL,
        CONSTRAINT pk_item_version PRIMARY KEY (id),
        CONSTRAINT uq_item_version_item_id_stix_id_modified UNIQUE (item_id, stix_id, modified),
        CONSTRAINT fk_item_version_item_id_item FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_item_version_added ON item_version (added_at, id)
    """,
    """
    CREATE INDEX ix_item_version_stix ON item_version (stix_id)
    """,
    """
    CREATE TABLE label_change (
        id UUID NOT NULL,
        item_id UUID NOT NULL,
        before VARCHAR(40) NOT NULL,
        after VARCHAR(40) NOT NULL,
        changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        consent TEXT,
        detail JSONB NOT NULL,
        CONSTRAINT pk_label_change PRIMARY KEY (id),
        CONSTRAINT fk_label_change_item_id_item FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_label_change_item_id ON label_change (item_id)
    """,
    """
    CREATE TABLE reference (
        id UUID NOT NULL,
        item_id UUID NOT NULL,
        target TEXT NOT NULL,
        CONSTRAINT pk_reference PRIMARY KEY (id),
        CONSTRAINT uq_reference_item_id_target UNIQUE (item_id, target),
        CONSTRAINT fk_reference_item_id_item FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_reference_target ON reference (target)
    """,
    """
    CREATE TABLE subject (
        id UUID NOT NULL,
        item_id UUID NOT NULL,
        kind TEXT NOT NULL,
        value TEXT NOT NULL,
        CONSTRAINT pk_subject PRIMARY KEY (id),
        CONSTRAINT uq_subject_item_id_kind_value UNIQUE (item_id, kind, value),
        CONSTRAINT fk_subject_item_id_item FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_subject_value ON subject (kind, value)
    """,
    """
    CREATE FUNCTION copy_handling() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
        UPDATE public.item_version SET
            marking = NEW.marking, keepers = NEW.keepers, recipients = NEW.recipients, early = NEW.early,
            published_at = NEW.published_at, embargo_until = NEW.embargo_until,
            withdrawn_at = NEW.withdrawn_at, is_public = NEW.is_public, added_at = NEW.added_at
        WHERE item_id = NEW.id;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER item_copies_handling AFTER UPDATE OF
        marking, keepers, recipients, early, published_at, embargo_until, withdrawn_at, is_public, added_at
    ON item FOR EACH ROW EXECUTE FUNCTION copy_handling()
    """,
    """
    INSERT INTO publication_clock (id, last) VALUES (1, '2000-01-01 00:00:00+00')
    """,
    """
    REVOKE ALL ON FUNCTION copy_handling() FROM PUBLIC
    """,
    """
    GRANT SELECT, INSERT, UPDATE, DELETE ON item, item_version, indicator, subject, reference, decision TO hub_work
    """,
    """
    GRANT SELECT, INSERT, UPDATE ON item, item_version, decision TO hub_web
    """,
    """
    GRANT SELECT, INSERT, DELETE ON indicator, subject, reference TO hub_web
    """,
    """
    GRANT SELECT, INSERT ON label_change TO hub_web, hub_work
    """,
    """
    GRANT SELECT, UPDATE ON publication_clock TO hub_web, hub_work
    """,
    """
    ALTER TABLE decision ENABLE ROW LEVEL SECURITY
    """,
    """
    CREATE POLICY web_reads ON decision FOR SELECT TO hub_web USING ((decision.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[]))))
    """,
    """
    CREATE POLICY web_inserts ON decision FOR INSERT TO hub_web WITH CHECK ((decision.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[]))))
    """,
    """
    CREATE POLICY web_updates ON decision FOR UPDATE TO hub_web USING ((decision.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[])))) WITH CHECK ((decision.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[]))))
    """,
    """
    CREATE POLICY web_deletes ON decision FOR DELETE TO hub_web USING ((decision.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[]))))
    """,
    """
    CREATE POLICY work_does ON decision FOR ALL TO hub_work USING (true) WITH CHECK (true)
    """,
    """
    ALTER TABLE indicator ENABLE ROW LEVEL SECURITY
    """,
    """
    CREATE POLICY web_reads ON indicator FOR SELECT TO hub_web USING ((indicator.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = indicator.item_id)))
    """,
    """
    CREATE POLICY web_inserts ON indicator FOR INSERT TO hub_web WITH CHECK ((indicator.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = indicator.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY web_updates ON indicator FOR UPDATE TO hub_web USING ((indicator.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = indicator.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2)))))) WITH CHECK ((indicator.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = indicator.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY web_deletes ON indicator FOR DELETE TO hub_web USING ((indicator.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = indicator.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY work_does ON indicator FOR ALL TO hub_work USING (true) WITH CHECK (true)
    """,
    """
    ALTER TABLE item ENABLE ROW LEVEL SECURITY
    """,
    """
    CREATE POLICY web_reads ON item FOR SELECT TO hub_web USING (item.published_at <= (SELECT CAST(nullif(current_setting('app.now', true), '') AS TIMESTAMP WITH TIME ZONE) AS nullif_1) AND item.withdrawn_at IS NULL AND ((item.embargo_until IS NULL OR item.embargo_until <= (SELECT CAST(nullif(current_setting('app.now', true), '') AS TIMESTAMP WITH TIME ZONE) AS nullif_2)) AND (item.marking = 'TLP:CLEAR' AND (item.is_public IS true OR coalesce((SELECT CAST(nullif(current_setting('app.member', true), '') AS BOOLEAN) AS nullif_3), false)) OR item.marking = 'TLP:GREEN' AND coalesce((SELECT CAST(nullif(current_setting('app.member', true), '') AS BOOLEAN) AS nullif_3), false) OR item.marking = 'TLP:AMBER' AND (item.recipients && (SELECT CAST(nullif(current_setting('app.amber', true), '') AS UUID[]) AS nullif_4)) OR item.marking = 'TLP:AMBER+STRICT' AND (item.recipients && (SELECT CAST(nullif(current_setting('app.strict', true), '') AS UUID[]) AS nullif_5)) OR item.marking = 'TLP:RED' AND (item.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_6))) OR item.embargo_until > (SELECT CAST(nullif(current_setting('app.now', true), '') AS TIMESTAMP WITH TIME ZONE) AS nullif_7) AND (item.early && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_6))) OR (item.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_8)) AND (item.marking != 'TLP:RED' OR (item.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_6))))
    """,
    """
    CREATE POLICY web_inserts ON item FOR INSERT TO hub_web WITH CHECK ((item.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (item.marking != 'TLP:RED' OR (item.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))
    """,
    """
    CREATE POLICY web_updates ON item FOR UPDATE TO hub_web USING ((item.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (item.marking != 'TLP:RED' OR (item.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2)))) WITH CHECK ((item.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (item.marking != 'TLP:RED' OR (item.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))
    """,
    """
    CREATE POLICY web_deletes ON item FOR DELETE TO hub_web USING ((item.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (item.marking != 'TLP:RED' OR (item.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))
    """,
    """
    CREATE POLICY work_does ON item FOR ALL TO hub_work USING (true) WITH CHECK (true)
    """,
    """
    ALTER TABLE item_version ENABLE ROW LEVEL SECURITY
    """,
    """
    CREATE POLICY web_reads ON item_version FOR SELECT TO hub_web USING (item_version.published_at <= (SELECT CAST(nullif(current_setting('app.now', true), '') AS TIMESTAMP WITH TIME ZONE) AS nullif_1) AND item_version.withdrawn_at IS NULL AND ((item_version.embargo_until IS NULL OR item_version.embargo_until <= (SELECT CAST(nullif(current_setting('app.now', true), '') AS TIMESTAMP WITH TIME ZONE) AS nullif_2)) AND (item_version.marking = 'TLP:CLEAR' AND (item_version.is_public IS true OR coalesce((SELECT CAST(nullif(current_setting('app.member', true), '') AS BOOLEAN) AS nullif_3), false)) OR item_version.marking = 'TLP:GREEN' AND coalesce((SELECT CAST(nullif(current_setting('app.member', true), '') AS BOOLEAN) AS nullif_3), false) OR item_version.marking = 'TLP:AMBER' AND (item_version.recipients && (SELECT CAST(nullif(current_setting('app.amber', true), '') AS UUID[]) AS nullif_4)) OR item_version.marking = 'TLP:AMBER+STRICT' AND (item_version.recipients && (SELECT CAST(nullif(current_setting('app.strict', true), '') AS UUID[]) AS nullif_5)) OR item_version.marking = 'TLP:RED' AND (item_version.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_6))) OR item_version.embargo_until > (SELECT CAST(nullif(current_setting('app.now', true), '') AS TIMESTAMP WITH TIME ZONE) AS nullif_7) AND (item_version.early && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_6))) OR (item_version.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_8)) AND (item_version.marking != 'TLP:RED' OR (item_version.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_6))))
    """,
    """
    CREATE POLICY web_inserts ON item_version FOR INSERT TO hub_web WITH CHECK ((item_version.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (item_version.marking != 'TLP:RED' OR (item_version.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))
    """,
    """
    CREATE POLICY web_updates ON item_version FOR UPDATE TO hub_web USING ((item_version.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (item_version.marking != 'TLP:RED' OR (item_version.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2)))) WITH CHECK ((item_version.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (item_version.marking != 'TLP:RED' OR (item_version.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))
    """,
    """
    CREATE POLICY web_deletes ON item_version FOR DELETE TO hub_web USING ((item_version.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (item_version.marking != 'TLP:RED' OR (item_version.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))
    """,
    """
    CREATE POLICY work_does ON item_version FOR ALL TO hub_work USING (true) WITH CHECK (true)
    """,
    """
    ALTER TABLE label_change ENABLE ROW LEVEL SECURITY
    """,
    """
    CREATE POLICY web_reads ON label_change FOR SELECT TO hub_web USING ((label_change.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = label_change.item_id)))
    """,
    """
    CREATE POLICY web_inserts ON label_change FOR INSERT TO hub_web WITH CHECK ((label_change.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = label_change.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY web_updates ON label_change FOR UPDATE TO hub_web USING ((label_change.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = label_change.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2)))))) WITH CHECK ((label_change.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = label_change.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY web_deletes ON label_change FOR DELETE TO hub_web USING ((label_change.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = label_change.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY work_does ON label_change FOR ALL TO hub_work USING (true) WITH CHECK (true)
    """,
    """
    ALTER TABLE reference ENABLE ROW LEVEL SECURITY
    """,
    """
    CREATE POLICY web_reads ON reference FOR SELECT TO hub_web USING ((reference.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = reference.item_id)))
    """,
    """
    CREATE POLICY web_inserts ON reference FOR INSERT TO hub_web WITH CHECK ((reference.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = reference.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY web_updates ON reference FOR UPDATE TO hub_web USING ((reference.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = reference.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2)))))) WITH CHECK ((reference.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = reference.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY web_deletes ON reference FOR DELETE TO hub_web USING ((reference.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = reference.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY work_does ON reference FOR ALL TO hub_work USING (true) WITH CHECK (true)
    """,
    """
    ALTER TABLE subject ENABLE ROW LEVEL SECURITY
    """,
    """
    CREATE POLICY web_reads ON subject FOR SELECT TO hub_web USING ((subject.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = subject.item_id)))
    """,
    """
    CREATE POLICY web_inserts ON subject FOR INSERT TO hub_web WITH CHECK ((subject.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = subject.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY web_updates ON subject FOR UPDATE TO hub_web USING ((subject.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = subject.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2)))))) WITH CHECK ((subject.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = subject.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY web_deletes ON subject FOR DELETE TO hub_web USING ((subject.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = subject.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY work_does ON subject FOR ALL TO hub_work USING (true) WITH CHECK (true)
    """,
)

DOWN = (
    "DROP TABLE publication_clock, label_change, decision, reference, subject, indicator, item_version, item",
    "DROP FUNCTION copy_handling()",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
