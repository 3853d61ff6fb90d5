"""My systems: products, topics and sources that a person or an organisation watches."""

revision = "0023_interests"
down_revision = "0022_same"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
