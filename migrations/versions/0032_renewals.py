"""Are these people still with you: rounds of asking, what leads answered, and days of full sign-in, kept apart."""

from alembic import op

revision = "0032_renewals"
down_revision = "0031_directory"

UP = (
    "ALTER TABLE person ADD COLUMN mailbox_confirmed_at TIMESTAMP WITH TIME ZONE",
    """
    CREATE TABLE mailbox_renewal (
        person_id UUID NOT NULL,
        counted_from DATE NOT NULL,
        asked_on DATE,
        due_on DATE,
        reminded INTEGER NOT NULL,
        suspended_on DATE,
        posts UUID[] NOT NULL,
        CONSTRAINT pk_mailbox_renewal PRIMARY KEY (person_id),
        CONSTRAINT fk_mailbox_renewal_person_id_person FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE staff_renewal (
        organisation_id UUID NOT NULL,
        counted_from DATE NOT NULL,
        asked_on DATE,
        due_on DATE,
        reminded INTEGER NOT NULL,
        CONSTRAINT pk_staff_renewal PRIMARY KEY (organisation_id),
        CONSTRAINT fk_staff_renewal_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE staff_answer (
        post_id UUID NOT NULL,
        answer VARCHAR(40) NOT NULL,
        answered_on DATE NOT NULL,
        person_id UUID,
        CONSTRAINT pk_staff_answer PRIMARY KEY (post_id),
        CONSTRAINT fk_staff_answer_post_id_post FOREIGN KEY(post_id) REFERENCES post (id) ON DELETE CASCADE,
        CONSTRAINT fk_staff_answer_person_id_person FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE SET NULL
    )
    """,
    """
    CREATE TABLE signed_in_day (
        person_id UUID NOT NULL,
        day DATE NOT NULL,
        CONSTRAINT pk_signed_in_day PRIMARY KEY (person_id, day),
        CONSTRAINT fk_signed_in_day_person_id_person FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_signed_in_day_day ON signed_in_day (day)",
    """
    CREATE TABLE last_full_month (
        person_id UUID NOT NULL,
        month DATE,
        counted_from DATE NOT NULL,
        CONSTRAINT pk_last_full_month PRIMARY KEY (person_id),
        CONSTRAINT fk_last_full_month_person_id_person FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE CASCADE
    )
    """,
    """
    GRANT SELECT, INSERT, UPDATE ON mailbox_renewal, staff_renewal, staff_answer, last_full_month TO hub_web
    """,
    "GRANT SELECT, INSERT ON signed_in_day TO hub_web",
    """
    GRANT SELECT, INSERT, UPDATE, DELETE ON mailbox_renewal, staff_renewal, staff_answer, signed_in_day, last_full_month TO hub_work
    """,
    # What nobody can sign in with any more, and invitations that are over, are the worker's to remove.
    "GRANT DELETE ON credential, invitation, recovery_code TO hub_work",
)

DOWN = (
    "REVOKE DELETE ON credential, invitation, recovery_code FROM hub_work",
    "DROP TABLE last_full_month, signed_in_day, staff_answer, staff_renewal, mailbox_renewal",
    "ALTER TABLE person DROP COLUMN mailbox_confirmed_at",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
