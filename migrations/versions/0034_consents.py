"""An invitation names the organisations it is for; an organisation's word about its provider waits for a coordinator."""

from alembic import op

revision = "0034_consents"
down_revision = "0033_sign_in_times"

UP = (
    "ALTER TABLE invitation ADD COLUMN organisations UUID[] NOT NULL DEFAULT '{}'",
    # Who wrote those that are under way is not known: each goes on meaning what it meant.
    """
    UPDATE invitation SET organisations = named.ids
    FROM (
        SELECT person_id, array_agg(organisation_id) AS ids FROM post WHERE state = 'invited' GROUP BY person_id
    ) AS named
    WHERE named.person_id = invitation.person_id AND invitation.used_at IS NULL
    """,
    "ALTER TABLE provider_binding ADD COLUMN confirmed_by UUID, ADD COLUMN confirmed_at TIMESTAMP WITH TIME ZONE",
    """
    ALTER TABLE provider_binding ADD CONSTRAINT fk_provider_binding_confirmed_by_person
    FOREIGN KEY(confirmed_by) REFERENCES person (id) ON DELETE SET NULL
    """,
)

DOWN = (
    "ALTER TABLE provider_binding DROP COLUMN confirmed_by, DROP COLUMN confirmed_at",
    "ALTER TABLE invitation DROP COLUMN organisations",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
