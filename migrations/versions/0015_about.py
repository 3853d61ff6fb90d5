"""What is said about an item (a note, a question) follows it when it is raised or withdrawn."""

from alembic import op

revision = "0015_about"
down_revision = "0014_totals"

UP = (
    # Of the owner, since a coordinator may not change what another WARP said; a recall outlives what it recalls.
    """
    CREATE FUNCTION follow_whole() RETURNS trigger
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
    """,
    """
    CREATE TRIGGER item_is_followed AFTER UPDATE OF marking, withdrawn_at ON item FOR EACH ROW
    WHEN (OLD.marking IS DISTINCT FROM NEW.marking OR OLD.withdrawn_at IS DISTINCT FROM NEW.withdrawn_at)
    EXECUTE FUNCTION follow_whole()
    """,
    """
    REVOKE ALL ON FUNCTION follow_whole() FROM PUBLIC
    """,
)

DOWN = ("DROP TRIGGER item_is_followed ON item", "DROP FUNCTION follow_whole()")


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
