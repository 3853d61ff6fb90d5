"""Warnings that come by mail: the mailboxes of WARPs and what came of each letter."""

from alembic import op

revision = "0020_mailbox"
down_revision = "0019_writing"

UP = (
    """
    CREATE TABLE mailbox (
        id UUID NOT NULL,
        warp_id UUID NOT NULL,
        host TEXT NOT NULL,
        port INTEGER NOT NULL,
        username TEXT NOT NULL,
        password_sealed BYTEA NOT NULL,
        folder TEXT NOT NULL,
        allow_private BOOLEAN NOT NULL,
        last_looked_at TIMESTAMP WITH TIME ZONE,
        last_ok_at TIMESTAMP WITH TIME ZONE,
        fault TEXT NOT NULL,
        failures INTEGER NOT NULL,
        next_try_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_mailbox PRIMARY KEY (id),
        CONSTRAINT uq_mailbox_warp_id UNIQUE (warp_id),
        CONSTRAINT fk_mailbox_warp_id_warp FOREIGN KEY(warp_id) REFERENCES warp (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE mail_taken (
        id UUID NOT NULL,
        warp_id UUID NOT NULL,
        digest BYTEA NOT NULL,
        taken_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_mail_taken PRIMARY KEY (id),
        CONSTRAINT uq_mail_taken_warp_id_digest UNIQUE (warp_id, digest),
        CONSTRAINT fk_mail_taken_warp_id_warp FOREIGN KEY(warp_id) REFERENCES warp (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE mail_answered (
        sender BYTEA NOT NULL,
        day DATE NOT NULL,
        CONSTRAINT pk_mail_answered PRIMARY KEY (sender)
    )
    """,
    """
    CREATE INDEX ix_mail_answered_day ON mail_answered (day)
    """,
    """
    CREATE TABLE mail_count (
        id UUID NOT NULL,
        keeper UUID NOT NULL,
        day DATE NOT NULL,
        fate VARCHAR(40) NOT NULL,
        count INTEGER NOT NULL,
        CONSTRAINT pk_mail_count PRIMARY KEY (id),
        CONSTRAINT uq_mail_count_keeper_day_fate UNIQUE (keeper, day, fate)
    )
    """,
    """
    GRANT SELECT, INSERT, UPDATE, DELETE ON mailbox, mail_taken, mail_answered, mail_count TO hub_work
    """,
    """
    GRANT SELECT (id, warp_id, last_looked_at, last_ok_at, fault, failures, next_try_at) ON mailbox TO hub_web
    """,
    """
    GRANT SELECT ON mail_count TO hub_web
    """,
    """
    ALTER TABLE mail_count ENABLE ROW LEVEL SECURITY
    """,
    """
    CREATE POLICY web_reads ON mail_count FOR SELECT TO hub_web USING ((mail_count.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[]))))
    """,
    """
    CREATE POLICY web_inserts ON mail_count FOR INSERT TO hub_web WITH CHECK ((mail_count.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[]))))
    """,
    """
    CREATE POLICY web_updates ON mail_count FOR UPDATE TO hub_web USING ((mail_count.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[])))) WITH CHECK ((mail_count.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[]))))
    """,
    """
    CREATE POLICY web_deletes ON mail_count FOR DELETE TO hub_web USING ((mail_count.keeper = ANY (CAST((SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1) AS UUID[]))))
    """,
    """
    CREATE POLICY work_does ON mail_count FOR ALL TO hub_work USING (true) WITH CHECK (true)
    """,
)

DOWN = ("DROP TABLE mail_count, mail_answered, mail_taken, mailbox",)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
