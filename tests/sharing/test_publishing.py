"""Publishing: strictly increasing stamps, handling copied to versions, labels that only consent lowers."""

import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from tests import factories
from warp_hub import clock, db
from warp_hub.sharing import publishing
from warp_hub.sharing.models import Item, ItemKind, ItemVersion, LabelChange
from warp_hub.sharing.visibility import find_visible, house_read
from warp_hub.tlp import Marking, Outlet, Viewer

pytestmark = pytest.mark.usefixtures("database")
MEMBER = Viewer(uuid4(), True)


def _versions(of: Item) -> list[ItemVersion]:
    db.session.expire_all()
    return list(db.session.scalars(house_read(select(ItemVersion).where(ItemVersion.item_id == of.id), "test")))


def test_a_published_items_version_carries_its_handling_and_stamp() -> None:
    warp = factories.warp()
    item = factories.item(Marking.AMBER, kept_by=[warp], published=None)
    publishing.publish([item], to=[warp.id], passed_by=[warp.id])
    db.session.commit()
    (version,) = _versions(item)
    assert version.handling() == item.handling()
    assert version.added_at == item.added_at == item.published_at
    assert item.passed_by == [warp.id]


def test_a_second_warps_pass_on_adds_only_that_warp_and_stamps_anew() -> None:
    first, second = factories.warp(), factories.warp("Westmarch")
    item = factories.item(Marking.AMBER, kept_by=[first, second], published=None)
    publishing.publish([item], to=[first.id], passed_by=[first.id])
    db.session.commit()
    published, added = item.published_at, item.added_at
    assert item.recipients == [first.id]
    publishing.publish([item], to=[second.id], passed_by=[second.id])
    db.session.commit()
    assert item.recipients == [first.id, second.id]
    assert item.published_at == published
    assert item.added_at > added


def test_a_clear_item_gets_no_recipients_and_an_amber_one_needs_them() -> None:
    clear = factories.item(Marking.CLEAR, published=None)
    publishing.publish([clear], to=[uuid4()])
    assert clear.recipients == []
    with pytest.raises(publishing.NoRecipients):
        publishing.publish([factories.item(Marking.AMBER, published=None)])


def test_a_held_item_does_not_go_out_until_its_label_is_read() -> None:
    item = factories.item(Marking.RED, published=None, held="its label is not known")
    with pytest.raises(publishing.HeldItem):
        publishing.publish([item])
    publishing.settle_held(item, Marking.GREEN)
    publishing.publish([item])
    db.session.commit()
    assert find_visible(Item, item.id, MEMBER) is item


def test_stamps_strictly_increase_across_parallel_writers_and_a_clock_set_back() -> None:
    items = [factories.item(Marking.GREEN, published=None).id for _ in range(24)]

    def put_out(ids: list) -> None:
        for item_id in ids:
            item = db.session.scalars(house_read(select(Item).where(Item.id == item_id), "test")).one()
            publishing.publish([item])
            db.session.commit()
        db.leave()

    threads = [threading.Thread(target=put_out, args=[items[start::4]]) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    late = factories.item(Marking.GREEN, published=None)
    with clock.at(clock.now() - timedelta(hours=1)):
        publishing.publish([late])
        db.session.commit()
    stamps = list(
        db.session.scalars(house_read(select(Item.added_at).where(Item.id.in_(items)), "test").order_by(Item.added_at))
    )
    assert len(set(stamps)) == len(items)
    assert late.added_at > stamps[-1]


def test_raising_takes_an_item_from_those_who_had_it_at_the_next_read() -> None:
    warp = factories.warp()
    item = factories.item(Marking.GREEN, kept_by=[warp], passed_by=[warp.id])
    assert find_visible(Item, item.id, MEMBER) is not None
    publishing.raise_marking(item, Marking.AMBER)
    db.session.commit()
    assert find_visible(Item, item.id, MEMBER) is None
    assert item.recipients == [warp.id]
    assert _versions(item)[0].marking is Marking.AMBER


def test_whoever_raises_an_item_to_red_stays_one_of_its_named_people() -> None:
    warp = factories.warp()
    person = factories.coordinator(warp)
    item = factories.item(Marking.AMBER, kept_by=[warp], to=[warp])
    publishing.raise_marking(item, Marking.RED, by=person.id)
    db.session.commit()
    assert item.recipients == [person.id]
    named = Viewer(person.id, True, red=frozenset({person.id}), keeps=frozenset({warp.id}))
    other = Viewer(uuid4(), True, red=frozenset({uuid4()}), keeps=frozenset({warp.id}))
    assert find_visible(Item, item.id, named, Outlet.DESK) is not None
    assert find_visible(Item, item.id, other, Outlet.DESK) is None


def test_a_marking_is_never_lowered_by_raising_and_only_with_consent_otherwise() -> None:
    item = factories.item(Marking.AMBER, to=[uuid4()])
    publishing.raise_marking(item, Marking.GREEN)
    assert item.marking is Marking.AMBER
    with pytest.raises(publishing.LoweringNeedsConsent):
        publishing.lower_marking(item, Marking.GREEN, consent=" ")
    before = item.added_at
    publishing.lower_marking(item, Marking.GREEN, consent="mail of the source, 3 December")
    db.session.commit()
    assert item.added_at > before
    (change,) = db.session.scalars(house_read(select(LabelChange), "test"))
    assert (change.before, change.after) == (Marking.AMBER, Marking.GREEN)


def test_a_lifted_embargo_stamps_the_item_once_and_lets_everybody_see_it() -> None:
    early = uuid4()
    lifts = clock.now() + timedelta(minutes=5)
    item = factories.item(Marking.GREEN, published=None, embargo_until=lifts, early=[early])
    publishing.publish([item])
    db.session.commit()
    named = Viewer(early, True, red=frozenset({early}))
    assert find_visible(Item, item.id, named) is not None
    assert find_visible(Item, item.id, MEMBER) is None
    assert publishing.lift_due_embargoes() == []
    db.session.commit()
    with clock.at(lifts + timedelta(seconds=30)):
        assert publishing.lift_due_embargoes() == [item.id]
        db.session.commit()
        assert item.added_at >= lifts
        assert publishing.lift_due_embargoes() == []
        db.session.commit()
        assert find_visible(Item, item.id, MEMBER) is not None


def test_a_withdrawn_item_is_received_by_nobody() -> None:
    item = factories.item(Marking.GREEN)
    publishing.withdraw(item)
    db.session.commit()
    assert find_visible(Item, item.id, MEMBER) is None


def test_the_web_role_writes_through_the_trigger_to_versions_it_may_not_see() -> None:
    warp = factories.warp()
    item = factories.item(Marking.GREEN, kept_by=[warp])
    coordinator = Viewer(uuid4(), True, keeps=frozenset({warp.id}))
    with db.acting("web"):
        db.enter(coordinator.settings())
        mine = find_visible(Item, item.id, coordinator, Outlet.DESK)
        publishing.withdraw(mine)
        db.session.commit()
        db.leave()
    assert _versions(item)[0].withdrawn_at is not None


def _about(item: Item, marking: Marking, warp: Any, kind: ItemKind = ItemKind.NOTE) -> Item:
    said = factories.item(marking, to=[warp], kept_by=[warp])
    said.kind, said.about_id = kind, item.id
    db.session.commit()
    return said


@pytest.mark.parametrize(
    ("said", "after", "expected"),
    [
        (Marking.GREEN, Marking.AMBER, Marking.AMBER),
        (Marking.AMBER, Marking.AMBER_STRICT, Marking.AMBER_STRICT),
        (Marking.AMBER_STRICT, Marking.AMBER, Marking.AMBER_STRICT),
        (Marking.AMBER, Marking.RED, Marking.RED),
    ],
)
def test_what_is_said_about_an_item_is_raised_with_it(said: Marking, after: Marking, expected: Marking) -> None:
    midshire, westmarch = factories.warp(), factories.warp("Westmarch")
    item = factories.item(Marking.GREEN, kept_by=[midshire])
    item.passed_by = [midshire.id]
    note = _about(item, said, westmarch)
    coordinator = uuid4()
    publishing.raise_marking(item, after, by=coordinator)
    db.session.commit()
    db.session.refresh(note)
    assert note.marking is expected
    assert note.recipients == ([coordinator] if after is Marking.RED else [westmarch.id])


def test_what_is_said_to_everyone_follows_its_item_to_fewer() -> None:
    midshire = factories.warp()
    item = factories.item(Marking.GREEN, kept_by=[midshire])
    item.passed_by = [midshire.id]
    question = factories.item(Marking.GREEN, kept_by=[midshire])
    question.kind, question.about_id = ItemKind.QUESTION, item.id
    db.session.commit()
    publishing.raise_marking(item, Marking.AMBER)
    db.session.commit()
    db.session.refresh(question)
    assert (question.marking, question.recipients) == (Marking.AMBER, [midshire.id])


@pytest.mark.parametrize("after", [Marking.AMBER, Marking.AMBER_STRICT])
def test_a_question_loses_whom_its_item_no_longer_has(after: Marking) -> None:
    midshire, westmarch = factories.warp(), factories.warp("Westmarch")
    item = factories.item(Marking.GREEN, kept_by=[midshire])
    item.passed_by = [midshire.id]
    question = factories.item(Marking.AMBER, to=[midshire, westmarch], kept_by=[midshire])
    question.kind, question.about_id = ItemKind.QUESTION, item.id
    db.session.commit()
    publishing.raise_marking(item, after)
    db.session.commit()
    db.session.refresh(question)
    assert (question.marking, question.recipients) == (after, [midshire.id])


def test_what_is_said_about_an_item_is_withdrawn_with_it_by_a_coordinator_who_keeps_only_the_item() -> None:
    midshire, westmarch = factories.warp(), factories.warp("Westmarch")
    item = factories.item(Marking.GREEN, kept_by=[midshire])
    note = _about(item, Marking.AMBER, westmarch)
    recall = _about(item, Marking.AMBER, westmarch, ItemKind.RECALL)
    viewer = Viewer(uuid4(), True, keeps=frozenset({midshire.id}))
    with db.acting("web"):
        db.enter(viewer.settings())
        publishing.withdraw(find_visible(Item, item.id, viewer, Outlet.DESK))
        db.session.commit()
        db.leave()
    for said in (note, recall):
        db.session.refresh(said)
    assert note.withdrawn_at is not None
    assert recall.withdrawn_at is None
