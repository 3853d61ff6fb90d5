"""Walls behind who may know that an answer is theirs, and behind who saw it too: rows of those they are of alone."""

from alembic import op

revision = "0025_answers_walls"
down_revision = "0024_answers"

TABLES = ("answer_consent", "seen_too", "seen_too_count")
UP = (
    """
    ALTER TABLE answer_consent ENABLE ROW LEVEL SECURITY
    """,
    """
    CREATE POLICY web_reads ON answer_consent FOR SELECT TO hub_web USING ((answer_consent.organisation_id IN (SELECT post.organisation_id FROM post WHERE post.state = 'active' AND post.person_id = (SELECT CAST(nullif(current_setting('app.person', true), '') AS UUID) AS nullif_1))))
    """,
    """
    CREATE POLICY web_inserts ON answer_consent FOR INSERT TO hub_web WITH CHECK ((answer_consent.organisation_id IN (SELECT post.organisation_id FROM post WHERE post.state = 'active' AND post.person_id = (SELECT CAST(nullif(current_setting('app.person', true), '') AS UUID) AS nullif_1))))
    """,
    """
    CREATE POLICY web_updates ON answer_consent FOR UPDATE TO hub_web USING ((answer_consent.organisation_id IN (SELECT post.organisation_id FROM post WHERE post.state = 'active' AND post.person_id = (SELECT CAST(nullif(current_setting('app.person', true), '') AS UUID) AS nullif_1)))) WITH CHECK ((answer_consent.organisation_id IN (SELECT post.organisation_id FROM post WHERE post.state = 'active' AND post.person_id = (SELECT CAST(nullif(current_setting('app.person', true), '') AS UUID) AS nullif_1))))
    """,
    """
    CREATE POLICY web_deletes ON answer_consent FOR DELETE TO hub_web USING ((answer_consent.organisation_id IN (SELECT post.organisation_id FROM post WHERE post.state = 'active' AND post.person_id = (SELECT CAST(nullif(current_setting('app.person', true), '') AS UUID) AS nullif_1))))
    """,
    """
    CREATE POLICY work_does ON answer_consent FOR ALL TO hub_work USING (true) WITH CHECK (true)
    """,
    """
    ALTER TABLE seen_too ENABLE ROW LEVEL SECURITY
    """,
    """
    CREATE POLICY web_reads ON seen_too FOR SELECT TO hub_web USING ((seen_too.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = seen_too.item_id)))
    """,
    """
    CREATE POLICY web_inserts ON seen_too FOR INSERT TO hub_web WITH CHECK ((seen_too.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = seen_too.item_id)))
    """,
    """
    CREATE POLICY web_updates ON seen_too FOR UPDATE TO hub_web USING ((seen_too.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = seen_too.item_id))) WITH CHECK ((seen_too.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = seen_too.item_id)))
    """,
    """
    CREATE POLICY web_deletes ON seen_too FOR DELETE TO hub_web USING ((seen_too.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = seen_too.item_id)))
    """,
    """
    CREATE POLICY work_does ON seen_too FOR ALL TO hub_work USING (true) WITH CHECK (true)
    """,
    """
    ALTER TABLE seen_too_count ENABLE ROW LEVEL SECURITY
    """,
    """
    CREATE POLICY web_reads ON seen_too_count FOR SELECT TO hub_web USING ((seen_too_count.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = seen_too_count.item_id)))
    """,
    """
    CREATE POLICY web_inserts ON seen_too_count FOR INSERT TO hub_web WITH CHECK ((seen_too_count.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = seen_too_count.item_id)))
    """,
    """
    CREATE POLICY web_updates ON seen_too_count FOR UPDATE TO hub_web USING ((seen_too_count.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = seen_too_count.item_id))) WITH CHECK ((seen_too_count.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = seen_too_count.item_id)))
    """,
    """
    CREATE POLICY web_deletes ON seen_too_count FOR DELETE TO hub_web USING ((seen_too_count.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = seen_too_count.item_id)))
    """,
    """
    CREATE POLICY work_does ON seen_too_count FOR ALL TO hub_work USING (true) WITH CHECK (true)
    """,
)

POLICIES = ("web_reads", "web_inserts", "web_updates", "web_deletes", "work_does")


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for table in TABLES:
        for policy in POLICIES:
            op.execute(f"DROP POLICY {policy} ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
