"""Times of signing in are forgotten after 30 days: what the worker needs for it, and no time where a yes is enough."""

from alembic import op

revision = "0033_sign_in_times"
down_revision = "0032_renewals"

UP = (
    "ALTER TABLE recovery_code ADD COLUMN is_used BOOLEAN NOT NULL DEFAULT false",
    "UPDATE recovery_code SET is_used = true WHERE used_at IS NOT NULL",
    "ALTER TABLE recovery_code DROP COLUMN used_at, ALTER COLUMN is_used DROP DEFAULT",
    "GRANT SELECT (is_used) ON recovery_code TO hub_work",
    "GRANT UPDATE (used_at) ON recovery_address TO hub_work",
    "GRANT SELECT (totp_last_step) ON credential TO hub_work",
    "GRANT SELECT (id), UPDATE (last_used_on) ON passkey TO hub_work",
    # From now on the month is noted, and no finer time.
    "UPDATE sign_in_attempt SET last_at = date_trunc('month', last_at, 'UTC') WHERE last_at = good_at",
    "UPDATE sign_in_attempt SET good_at = date_trunc('month', good_at, 'UTC') WHERE good_at IS NOT NULL",
)

DOWN = (
    "REVOKE SELECT (id), UPDATE (last_used_on) ON passkey FROM hub_work",
    "REVOKE SELECT (totp_last_step) ON credential FROM hub_work",
    "REVOKE UPDATE (used_at) ON recovery_address FROM hub_work",
    "ALTER TABLE recovery_code ADD COLUMN used_at TIMESTAMP WITH TIME ZONE",
    # When it was used nobody knows any more; that it was, everybody must.
    "UPDATE recovery_code SET used_at = made_at WHERE is_used",
    "ALTER TABLE recovery_code DROP COLUMN is_used",
    "GRANT SELECT (used_at) ON recovery_code TO hub_work",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
