"""Digests and immediate notices: who wants them, which were begun, how far each person is covered."""

from alembic import op

revision = "0006_digests"
down_revision = "0005_advisories"

UP = (
    """
    CREATE TABLE alert_choice (
        person_id UUID NOT NULL,
        stopped_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_alert_choice PRIMARY KEY (person_id),
        CONSTRAINT fk_alert_choice_person_id_person FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE alert_sent (
        person_id UUID NOT NULL,
        item_id UUID NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        withheld TEXT,
        CONSTRAINT pk_alert_sent PRIMARY KEY (person_id, item_id),
        CONSTRAINT fk_alert_sent_person_id_person FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE CASCADE,
        CONSTRAINT fk_alert_sent_item_id_item FOREIGN KEY(item_id) REFERENCES item (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_alert_sent_person_id_at ON alert_sent (person_id, at)
    """,
    """
    CREATE TABLE digest_run (
        id UUID NOT NULL,
        person_id UUID NOT NULL,
        warp_id UUID NOT NULL,
        period DATE NOT NULL,
        started_at TIMESTAMP WITH TIME ZONE NOT NULL,
        horizon TIMESTAMP WITH TIME ZONE,
        letter_id UUID,
        skipped TEXT,
        delivered_at TIMESTAMP WITH TIME ZONE,
        printed UUID[] NOT NULL,
        noticed UUID[] NOT NULL,
        CONSTRAINT pk_digest_run PRIMARY KEY (id),
        CONSTRAINT uq_digest_run_person_id_warp_id_period UNIQUE (person_id, warp_id, period),
        CONSTRAINT fk_digest_run_person_id_person FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE CASCADE,
        CONSTRAINT fk_digest_run_warp_id_warp FOREIGN KEY(warp_id) REFERENCES warp (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_digest_run_letter_id ON digest_run (letter_id)
    """,
    """
    CREATE INDEX ix_digest_run_warp_id_period ON digest_run (warp_id, period)
    """,
    """
    CREATE TABLE digest_slot (
        warp_id UUID NOT NULL,
        cadence VARCHAR(40) NOT NULL,
        period DATE NOT NULL,
        started_at TIMESTAMP WITH TIME ZONE NOT NULL,
        posted INTEGER NOT NULL,
        skipped INTEGER NOT NULL,
        CONSTRAINT pk_digest_slot PRIMARY KEY (warp_id, cadence, period),
        CONSTRAINT fk_digest_slot_warp_id_warp FOREIGN KEY(warp_id) REFERENCES warp (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE digest_subscription (
        person_id UUID NOT NULL,
        warp_id UUID NOT NULL,
        cadence VARCHAR(40) NOT NULL,
        unsubscribed_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_digest_subscription PRIMARY KEY (person_id, warp_id),
        CONSTRAINT fk_digest_subscription_person_id_person FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE CASCADE,
        CONSTRAINT fk_digest_subscription_warp_id_warp FOREIGN KEY(warp_id) REFERENCES warp (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE digest_watermark (
        person_id UUID NOT NULL,
        warp_id UUID NOT NULL,
        covered_until TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_digest_watermark PRIMARY KEY (person_id, warp_id),
        CONSTRAINT fk_digest_watermark_person_id_person FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE CASCADE,
        CONSTRAINT fk_digest_watermark_warp_id_warp FOREIGN KEY(warp_id) REFERENCES warp (id) ON DELETE CASCADE
    )
    """,
    """
    GRANT SELECT, INSERT, UPDATE ON digest_subscription, alert_choice TO hub_web
    """,
    """
    GRANT SELECT ON digest_slot, digest_run, digest_watermark TO hub_web
    """,
    """
    GRANT SELECT, INSERT, UPDATE, DELETE ON
        digest_subscription, digest_slot, digest_run, digest_watermark, alert_choice, alert_sent
    TO hub_work
    """,
)

DOWN = ("DROP TABLE alert_choice, alert_sent, digest_run, digest_slot, digest_subscription, digest_watermark",)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
