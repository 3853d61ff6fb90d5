"""Daily totals, and who stands in for a coordinator."""

from alembic import op

revision = "0014_totals"
down_revision = "0013_tokens"

UP: tuple[str, ...] = (
    """
    ALTER TABLE coordinator ADD COLUMN until TIMESTAMP WITH TIME ZONE
    """,
    """
    CREATE TABLE stand_in (
        id UUID NOT NULL,
        warp_id UUID NOT NULL,
        coordinator_id UUID NOT NULL,
        person_id UUID NOT NULL,
        named_at TIMESTAMP WITH TIME ZONE NOT NULL,
        until TIMESTAMP WITH TIME ZONE NOT NULL,
        ended_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_stand_in PRIMARY KEY (id),
        CONSTRAINT fk_stand_in_warp_id_warp FOREIGN KEY(warp_id) REFERENCES warp (id) ON DELETE CASCADE,
        CONSTRAINT fk_stand_in_coordinator_id_person FOREIGN KEY(coordinator_id) REFERENCES person (id) ON DELETE CASCADE,
        CONSTRAINT fk_stand_in_person_id_person FOREIGN KEY(person_id) REFERENCES person (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE UNIQUE INDEX ix_stand_in_open ON stand_in (warp_id, coordinator_id) WHERE ended_at IS NULL
    """,
    """
    CREATE INDEX ix_stand_in_person_id ON stand_in (person_id)
    """,
    """
    CREATE TABLE daily_total (
        warp_id UUID NOT NULL,
        day DATE NOT NULL,
        counts JSONB NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_daily_total PRIMARY KEY (warp_id, day),
        CONSTRAINT fk_daily_total_warp_id_warp FOREIGN KEY(warp_id) REFERENCES warp (id) ON DELETE CASCADE
    )
    """,
    """
    GRANT SELECT, INSERT, UPDATE ON stand_in TO hub_web
    """,
    """
    GRANT SELECT ON daily_total TO hub_web
    """,
    """
    GRANT SELECT, INSERT, UPDATE, DELETE ON stand_in, daily_total TO hub_work
    """,
)

DOWN: tuple[str, ...] = (
    "DROP TABLE daily_total, stand_in",
    # Who only stood in runs nothing any more once nobody can see until when.
    "UPDATE coordinator SET state = 'left' WHERE until IS NOT NULL",
    "ALTER TABLE coordinator DROP COLUMN until",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
