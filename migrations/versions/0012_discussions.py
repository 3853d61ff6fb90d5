"""Questions, replies and who follows them."""

from alembic import op

revision = "0012_discussions"
down_revision = "0011_training"

# A member writes a question under an id of that one transaction as its only keeper and gives it to a WARP of theirs.
# Of the owner, since nobody but the WARP's coordinators may change what the WARP keeps. It goes no further than who
# gives it receives, nor than what it is about.
HAND_OVER = """
    CREATE FUNCTION hand_over(asked uuid, to_warp uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
        labels CONSTANT text[] := ARRAY['TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED'];
        mine CONSTANT uuid[] := CAST(nullif(current_setting('app.keeps', true), '') AS uuid[]);
        at_amber CONSTANT uuid[] := CAST(nullif(current_setting('app.amber', true), '') AS uuid[]);
        at_strict CONSTANT uuid[] := CAST(nullif(current_setting('app.strict', true), '') AS uuid[]);
    BEGIN
        UPDATE public.item AS said SET keepers = ARRAY[to_warp]
        WHERE said.id = asked AND said.kind = 'question'
            AND cardinality(said.keepers) = 1 AND said.keepers <@ mine
            AND NOT EXISTS (SELECT FROM public.warp WHERE warp.id = ANY (said.keepers))
            AND EXISTS (SELECT FROM public.warp WHERE warp.id = to_warp)
            AND (said.marking = 'TLP:GREEN' AND said.recipients = '{}' AND to_warp = ANY (at_amber)
                OR said.marking = 'TLP:AMBER' AND said.recipients = ARRAY[to_warp] AND to_warp = ANY (at_amber)
                OR said.marking = 'TLP:AMBER+STRICT' AND said.recipients = ARRAY[to_warp] AND to_warp = ANY (at_strict))
            AND (said.about_id IS NULL OR EXISTS (
                SELECT FROM public.item AS whole
                WHERE whole.id = said.about_id AND whole.published_at IS NOT NULL AND whole.withdrawn_at IS NULL
                    AND array_position(labels, whole.marking::text) <= array_position(labels, said.marking::text)
                    AND (whole.marking IN ('TLP:CLEAR', 'TLP:GREEN') OR to_warp = ANY (whole.recipients))));
        IF NOT FOUND THEN
            RAISE EXCEPTION 'it may not be handed over' USING ERRCODE = 'insufficient_privilege';
        END IF;
    END $$
    """

# The author of a named reply takes their own words out of it, and can change nothing else.
TAKE_BACK = """
    CREATE FUNCTION take_back(said uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
        UPDATE public.reply SET text = '', html = '', gone = 'taken back'
        WHERE reply.id = said AND reply.gone IS NULL
            AND reply.author = ANY (CAST(nullif(current_setting('app.keeps', true), '') AS uuid[]));
        RETURN FOUND;
    END $$
    """

# Whoever replies may not write the question; how many replies it has is all that this keeps there.
COUNT_REPLIES = """
    CREATE FUNCTION count_replies() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
        UPDATE public.question SET replies =
            (SELECT count(*) FROM public.reply WHERE reply.item_id = NEW.item_id AND reply.gone IS NULL)
        WHERE question.id = NEW.item_id;
        RETURN NULL;
    END $$
    """

UP = (
    """
    CREATE TABLE question (
        id UUID NOT NULL,
        text TEXT NOT NULL,
        html TEXT NOT NULL,
        author UUID,
        name TEXT,
        organisation TEXT,
        asked_on DATE NOT NULL,
        replies INTEGER NOT NULL,
        closed_on DATE,
        closed_because TEXT NOT NULL,
        CONSTRAINT pk_question PRIMARY KEY (id),
        CONSTRAINT ck_question_named_or_not CHECK ((author IS NULL) = (name IS NULL)),
        CONSTRAINT fk_question_id_item FOREIGN KEY(id) REFERENCES item (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_question_open ON question (id) WHERE replies = 0 AND closed_on IS NULL
    """,
    """
    CREATE TABLE reply (
        id UUID NOT NULL,
        item_id UUID NOT NULL,
        place INTEGER NOT NULL,
        text TEXT NOT NULL,
        html TEXT NOT NULL,
        author UUID,
        name TEXT,
        organisation TEXT,
        said_on DATE NOT NULL,
        gone VARCHAR(40),
        gone_because TEXT NOT NULL,
        told BOOLEAN NOT NULL,
        CONSTRAINT pk_reply PRIMARY KEY (id),
        CONSTRAINT uq_reply_item_id_place UNIQUE (item_id, place),
        CONSTRAINT ck_reply_named_or_not CHECK ((author IS NULL) = (name IS NULL)),
        CONSTRAINT fk_reply_item_id_item FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_reply_untold ON reply (item_id) WHERE NOT told
    """,
    """
    CREATE TABLE follow (
        person_id UUID NOT NULL,
        item_id UUID NOT NULL,
        CONSTRAINT pk_follow PRIMARY KEY (person_id, item_id),
        CONSTRAINT fk_follow_person_id_person FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE CASCADE,
        CONSTRAINT fk_follow_item_id_item FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_follow_item_id ON follow (item_id)
    """,
    HAND_OVER,
    TAKE_BACK,
    COUNT_REPLIES,
    """
    CREATE TRIGGER replies_are_counted AFTER INSERT OR UPDATE OF gone ON reply FOR EACH ROW EXECUTE FUNCTION count_replies()
    """,
    """
    REVOKE ALL ON FUNCTION hand_over(uuid, uuid), take_back(uuid), count_replies() FROM PUBLIC
    """,
    """
    GRANT EXECUTE ON FUNCTION hand_over(uuid, uuid), take_back(uuid) TO hub_web, hub_work
    """,
    """
    GRANT SELECT, INSERT, UPDATE ON question, reply TO hub_web
    """,
    """
    GRANT SELECT, INSERT, DELETE ON follow TO hub_web
    """,
    """
    GRANT SELECT, INSERT, UPDATE, DELETE ON question, reply, follow TO hub_work
    """,
    """
    ALTER TABLE question ENABLE ROW LEVEL SECURITY
    """,
    """
    CREATE POLICY web_reads ON question FOR SELECT TO hub_web USING ((question.id = (SELECT whole.id FROM item AS whole WHERE whole.id = question.id)))
    """,
    """
    CREATE POLICY web_inserts ON question FOR INSERT TO hub_web WITH CHECK ((question.id = (SELECT whole.id FROM item AS whole WHERE whole.id = question.id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY web_updates ON question FOR UPDATE TO hub_web USING ((question.id = (SELECT whole.id FROM item AS whole WHERE whole.id = question.id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2)))))) WITH CHECK ((question.id = (SELECT whole.id FROM item AS whole WHERE whole.id = question.id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY web_deletes ON question FOR DELETE TO hub_web USING ((question.id = (SELECT whole.id FROM item AS whole WHERE whole.id = question.id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY work_does ON question FOR ALL TO hub_work USING (true) WITH CHECK (true)
    """,
    """
    ALTER TABLE reply ENABLE ROW LEVEL SECURITY
    """,
    """
    CREATE POLICY web_reads ON reply FOR SELECT TO hub_web USING ((reply.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = reply.item_id)))
    """,
    """
    CREATE POLICY web_inserts ON reply FOR INSERT TO hub_web WITH CHECK ((reply.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = reply.item_id)))
    """,
    """
    CREATE POLICY web_updates ON reply FOR UPDATE TO hub_web USING ((reply.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = reply.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2)))))) WITH CHECK ((reply.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = reply.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY web_deletes ON reply FOR DELETE TO hub_web USING ((reply.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = reply.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY work_does ON reply FOR ALL TO hub_work USING (true) WITH CHECK (true)
    """,
)

DOWN = (
    "DROP FUNCTION take_back(uuid)",
    "DROP FUNCTION hand_over(uuid, uuid)",
    "DROP TABLE follow, reply, question",
    "DROP FUNCTION count_replies()",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
