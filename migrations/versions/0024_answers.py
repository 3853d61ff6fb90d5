"""Does this affect you: askings, answers, figures, reminders; and who saw it too, by marks that name nobody."""

from alembic import op

revision = "0024_answers"
down_revision = "0023_interests"

UP = (
    """
    CREATE TABLE asking (
        id UUID NOT NULL,
        item_id UUID NOT NULL,
        warp_id UUID NOT NULL,
        of_whom VARCHAR(40) NOT NULL,
        asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
        due_at TIMESTAMP WITH TIME ZONE NOT NULL,
        closed_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_asking PRIMARY KEY (id),
        CONSTRAINT uq_asking_item_id_warp_id UNIQUE (item_id, warp_id),
        CONSTRAINT fk_asking_item_id_item FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE CASCADE,
        CONSTRAINT fk_asking_warp_id_warp FOREIGN KEY(warp_id) REFERENCES warp (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_asking_closed_at_due_at ON asking (closed_at, due_at)
    """,
    """
    CREATE INDEX ix_asking_warp_id_closed_at ON asking (warp_id, closed_at)
    """,
    """
    CREATE TABLE warning_answer (
        id UUID NOT NULL,
        item_id UUID NOT NULL,
        organisation_id UUID NOT NULL,
        warp_id UUID NOT NULL,
        choice VARCHAR(40) NOT NULL,
        named BOOLEAN NOT NULL,
        left_out BOOLEAN NOT NULL,
        counted VARCHAR(40),
        counted_in INTEGER,
        CONSTRAINT pk_warning_answer PRIMARY KEY (id),
        CONSTRAINT uq_warning_answer_item_id_organisation_id UNIQUE (item_id, organisation_id),
        CONSTRAINT ck_warning_answer_counted_without_a_name CHECK (NOT named OR counted IS NULL),
        CONSTRAINT fk_warning_answer_item_id_item FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE CASCADE,
        CONSTRAINT fk_warning_answer_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE,
        CONSTRAINT fk_warning_answer_warp_id_warp FOREIGN KEY(warp_id) REFERENCES warp (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_warning_answer_organisation_id ON warning_answer (organisation_id)
    """,
    """
    CREATE TABLE answer_consent (
        organisation_id UUID NOT NULL,
        may_know BOOLEAN NOT NULL,
        CONSTRAINT pk_answer_consent PRIMARY KEY (organisation_id),
        CONSTRAINT fk_answer_consent_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE answer_figures (
        id UUID NOT NULL,
        item_id UUID NOT NULL,
        keeper UUID NOT NULL,
        made_at TIMESTAMP WITH TIME ZONE NOT NULL,
        shown JSONB NOT NULL,
        CONSTRAINT pk_answer_figures PRIMARY KEY (id),
        CONSTRAINT uq_answer_figures_item_id_keeper UNIQUE (item_id, keeper),
        CONSTRAINT fk_answer_figures_item_id_item FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE answer_reminder (
        item_id UUID NOT NULL,
        organisation_id UUID NOT NULL,
        step VARCHAR(40) NOT NULL,
        CONSTRAINT pk_answer_reminder PRIMARY KEY (item_id, organisation_id, step),
        CONSTRAINT fk_answer_reminder_item_id_item FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE CASCADE,
        CONSTRAINT fk_answer_reminder_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE seen_too (
        item_id UUID NOT NULL,
        mark BYTEA NOT NULL,
        CONSTRAINT pk_seen_too PRIMARY KEY (item_id, mark),
        CONSTRAINT fk_seen_too_item_id_item FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE seen_too_count (
        item_id UUID NOT NULL,
        salt BYTEA,
        shown INTEGER NOT NULL,
        ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_seen_too_count PRIMARY KEY (item_id),
        CONSTRAINT fk_seen_too_count_item_id_item FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE CASCADE
    )
    """,
    """
    GRANT SELECT, INSERT, UPDATE, DELETE ON asking, warning_answer, answer_consent, answer_figures, answer_reminder, seen_too, seen_too_count TO hub_work
    """,
    """
    GRANT SELECT, INSERT, UPDATE ON asking, answer_consent TO hub_web
    """,
    # What was counted of an answer, and what is told of it, is the worker's to say.
    """
    GRANT SELECT, INSERT, UPDATE (choice, named, left_out) ON warning_answer TO hub_web
    """,
    """
    GRANT SELECT ON answer_figures TO hub_web
    """,
    """
    GRANT SELECT, INSERT, DELETE ON seen_too TO hub_web
    """,
    """
    GRANT SELECT, INSERT ON seen_too_count TO hub_web
    """,
    """
    ALTER TABLE asking ENABLE ROW LEVEL SECURITY
    """,
    """
    CREATE POLICY web_reads ON asking FOR SELECT TO hub_web USING ((asking.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = asking.item_id)))
    """,
    """
    CREATE POLICY web_inserts ON asking FOR INSERT TO hub_web WITH CHECK ((asking.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = asking.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY web_updates ON asking FOR UPDATE TO hub_web USING ((asking.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = asking.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2)))))) WITH CHECK ((asking.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = asking.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY web_deletes ON asking FOR DELETE TO hub_web USING ((asking.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = asking.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY work_does ON asking FOR ALL TO hub_work USING (true) WITH CHECK (true)
    """,
    """
    ALTER TABLE warning_answer ENABLE ROW LEVEL SECURITY
    """,
    """
    CREATE POLICY web_reads ON warning_answer FOR SELECT TO hub_web USING (((warning_answer.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = warning_answer.item_id)) AND (warning_answer.organisation_id IN (SELECT post.organisation_id FROM post WHERE post.state = 'active' AND post.person_id = (SELECT CAST(nullif(current_setting('app.person', true), '') AS UUID) AS nullif_1)) OR (warning_answer.named AND warning_answer.warp_id = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[]))))))
    """,
    """
    CREATE POLICY web_inserts ON warning_answer FOR INSERT TO hub_web WITH CHECK (((warning_answer.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = warning_answer.item_id)) AND warning_answer.organisation_id IN (SELECT post.organisation_id FROM post WHERE post.state = 'active' AND post.person_id = (SELECT CAST(nullif(current_setting('app.person', true), '') AS UUID) AS nullif_1))))
    """,
    """
    CREATE POLICY web_updates ON warning_answer FOR UPDATE TO hub_web USING (((warning_answer.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = warning_answer.item_id)) AND warning_answer.organisation_id IN (SELECT post.organisation_id FROM post WHERE post.state = 'active' AND post.person_id = (SELECT CAST(nullif(current_setting('app.person', true), '') AS UUID) AS nullif_1)))) WITH CHECK (((warning_answer.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = warning_answer.item_id)) AND warning_answer.organisation_id IN (SELECT post.organisation_id FROM post WHERE post.state = 'active' AND post.person_id = (SELECT CAST(nullif(current_setting('app.person', true), '') AS UUID) AS nullif_1))))
    """,
    """
    CREATE POLICY web_deletes ON warning_answer FOR DELETE TO hub_web USING (((warning_answer.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = warning_answer.item_id)) AND warning_answer.organisation_id IN (SELECT post.organisation_id FROM post WHERE post.state = 'active' AND post.person_id = (SELECT CAST(nullif(current_setting('app.person', true), '') AS UUID) AS nullif_1))))
    """,
    """
    CREATE POLICY work_does ON warning_answer FOR ALL TO hub_work USING (true) WITH CHECK (true)
    """,
    """
    ALTER TABLE answer_figures ENABLE ROW LEVEL SECURITY
    """,
    """
    CREATE POLICY web_reads ON answer_figures FOR SELECT TO hub_web USING ((answer_figures.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[]))))
    """,
    """
    CREATE POLICY web_inserts ON answer_figures FOR INSERT TO hub_web WITH CHECK ((answer_figures.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[]))))
    """,
    """
    CREATE POLICY web_updates ON answer_figures FOR UPDATE TO hub_web USING ((answer_figures.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[])))) WITH CHECK ((answer_figures.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[]))))
    """,
    """
    CREATE POLICY web_deletes ON answer_figures FOR DELETE TO hub_web USING ((answer_figures.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[]))))
    """,
    """
    CREATE POLICY work_does ON answer_figures FOR ALL TO hub_work USING (true) WITH CHECK (true)
    """,
)

DOWN = ("DROP TABLE seen_too_count, seen_too, answer_reminder, answer_figures, answer_consent, warning_answer, asking",)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
