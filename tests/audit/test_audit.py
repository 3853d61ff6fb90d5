"""The audit chain: nothing is changed, removed or reordered without showing, and no role may try."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError

from warp_hub import audit, db
from warp_hub.db.roles import RoleUrls


@pytest.fixture
def chained(database: RoleUrls) -> RoleUrls:
    """Return a database with five linked rows."""
    for number in range(5):
        audit.record(f"deed {number}", detail={"number": number})
        db.session.commit()
    assert audit.link() == 5
    db.session.commit()
    return database


def _tamper(urls: RoleUrls, statement: str) -> None:
    engine = create_engine(urls.owner)
    with engine.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text(statement))
    engine.dispose()


def test_an_untouched_chain_verifies_and_says_how_much_is_not_linked_yet(chained: RoleUrls) -> None:
    audit.record("a late deed")
    db.session.commit()
    verdict = audit.verify()
    assert (verdict.linked, verdict.unlinked, verdict.broken_at) == (5, 1, None)
    assert audit.link() == 1
    db.session.commit()
    assert audit.verify().linked == 6


@pytest.mark.parametrize(
    ("statement", "row"),
    [
        ("UPDATE audit SET action = 'something else' WHERE action = 'deed 2'", 3),
        ("UPDATE audit SET detail = '{\"number\": 9}' WHERE action = 'deed 4'", 5),
        ("DELETE FROM audit WHERE action = 'deed 1'", 2),
        ("DELETE FROM audit_link WHERE seq = 2", 2),
        ("UPDATE audit_link SET seq = seq + 10 WHERE seq = 4", 4),
    ],
)
def test_what_was_changed_removed_or_reordered_is_named(chained: RoleUrls, statement: str, row: int) -> None:
    _tamper(chained, statement)
    verdict = audit.verify()
    assert verdict.broken_at == row
    assert verdict.reason


@pytest.mark.parametrize("role", ["web", "work"])
@pytest.mark.parametrize("statement", ["DELETE FROM audit", "UPDATE audit SET action = 'x'", "TRUNCATE audit CASCADE"])
def test_no_role_may_change_what_is_recorded(chained: RoleUrls, role: db.Role, statement: str) -> None:
    with db.acting(role), pytest.raises(ProgrammingError, match="permission denied"):
        db.session.execute(text(statement))
    with db.acting(role):
        db.session.rollback()
