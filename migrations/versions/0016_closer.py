"""Functions of the owner: nobody's passing table stands in for one of theirs, a record is opened by whoever asks."""

from alembic import op

revision = "0016_closer"
down_revision = "0015_about"

# Named last, or a table of the caller's own making would be found before all others.
OF_THE_OWNER = (
    "copy_handling()",
    "hand_over(uuid, uuid)",
    "take_back(uuid)",
    "count_replies()",
    "seats_of(uuid, uuid, integer)",
)

# A question whose item is narrowed loses whom the item no longer has.
FOLLOW_WHOLE = """
    CREATE OR REPLACE FUNCTION follow_whole() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
        labels CONSTANT text[] := ARRAY['TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED'];
    BEGIN
        UPDATE public.item AS said SET withdrawn_at = NEW.withdrawn_at
        WHERE said.about_id = NEW.id AND said.kind <> 'recall'
            AND said.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL;
        UPDATE public.item AS said SET
            marking = NEW.marking,
            is_public = false,
            recipients = CASE WHEN NEW.marking = 'TLP:RED' OR said.recipients = '{}' THEN NEW.recipients
                              ELSE said.recipients END
        WHERE said.about_id = NEW.id AND said.kind <> 'recall'
            AND array_position(labels, said.marking::text) < array_position(labels, NEW.marking::text);
        UPDATE public.item AS said SET
            recipients = ARRAY(SELECT unnest(said.recipients) INTERSECT SELECT unnest(NEW.recipients))
        WHERE said.about_id = NEW.id AND said.kind = 'question'
            AND said.marking IN ('TLP:AMBER', 'TLP:AMBER+STRICT')
            AND NEW.marking IN ('TLP:AMBER', 'TLP:AMBER+STRICT')
            AND NOT said.recipients <@ NEW.recipients;
        RETURN NULL;
    END $$
    """

FOLLOW_WHOLE_BEFORE = """
    CREATE OR REPLACE FUNCTION follow_whole() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    DECLARE
        labels CONSTANT text[] := ARRAY['TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED'];
    BEGIN
        UPDATE public.item AS said SET withdrawn_at = NEW.withdrawn_at
        WHERE said.about_id = NEW.id AND said.kind <> 'recall'
            AND said.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL;
        UPDATE public.item AS said SET
            marking = NEW.marking,
            is_public = false,
            recipients = CASE WHEN NEW.marking = 'TLP:RED' OR said.recipients = '{}' THEN NEW.recipients
                              ELSE said.recipients END
        WHERE said.about_id = NEW.id AND said.kind <> 'recall'
            AND array_position(labels, said.marking::text) < array_position(labels, NEW.marking::text);
        RETURN NULL;
    END $$
    """

# By the person who is signed in and by nobody in their name; whoever stands in for a while opens nothing.
OPEN_SEALED_RECORD = """
    CREATE OR REPLACE FUNCTION open_sealed_record(of_lookup BYTEA, of_record UUID, by_person UUID, for_reason TEXT) RETURNS BYTEA
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DECLARE
        moment TIMESTAMPTZ := nullif(current_setting('app.now', true), '')::timestamptz;
        of_warp UUID;
        found_record BYTEA;
    BEGIN
        IF moment IS NULL OR coalesce(btrim(for_reason), '') = ''
            OR by_person IS DISTINCT FROM nullif(current_setting('app.person', true), '')::uuid THEN
            RETURN NULL;
        END IF;
        SELECT held.warp_id INTO of_warp
          FROM public.coordinator AS held JOIN public.person AS who ON who.id = held.person_id
         WHERE held.person_id = by_person AND held.state = 'active' AND held.until IS NULL AND who.state = 'active'
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
    """

OPEN_SEALED_RECORD_BEFORE = """
    CREATE OR REPLACE FUNCTION open_sealed_record(of_lookup BYTEA, of_record UUID, by_person UUID, for_reason TEXT) RETURNS BYTEA
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
    """

UP = (
    *(f"ALTER FUNCTION {name} SET search_path = pg_catalog, public, pg_temp" for name in OF_THE_OWNER),
    FOLLOW_WHOLE,
    OPEN_SEALED_RECORD,
)
DOWN = (
    OPEN_SEALED_RECORD_BEFORE,
    FOLLOW_WHOLE_BEFORE,
    *(f"ALTER FUNCTION {name} SET search_path = pg_catalog, public" for name in OF_THE_OWNER),
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
