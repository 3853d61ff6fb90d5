"""Key holders, sealed records of who sent what, and their opening."""

from alembic import op

revision = "0009_custody"
down_revision = "0008_words"

UP: tuple[str, ...] = (
    """
    CREATE TABLE key_holder (
        id UUID NOT NULL,
        person_id UUID NOT NULL,
        public_key BYTEA NOT NULL,
        wrapped BYTEA,
        salt BYTEA NOT NULL,
        effort INTEGER NOT NULL,
        memory INTEGER NOT NULL,
        made_on DATE NOT NULL,
        retired_on DATE,
        tries INTEGER NOT NULL,
        last_try_at TIMESTAMP WITH TIME ZONE,
        blocked_until TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_key_holder PRIMARY KEY (id),
        CONSTRAINT ck_key_holder_retired_without_key CHECK ((wrapped IS NULL) = (retired_on IS NOT NULL)),
        CONSTRAINT ck_key_holder_public_key CHECK (octet_length(public_key) = 32),
        CONSTRAINT fk_key_holder_person_id_person FOREIGN KEY(person_id) REFERENCES person (id)
    )
    """,
    """
    CREATE UNIQUE INDEX uq_key_holder_live ON key_holder (person_id) WHERE retired_on IS NULL
    """,
    """
    GRANT SELECT, INSERT, UPDATE ON key_holder TO hub_web
    """,
    # The worker seals and counts; what a passphrase opens is not for it.
    """
    GRANT SELECT (id, person_id, public_key, made_on, retired_on), INSERT ON key_holder TO hub_work
    """,
    "CREATE SCHEMA custody",
    # Whatever is moved is vacuumed at once: what lies where and since when tells nothing of who sent what when.
    """
    CREATE TABLE custody.attribution (
        lookup BYTEA NOT NULL,
        sealed BYTEA NOT NULL,
        epoch TEXT NOT NULL,
        expires_on DATE NOT NULL,
        CONSTRAINT pk_attribution PRIMARY KEY (lookup),
        CONSTRAINT ck_attribution_lookup CHECK (octet_length(lookup) = 32),
        CONSTRAINT ck_attribution_sealed CHECK (octet_length(sealed) = 1024),
        CONSTRAINT ck_attribution_epoch CHECK (epoch ~ '^[0-9]{4}-(0[1-9]|1[0-2])$')
    ) WITH (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0)
    """,
    "GRANT USAGE ON SCHEMA custody TO hub_custody",
    "GRANT INSERT, DELETE, SELECT (expires_on) ON custody.attribution TO hub_custody",
    "GRANT SELECT (id, settings) ON warp TO hub_custody",
    # Every row is written anew in one transaction, by its lookup: neither its place nor its transaction's number
    # says when it came.
    """
    CREATE FUNCTION custody.settle() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
        LOCK TABLE custody.attribution IN SHARE ROW EXCLUSIVE MODE;
        WITH gone AS (DELETE FROM custody.attribution RETURNING lookup, sealed, epoch, expires_on)
        INSERT INTO custody.attribution (lookup, sealed, epoch, expires_on)
        SELECT lookup, sealed, epoch, expires_on FROM gone ORDER BY lookup;
    END $$
    """,
    "REVOKE ALL ON FUNCTION custody.settle() FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION custody.settle() TO hub_custody",
    # The one way to a sealed record: for a coordinator of the WARP it was sent to, with a reason, and never without
    # its row in the audit. The line in the server's log stays even when the transaction is given up.
    """
    CREATE FUNCTION open_sealed_record(of_lookup BYTEA, of_record UUID, by_person UUID, for_reason TEXT) RETURNS BYTEA
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DECLARE
        moment TIMESTAMPTZ := nullif(current_setting('app.now', true), '')::timestamptz;
        of_warp UUID;
        found_record BYTEA;
    BEGIN
        IF moment IS NULL OR coalesce(btrim(for_reason), '') = '' THEN
            RETURN NULL;
        END IF;
        SELECT held.warp_id INTO of_warp
          FROM public.coordinator AS held JOIN public.person AS who ON who.id = held.person_id
         WHERE held.person_id = by_person AND held.state = 'active' AND who.state = 'active'
           AND held.warp_id IN (SELECT sent.warp_id FROM public.report AS sent WHERE sent.record_id = of_record
                                UNION SELECT unnest(shared.keepers) FROM public.item AS shared WHERE shared.id = of_record)
         ORDER BY held.warp_id LIMIT 1;
        IF of_warp IS NULL THEN
            RETURN NULL;
        END IF;
        SELECT kept.sealed INTO found_record FROM custody.attribution AS kept
         WHERE kept.lookup = of_lookup AND kept.expires_on > (moment AT TIME ZONE 'Europe/London')::date;
        IF found_record IS NULL THEN
            RETURN NULL;
        END IF;
        INSERT INTO public.audit (id, at, action, actor, item_id, warp_id, detail)
        VALUES (gen_random_uuid(), moment, 'record.opened', by_person, NULL, of_warp,
                jsonb_build_object('reason', for_reason, 'lookup', encode(of_lookup, 'hex')));
        RAISE LOG 'a sealed record was opened by % for %', by_person, of_warp;
        RETURN found_record;
    END $$
    """,
    "REVOKE ALL ON FUNCTION open_sealed_record(BYTEA, UUID, UUID, TEXT) FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION open_sealed_record(BYTEA, UUID, UUID, TEXT) TO hub_web",
)

DOWN: tuple[str, ...] = (
    "DROP FUNCTION open_sealed_record(BYTEA, UUID, UUID, TEXT)",
    "DROP SCHEMA custody CASCADE",
    "REVOKE SELECT (id, settings) ON warp FROM hub_custody",
    "DROP TABLE key_holder",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
