"""A key is worth its passphrase: nowhere stored, slowed down when guessed, gone when destroyed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import factories
from tests.custody.conftest import HOUR, PASSPHRASE, Community, web
from warp_hub import clock, db
from warp_hub.custody import holders, sealing
from warp_hub.custody.holders import HasKey, NoKey, WrongPassphrase
from warp_hub.custody.models import KeyHolder
from warp_hub.custody.sealing import Sender
from warp_hub.custody.tries import TooManyTries
from warp_hub.memberships import people

ANOTHER = "nine kettles sing at midnight"


def guess(community: Community, passphrase: str = "wrong") -> bytes:
    with web():
        try:
            return holders.unlock(community.first.id, passphrase)
        finally:
            db.session.commit()


def test_the_passphrase_alone_opens_the_key(community: Community) -> None:
    assert len(guess(community, PASSPHRASE)) == 32
    with pytest.raises(WrongPassphrase):
        guess(community, PASSPHRASE + " ")


def test_an_accent_is_the_same_however_a_keyboard_makes_it(community: Community) -> None:
    person = factories.coordinator(community.warp)
    with web():
        holders.make_key(person.id, "tŷ coch ar y bryn café")
        assert holders.unlock(person.id, "tŷ coch ar y bryn cafe\u0301")


def test_after_five_wrong_guesses_even_the_right_one_waits(community: Community) -> None:
    for _ in range(5):
        with pytest.raises(WrongPassphrase):
            guess(community)
    with pytest.raises(TooManyTries) as refused:
        guess(community, PASSPHRASE)

    assert timedelta(seconds=20) < refused.value.wait <= timedelta(seconds=30)
    with clock.at(clock.now() + timedelta(seconds=31)):
        assert guess(community, PASSPHRASE)
        with pytest.raises(WrongPassphrase):
            guess(community)


def test_a_wrapped_key_moved_to_another_person_does_not_open(community: Community) -> None:
    with web():
        rows = {row.person_id: row for row in db.session.scalars(select(KeyHolder))}
        mine, theirs = rows[community.first.id], rows[community.second.id]
        mine.wrapped, mine.salt = theirs.wrapped, theirs.salt
        db.session.commit()

    with pytest.raises(WrongPassphrase):
        guess(community, PASSPHRASE)


def test_another_passphrase_opens_what_was_sealed_before(community: Community) -> None:
    sealed = sealing.seal(community.warp.id, community.warp.id, Sender(community.robin.id, community.council.id, HOUR))
    with web():
        holders.change_passphrase(community.first.id, PASSPHRASE, ANOTHER)
        db.session.commit()

    with pytest.raises(WrongPassphrase):
        guess(community, PASSPHRASE)
    assert sealing.unseal(sealed, community.warp.id, guess(community, ANOTHER)).sender.person_id == community.robin.id


def test_a_destroyed_key_is_nowhere_and_counts_no_more(community: Community) -> None:
    with web():
        holders.retire(community.first.id)
        db.session.commit()
        kept = db.session.scalars(select(KeyHolder).where(KeyHolder.person_id == community.first.id)).one()
        assert kept.wrapped is None

    assert (holders.count_keys(community.warp.id), holders.is_offered(community.warp.id)) == (1, False)
    with pytest.raises(NoKey):
        guess(community, PASSPHRASE)
    with web():
        holders.make_key(community.first.id, PASSPHRASE)
        db.session.commit()
    assert holders.is_offered(community.warp.id)


def test_nobody_holds_two_keys(community: Community) -> None:
    with web(), pytest.raises(HasKey):
        holders.make_key(community.first.id, ANOTHER)


def test_who_no_longer_runs_the_warp_is_no_key_holder(community: Community) -> None:
    third = community.key_holder()
    assert holders.count_keys(community.warp.id) == 3

    people.step_down(third, community.warp)
    people.suspend(community.first, "left the council")
    db.session.commit()

    assert holders.names_of_holders(community.warp.id) == [community.second.name]


def test_a_record_is_sealed_to_the_ten_who_held_their_keys_longest(community: Community) -> None:
    for _ in range(9):
        community.key_holder()

    assert holders.count_keys(community.warp.id) == 11
    assert len(holders.public_keys(community.warp.id)) == 10
    community.file()


def test_the_worker_cannot_read_what_a_passphrase_opens(community: Community) -> None:
    from sqlalchemy.exc import ProgrammingError

    with pytest.raises(ProgrammingError, match="permission denied"):
        db.session.scalars(select(KeyHolder.wrapped)).all()
    db.session.rollback()
