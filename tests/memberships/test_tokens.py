"""Personal tokens: shown once, kept as a hash, dead with their day, with their owner's place or at a word."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests import factories
from warp_hub import audit, clock, db
from warp_hub.memberships import organisations, people, tokens
from warp_hub.memberships.models import MembershipKind, Organisation, Person, Token, Warp
from warp_hub.memberships.reading import Unreadable
from warp_hub.memberships.tokens import LivesTooLong, NameTaken, TokenRefused, TooManyTokens
from warp_hub.tlp import Marking, RedIsForEyes

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def midshire() -> Warp:
    return factories.warp()


@pytest.fixture
def council(midshire: Warp) -> Organisation:
    return factories.organisation(midshire)


@pytest.fixture
def sam(council: Organisation) -> Person:
    return factories.person(council, email="Sam.Lee@testham.example")


def _minted(of: Person, name: str = "firewall", ceiling: Marking = tokens.HIGHEST, **given: Any) -> str:
    secret = tokens.mint(of.id, name, ceiling, clock.now() + given.pop("lives", tokens.LIVES), **given)
    db.session.commit()
    return secret


def test_a_token_is_its_owner_through_a_tool(sam: Person, council: Organisation, midshire: Warp) -> None:
    found = tokens.find("sam.lee@TESTHAM.example", _minted(sam))
    assert found is not None
    assert (found.person_id, found.ceiling) == (sam.id, Marking.AMBER_STRICT)
    assert found.viewer.amber == found.viewer.strict == {sam.id, council.id, midshire.id}
    assert found.viewer.red == found.viewer.keeps == frozenset()


def test_only_the_hash_of_a_token_is_kept(sam: Person) -> None:
    secret = _minted(sam)
    kept = db.session.execute(select(Token.__table__)).one()
    recorded = db.session.execute(select(audit.Audit.__table__)).all()
    assert secret.startswith("warp_")
    assert len(secret) == 48
    assert secret not in repr(kept) + repr(recorded)


def test_each_token_is_another(sam: Person) -> None:
    assert len({_minted(sam, f"tool {number}") for number in range(tokens.MOST)}) == tokens.MOST


def test_nobody_uses_anothers_token(sam: Person, council: Organisation) -> None:
    secret, robin = _minted(sam), factories.person(council)
    refused = [(robin.email, secret), ("nobody@nowhere.example", secret), ("", secret), (sam.email, ""), ("", "")]
    refused += [(sam.email, secret.upper()), (sam.email, secret[:-1]), (sam.email, "\ud800"), ("\ud800", secret)]
    assert [tokens.find(*given) for given in refused] == [None] * len(refused)


def test_a_token_carries_no_more_than_its_label(sam: Person) -> None:
    viewers = {
        ceiling: tokens.find(sam.email, _minted(sam, ceiling.value, ceiling)).viewer  # type: ignore[union-attr]
        for ceiling in tokens.CEILINGS
    }
    assert [bool(viewer.amber) for viewer in viewers.values()] == [False, False, True, True]
    assert [bool(viewer.strict) for viewer in viewers.values()] == [False, False, False, True]
    assert [viewer.only_clear for viewer in viewers.values()] == [True, False, False, False]


def test_the_token_of_an_associate_carries_no_amber_strict(midshire: Warp) -> None:
    supplier = factories.member(midshire, kind=MembershipKind.ASSOCIATE)
    found = tokens.find(supplier.email, _minted(supplier))
    assert found is not None
    assert found.viewer.amber
    assert found.viewer.strict == frozenset()


def _is_void(_secret: str, sam: Person, _council: Organisation, _warp: Warp) -> None:
    sam.void_before = clock.now()


def _is_suspended(_secret: str, sam: Person, _council: Organisation, _warp: Warp) -> None:
    people.suspend(sam, "a test")


def _has_lapsed(_secret: str, _sam: Person, council: Organisation, warp: Warp) -> None:
    organisations.lapse(council, warp)


def _has_left(_secret: str, sam: Person, council: Organisation, _warp: Warp) -> None:
    people.leave_post(sam, council)


def _is_stopped(_secret: str, sam: Person, _council: Organisation, _warp: Warp) -> None:
    (token,) = tokens.tokens_of(sam.id)
    assert tokens.revoke(token.id, sam.id)


@pytest.mark.parametrize("end", [_is_void, _is_suspended, _has_lapsed, _has_left, _is_stopped])
def test_a_token_dies_with_whatever_it_rests_on(end: Any, sam: Person, council: Organisation, midshire: Warp) -> None:
    secret = _minted(sam)
    end(secret, sam, council, midshire)
    db.session.commit()
    assert tokens.find(sam.email, secret) is None


def test_a_token_dies_on_its_day_and_its_name_is_free_again(sam: Person) -> None:
    secret = _minted(sam)
    with clock.at(clock.now() + tokens.LIVES - timedelta(minutes=1)):
        assert tokens.find(sam.email, secret) is not None
    with clock.at(clock.now() + tokens.LIVES + timedelta(minutes=1)):
        assert tokens.find(sam.email, secret) is None
        assert [token.name for token in tokens.tokens_of(sam.id)] == ["firewall"]
        assert tokens.find(sam.email, _minted(sam)) is not None
        assert len(tokens.tokens_of(sam.id)) == 1


@pytest.mark.parametrize("lives", [timedelta(0), timedelta(days=-1), timedelta(days=366)])
def test_a_token_lives_for_a_year_at_most(sam: Person, lives: timedelta) -> None:
    with pytest.raises(LivesTooLong):
        _minted(sam, lives=lives)


def test_what_cannot_be_a_token_is_refused(sam: Person) -> None:
    with pytest.raises(RedIsForEyes):
        _minted(sam, ceiling=Marking.RED)
    for name in ("", " ", "x" * 61, "a\u202eb", "=1+1"):
        with pytest.raises(Unreadable):
            _minted(sam, name)
    _minted(sam, "SIEM")
    with pytest.raises(NameTaken):
        _minted(sam, " SIEM ")


def test_nobody_has_tokens_without_end(sam: Person) -> None:
    for number in range(tokens.MOST):
        _minted(sam, f"tool {number}")
    with pytest.raises(TooManyTokens):
        _minted(sam, "one more")


def test_the_day_of_its_last_use_is_noted_once_a_day(sam: Person) -> None:
    found = tokens.find(sam.email, _minted(sam))
    assert found is not None
    assert [tokens.note_use(found.token_id) for _ in range(3)] == [True, False, False]
    with clock.at(clock.now() + timedelta(days=1)):
        assert tokens.note_use(found.token_id)


def test_only_its_owner_stops_a_token(sam: Person, council: Organisation) -> None:
    secret, robin = _minted(sam), factories.person(council)
    (token,) = tokens.tokens_of(sam.id)
    assert not tokens.revoke(token.id, robin.id)
    assert tokens.find(sam.email, secret) is not None


def test_what_ended_long_ago_is_forgotten(sam: Person) -> None:
    _minted(sam)
    assert tokens.sweep() == 0
    with clock.at(clock.now() + tokens.LIVES + tokens.KEPT_FOR + timedelta(days=1)):
        assert tokens.sweep() == 1


def test_the_operator_is_given_the_token_alone_on_the_last_line(sam: Person) -> None:
    told, secret = tokens.create_by_command("sam.lee@testham.example", "SIEM", None)
    db.session.commit()
    found = tokens.find(sam.email, secret)
    assert found is not None
    assert found.ceiling is Marking.AMBER_STRICT
    assert "up to TLP:AMBER+STRICT" in told


@pytest.mark.parametrize(
    ("typed", "label"), [("TLP:GREEN", "TLP:GREEN"), ("amber", "TLP:AMBER"), ("clear", "TLP:CLEAR")]
)
def test_the_operator_types_a_label_as_people_do(sam: Person, typed: str, label: str) -> None:
    *_, secret = tokens.create_by_command(sam.email, "SIEM", typed)
    assert tokens.find(sam.email, secret).ceiling == label  # type: ignore[union-attr]


@pytest.mark.parametrize("given", [("nobody@nowhere.example", None), ("sam.lee@testham.example", "RED")])
@pytest.mark.usefixtures("sam")
def test_the_operator_is_refused_in_one_sentence(given: tuple[str, str | None]) -> None:
    with pytest.raises(TokenRefused, match=r"^[^\n]+$"):
        list(tokens.create_by_command(given[0], "SIEM", given[1]))
