"""My systems: products, topics and sources that a person or an organisation watches, and what meets them."""

from alembic import op

revision = "0023_interests"
down_revision = "0022_same"

UP = (
    """
    CREATE TABLE interest (
        id UUID NOT NULL,
        person_id UUID,
        organisation_id UUID,
        kind VARCHAR(40) NOT NULL,
        value TEXT NOT NULL,
        key TEXT COLLATE "C" NOT NULL,
        floor VARCHAR(40),
        CONSTRAINT pk_interest PRIMARY KEY (id),
        CONSTRAINT ck_interest_one_owner CHECK ((person_id IS NULL) <> (organisation_id IS NULL)),
        CONSTRAINT uq_interest_person_id_kind_value UNIQUE (person_id, kind, value),
        CONSTRAINT uq_interest_organisation_id_kind_value UNIQUE (organisation_id, kind, value),
        CONSTRAINT fk_interest_person_id_person FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE CASCADE,
        CONSTRAINT fk_interest_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_interest_key ON interest (key)
    """,
    """
    CREATE TABLE match_key (
        item_id UUID NOT NULL,
        warning_id UUID NOT NULL,
        key TEXT COLLATE "C" NOT NULL,
        CONSTRAINT pk_match_key PRIMARY KEY (item_id, warning_id, key),
        CONSTRAINT fk_match_key_item_id_item FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE CASCADE,
        CONSTRAINT fk_match_key_warning_id_item FOREIGN KEY(warning_id) REFERENCES item (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_match_key_key ON match_key (key, warning_id, item_id)
    """,
    """
    CREATE INDEX ix_match_key_warning_id ON match_key (warning_id)
    """,
    """
    ALTER TABLE alert_choice
        ADD COLUMN of_what VARCHAR(40) NOT NULL DEFAULT 'all',
        ADD COLUMN from_severity VARCHAR(40) NOT NULL DEFAULT 'Act today',
        ADD COLUMN most_a_week INTEGER NOT NULL DEFAULT 5,
        ADD COLUMN quiet_from TIME WITHOUT TIME ZONE,
        ADD COLUMN quiet_until TIME WITHOUT TIME ZONE,
        ADD COLUMN may_wake BOOLEAN NOT NULL DEFAULT false
    """,
    """
    ALTER TABLE alert_choice
        ALTER COLUMN of_what DROP DEFAULT,
        ALTER COLUMN from_severity DROP DEFAULT,
        ALTER COLUMN most_a_week DROP DEFAULT,
        ALTER COLUMN may_wake DROP DEFAULT
    """,
    """
    GRANT SELECT, INSERT, DELETE ON interest, match_key TO hub_web
    """,
    """
    GRANT SELECT, INSERT, UPDATE, DELETE ON interest, match_key TO hub_work
    """,
    """
    ALTER TABLE interest ENABLE ROW LEVEL SECURITY
    """,
    """
    CREATE POLICY web_reads ON interest FOR SELECT TO hub_web USING ((interest.person_id = (SELECT CAST(nullif(current_setting('app.person', true), '') AS UUID) AS nullif_1) OR interest.organisation_id = ANY (CAST((SELECT CAST(nullif(current_setting('app.amber', true), '') AS UUID[]) AS nullif_1) AS UUID[]))))
    """,
    """
    CREATE POLICY web_inserts ON interest FOR INSERT TO hub_web WITH CHECK ((interest.person_id = (SELECT CAST(nullif(current_setting('app.person', true), '') AS UUID) AS nullif_1) OR (interest.organisation_id = ANY (CAST((SELECT CAST(nullif(current_setting('app.amber', true), '') AS UUID[]) AS nullif_1) AS UUID[])) AND interest.organisation_id = (SELECT post.organisation_id FROM post WHERE post.person_id = (SELECT CAST(nullif(current_setting('app.person', true), '') AS UUID) AS nullif_1) AND post.organisation_id = interest.organisation_id AND post.kind = 'lead' AND post.state = 'active'))))
    """,
    """
    CREATE POLICY web_updates ON interest FOR UPDATE TO hub_web USING ((interest.person_id = (SELECT CAST(nullif(current_setting('app.person', true), '') AS UUID) AS nullif_1) OR (interest.organisation_id = ANY (CAST((SELECT CAST(nullif(current_setting('app.amber', true), '') AS UUID[]) AS nullif_1) AS UUID[])) AND interest.organisation_id = (SELECT post.organisation_id FROM post WHERE post.person_id = (SELECT CAST(nullif(current_setting('app.person', true), '') AS UUID) AS nullif_1) AND post.organisation_id = interest.organisation_id AND post.kind = 'lead' AND post.state = 'active')))) WITH CHECK ((interest.person_id = (SELECT CAST(nullif(current_setting('app.person', true), '') AS UUID) AS nullif_1) OR (interest.organisation_id = ANY (CAST((SELECT CAST(nullif(current_setting('app.amber', true), '') AS UUID[]) AS nullif_1) AS UUID[])) AND interest.organisation_id = (SELECT post.organisation_id FROM post WHERE post.person_id = (SELECT CAST(nullif(current_setting('app.person', true), '') AS UUID) AS nullif_1) AND post.organisation_id = interest.organisation_id AND post.kind = 'lead' AND post.state = 'active'))))
    """,
    """
    CREATE POLICY web_deletes ON interest FOR DELETE TO hub_web USING ((interest.person_id = (SELECT CAST(nullif(current_setting('app.person', true), '') AS UUID) AS nullif_1) OR (interest.organisation_id = ANY (CAST((SELECT CAST(nullif(current_setting('app.amber', true), '') AS UUID[]) AS nullif_1) AS UUID[])) AND interest.organisation_id = (SELECT post.organisation_id FROM post WHERE post.person_id = (SELECT CAST(nullif(current_setting('app.person', true), '') AS UUID) AS nullif_1) AND post.organisation_id = interest.organisation_id AND post.kind = 'lead' AND post.state = 'active'))))
    """,
    """
    CREATE POLICY work_does ON interest FOR ALL TO hub_work USING (true) WITH CHECK (true)
    """,
    """
    ALTER TABLE match_key ENABLE ROW LEVEL SECURITY
    """,
    """
    CREATE POLICY web_reads ON match_key FOR SELECT TO hub_web USING ((match_key.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = match_key.item_id)))
    """,
    """
    CREATE POLICY web_inserts ON match_key FOR INSERT TO hub_web WITH CHECK ((match_key.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = match_key.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY web_updates ON match_key FOR UPDATE TO hub_web USING ((match_key.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = match_key.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2)))))) WITH CHECK ((match_key.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = match_key.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY web_deletes ON match_key FOR DELETE TO hub_web USING ((match_key.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = match_key.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY work_does ON match_key FOR ALL TO hub_work USING (true) WITH CHECK (true)
    """,
)

DOWN = (
    "DROP TABLE match_key, interest",
    """
    ALTER TABLE alert_choice
        DROP COLUMN of_what, DROP COLUMN from_severity, DROP COLUMN most_a_week,
        DROP COLUMN quiet_from, DROP COLUMN quiet_until, DROP COLUMN may_wake
    """,
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
