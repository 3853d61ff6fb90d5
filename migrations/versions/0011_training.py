"""Training sessions, places in them, reminders, and personal calendars."""

from alembic import op

revision = "0011_training"
down_revision = "0010_incidents"

UP = (
    """
    CREATE TABLE training_session (
        id UUID NOT NULL,
        warp_id UUID NOT NULL,
        kind VARCHAR(40) NOT NULL,
        open_to VARCHAR(40) NOT NULL,
        starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
        ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
        zone TEXT NOT NULL,
        is_online BOOLEAN NOT NULL,
        place TEXT NOT NULL,
        join_link TEXT NOT NULL,
        text JSONB NOT NULL,
        html JSONB NOT NULL,
        capacity INTEGER,
        per_organisation INTEGER,
        sequence INTEGER NOT NULL,
        cancelled_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_training_session PRIMARY KEY (id),
        CONSTRAINT fk_training_session_id_item FOREIGN KEY(id) REFERENCES item (id) ON DELETE CASCADE,
        CONSTRAINT fk_training_session_warp_id_warp FOREIGN KEY(warp_id) REFERENCES warp (id)
    )
    """,
    """
    CREATE INDEX ix_training_session_starts_at ON training_session (starts_at, id)
    """,
    """
    CREATE INDEX ix_training_session_warp_id_starts_at ON training_session (warp_id, starts_at)
    """,
    """
    CREATE TABLE booking (
        id UUID NOT NULL,
        item_id UUID NOT NULL,
        person_id UUID NOT NULL,
        organisation_id UUID,
        state VARCHAR(40) NOT NULL,
        asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
        changes INTEGER NOT NULL,
        attended BOOLEAN NOT NULL,
        CONSTRAINT pk_booking PRIMARY KEY (id),
        CONSTRAINT uq_booking_item_id_person_id UNIQUE (item_id, person_id),
        CONSTRAINT fk_booking_item_id_item FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE CASCADE,
        CONSTRAINT fk_booking_person_id_person FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE CASCADE,
        CONSTRAINT fk_booking_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id) ON DELETE SET NULL
    )
    """,
    """
    CREATE INDEX ix_booking_line ON booking (item_id, state, asked_at, id)
    """,
    """
    CREATE INDEX ix_booking_person_id ON booking (person_id)
    """,
    """
    CREATE TABLE training_reminder (
        booking_id UUID NOT NULL,
        hours INTEGER NOT NULL,
        starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_training_reminder PRIMARY KEY (booking_id, hours, starts_at),
        CONSTRAINT fk_training_reminder_booking_id_booking FOREIGN KEY(booking_id) REFERENCES booking (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE calendar_address (
        person_id UUID NOT NULL,
        secret_hash BYTEA NOT NULL,
        made_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_calendar_address PRIMARY KEY (person_id),
        CONSTRAINT fk_calendar_address_person_id_person FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE CASCADE,
        CONSTRAINT uq_calendar_address_secret_hash UNIQUE (secret_hash)
    )
    """,
    # Numbers only: whoever asks for a place sees no booking but their own.
    """
    CREATE FUNCTION seats_of(asked_item uuid, asked_organisation uuid, most_of_one integer)
    RETURNS TABLE (booked bigint, ours bigint, due bigint, line bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
        WITH held AS (
            SELECT * FROM public.booking WHERE item_id = asked_item AND state IN ('booked', 'waiting')
        ), had AS (
            SELECT organisation_id, count(*) AS places FROM held WHERE state = 'booked' GROUP BY organisation_id
        ), mine AS (
            SELECT asked_at, id FROM held
            WHERE state = 'waiting' AND person_id = CAST(nullif(current_setting('app.person', true), '') AS uuid)
        )
        SELECT
            (SELECT count(*) FROM held WHERE state = 'booked'),
            (SELECT count(*) FROM held WHERE state = 'booked' AND organisation_id = asked_organisation),
            (
                SELECT count(*) FROM held LEFT JOIN had USING (organisation_id)
                WHERE state = 'waiting' AND (most_of_one IS NULL OR coalesce(places, 0) < most_of_one)
            ),
            (SELECT count(*) FROM held, mine WHERE state = 'waiting' AND (held.asked_at, held.id) <= (mine.asked_at, mine.id))
    $$
    """,
    """
    REVOKE ALL ON FUNCTION seats_of(uuid, uuid, integer) FROM PUBLIC
    """,
    """
    GRANT EXECUTE ON FUNCTION seats_of(uuid, uuid, integer) TO hub_web, hub_work
    """,
    """
    GRANT SELECT, INSERT, UPDATE, DELETE ON training_session, booking, training_reminder, calendar_address TO hub_work
    """,
    """
    GRANT SELECT, INSERT, UPDATE ON training_session, booking TO hub_web
    """,
    """
    GRANT SELECT, INSERT, UPDATE, DELETE ON calendar_address TO hub_web
    """,
    """
    ALTER TABLE training_session ENABLE ROW LEVEL SECURITY
    """,
    """
    CREATE POLICY web_reads ON training_session FOR SELECT TO hub_web USING ((training_session.id = (SELECT whole.id FROM item AS whole WHERE whole.id = training_session.id)))
    """,
    """
    CREATE POLICY web_inserts ON training_session FOR INSERT TO hub_web WITH CHECK ((training_session.id = (SELECT whole.id FROM item AS whole WHERE whole.id = training_session.id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY web_updates ON training_session FOR UPDATE TO hub_web USING ((training_session.id = (SELECT whole.id FROM item AS whole WHERE whole.id = training_session.id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2)))))) WITH CHECK ((training_session.id = (SELECT whole.id FROM item AS whole WHERE whole.id = training_session.id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY web_deletes ON training_session FOR DELETE TO hub_web USING ((training_session.id = (SELECT whole.id FROM item AS whole WHERE whole.id = training_session.id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))
    """,
    """
    CREATE POLICY work_does ON training_session FOR ALL TO hub_work USING (true) WITH CHECK (true)
    """,
    """
    ALTER TABLE booking ENABLE ROW LEVEL SECURITY
    """,
    """
    CREATE POLICY web_reads ON booking FOR SELECT TO hub_web USING (((booking.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = booking.item_id)) AND (booking.person_id = (SELECT CAST(nullif(current_setting('app.person', true), '') AS UUID) AS nullif_1) OR (booking.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = booking.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))))
    """,
    """
    CREATE POLICY web_inserts ON booking FOR INSERT TO hub_web WITH CHECK (((booking.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = booking.item_id)) AND (booking.person_id = (SELECT CAST(nullif(current_setting('app.person', true), '') AS UUID) AS nullif_1) OR (booking.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = booking.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))))
    """,
    """
    CREATE POLICY web_updates ON booking FOR UPDATE TO hub_web USING (((booking.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = booking.item_id)) AND (booking.person_id = (SELECT CAST(nullif(current_setting('app.person', true), '') AS UUID) AS nullif_1) OR (booking.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = booking.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2)))))))) WITH CHECK (((booking.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = booking.item_id)) AND (booking.person_id = (SELECT CAST(nullif(current_setting('app.person', true), '') AS UUID) AS nullif_1) OR (booking.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = booking.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))))
    """,
    """
    CREATE POLICY web_deletes ON booking FOR DELETE TO hub_web USING (((booking.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = booking.item_id)) AND (booking.person_id = (SELECT CAST(nullif(current_setting('app.person', true), '') AS UUID) AS nullif_1) OR (booking.item_id = (SELECT whole.id FROM item AS whole WHERE whole.id = booking.item_id AND (whole.keepers && (SELECT CAST(nullif(current_setting('app.keeps', true), '') AS UUID[]) AS nullif_1)) AND (whole.marking != 'TLP:RED' OR (whole.recipients && (SELECT CAST(nullif(current_setting('app.red', true), '') AS UUID[]) AS nullif_2))))))))
    """,
    """
    CREATE POLICY work_does ON booking FOR ALL TO hub_work USING (true) WITH CHECK (true)
    """,
)

DOWN = (
    "DROP FUNCTION seats_of(uuid, uuid, integer)",
    "DROP TABLE calendar_address, training_reminder, booking, training_session",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
