"""A sealed record says nothing, to nobody but its key holders, and only in its own place."""

from uuid import UUID, uuid4

import pytest

from tests import factories
from tests.custody.conftest import HOUR, PASSPHRASE, Community, web
from warp_hub import db
from warp_hub.custody import holders, sealing, wrapping
from warp_hub.custody.sealing import CannotUnseal, NotOffered, Sender, seal_to, unseal

WARP, RECORD = uuid4(), uuid4()
ROBIN = Sender(uuid4(), uuid4(), HOUR.replace(minute=48))


def keys(count: int) -> list[tuple[bytes, bytes]]:
    return [wrapping.new_pair() for _ in range(count)]


def sealed_to(pairs: list[tuple[bytes, bytes]], record: UUID = RECORD, sender: Sender = ROBIN) -> bytes:
    return seal_to([public for _, public in pairs], WARP, record, sender)


@pytest.mark.parametrize("count", [2, 3, 10])
def test_every_record_is_as_long_and_each_key_opens_it(count: int) -> None:
    pairs = keys(count)
    sealed = sealed_to(pairs)

    assert len(sealed) == 1024
    for private, _ in pairs:
        found = unseal(sealed, RECORD, private)
        assert (found.warp_id, found.sender.person_id, found.sender.filed_hour) == (WARP, ROBIN.person_id, HOUR)


def test_more_holders_than_there_are_places_are_refused() -> None:
    with pytest.raises(ValueError, match="10 keys"):
        sealed_to(keys(11))


def test_fife_and_windsor_cannot_be_told_apart(community: Community) -> None:
    lengths = set()
    for name in ("Fife", "Royal Borough of Windsor and Maidenhead"):
        council = factories.organisation(community.warp)
        council.name = name
        sender = factories.person(council, name=f"Robin of {name}")
        sealed = sealing.seal(community.warp.id, uuid4(), Sender(sender.id, council.id, HOUR))
        lengths.add(len(sealed))
        assert name.encode() not in sealed
        assert sender.id.bytes not in sealed

    assert lengths == {1024}


def test_no_two_records_of_one_person_have_anything_in_common() -> None:
    pairs = keys(2)
    one, two = sealed_to(pairs), sealed_to(pairs)

    assert one[0] == two[0]
    assert not {one[at : at + 8] for at in range(1, 1017)} & {two[at : at + 8] for at in range(1, 1017)}


def test_boxes_of_holders_and_of_nobody_look_alike() -> None:
    """Where a box has a byte that only a curve point can have, so have those that are sealed to nobody."""
    boxes = [sealed_to(keys(2))[-800:] for _ in range(20)]
    tops = {box[at + 31] >> 7 for box in boxes for at in range(0, 800, 80)}

    assert tops == {0}


def test_holders_lie_in_every_place() -> None:
    from nacl.exceptions import CryptoError
    from nacl.public import PrivateKey, SealedBox

    pair = keys(1)
    places = set()
    for _ in range(120):
        boxes = sealed_to(pair)[-800:]
        for place in range(10):
            try:
                SealedBox(PrivateKey(pair[0][0])).decrypt(boxes[place * 80 : place * 80 + 80])
            except CryptoError:
                continue
            places.add(place)

    assert places == set(range(10))


def test_a_record_put_in_another_one_s_place_is_refused() -> None:
    pairs = keys(2)
    other = uuid4()
    one, two = sealed_to(pairs), sealed_to(pairs, record=other)

    for sealed, record in (
        (two, RECORD),
        (one, other),
        (one[:-800] + two[-800:], RECORD),
        (two[:-800] + one[-800:], other),
    ):
        with pytest.raises(CannotUnseal):
            unseal(sealed, record, pairs[0][0])


def test_a_record_that_was_changed_anywhere_or_is_none_is_refused() -> None:
    pairs = keys(10)
    sealed = sealed_to(pairs)
    for at in (0, 1, 30, 120, 223):
        changed = bytearray(sealed)
        changed[at] ^= 1
        with pytest.raises(CannotUnseal):
            unseal(bytes(changed), RECORD, pairs[0][0])
    for nothing in (b"", b"\x01" * 1024, sealed[:-1], sealed + b"\0"):
        with pytest.raises(CannotUnseal):
            unseal(nothing, RECORD, pairs[0][0])


def test_a_stranger_s_key_opens_nothing() -> None:
    with pytest.raises(CannotUnseal):
        unseal(sealed_to(keys(2)), RECORD, keys(1)[0][0])


def test_nothing_is_sealed_or_offered_before_two_hold_a_key(database: object) -> None:
    warp = factories.warp()
    one, two = factories.coordinator(warp), factories.coordinator(warp)
    holders.make_key(one.id, PASSPHRASE)
    db.session.commit()

    assert (holders.count_keys(warp.id), holders.is_offered(warp.id)) == (1, False)
    with pytest.raises(NotOffered):
        sealing.seal(warp.id, RECORD, ROBIN)
    holders.make_key(two.id, PASSPHRASE)
    db.session.commit()
    assert holders.is_offered(warp.id)
    with web():
        assert len(sealing.seal(warp.id, RECORD, ROBIN)) == 1024
