"""What a digest says: by the rule alone, new or changed, and never twice."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from tests import factories
from warp_hub import clock, db
from warp_hub.digests.compose import CARRIED, MOST_ENTRIES, Digest, compose
from warp_hub.digests.models import DigestRun
from warp_hub.digests.told import News
from warp_hub.memberships.models import MembershipKind, Person, Warp
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.sharing.models import ItemKind, Severity
from warp_hub.tlp import NOBODY, Marking

pytestmark = pytest.mark.usefixtures("database")

A_WEEK = timedelta(days=7)


@pytest.fixture
def midshire(database: object) -> Warp:
    return factories.warp("Midshire")


def digest_of(person: Person, of: Warp, since: datetime | None = None, until: datetime | None = None) -> Digest:
    """Compose as the worker does it for one person: stepped down to the web role, as that viewer."""
    viewer = viewer_of(person.id, Proof.FULL)
    with db.as_viewer(viewer.settings()):
        return compose(viewer, of.id, since or clock.now() - A_WEEK, until)


def titles(digest: Digest) -> list[str]:
    return [one.title for one in (*digest.new, *digest.changed)]


def told(
    person: Person, of: Warp, printed: Sequence[UUID] = (), noticed: Sequence[UUID] = (), at: datetime | None = None
) -> None:
    """Let a digest have been delivered to a person."""
    moment = at or clock.now()
    db.session.add(
        DigestRun(
            person_id=person.id,
            warp_id=of.id,
            period=moment.date(),
            started_at=moment,
            horizon=moment,
            letter_id=uuid4(),
            delivered_at=moment,
            printed=list(printed),
            noticed=list(noticed),
        )
    )
    db.session.commit()


def test_a_digest_carries_what_its_own_warp_passed_on(midshire: Warp) -> None:
    westmarch = factories.warp("Westmarch")
    reader = factories.person(factories.organisation(midshire, westmarch))
    ours = factories.item(passed_by=[midshire.id])
    factories.item(passed_by=[westmarch.id])
    factories.item(passed_by=[])
    assert titles(digest_of(reader, midshire)) == [ours.title]


def test_local_notes_and_supporting_objects_stay_out(midshire: Warp) -> None:
    reader = factories.member(midshire)
    for kind in (ItemKind.NOTE, ItemKind.SUPPORT, ItemKind.RECALL):
        factories.item(kind=kind, passed_by=[midshire.id])
    assert digest_of(reader, midshire).is_empty


def test_what_may_not_be_printed_is_counted_by_label(midshire: Warp) -> None:
    reader = factories.member(midshire)
    factories.item(Marking.GREEN, passed_by=[midshire.id])
    factories.item(Marking.AMBER, to=[midshire], passed_by=[midshire.id])
    factories.item(Marking.AMBER_STRICT, to=[midshire], passed_by=[midshire.id])
    factories.item(Marking.AMBER_STRICT, to=[midshire], passed_by=[midshire.id])
    digest = digest_of(reader, midshire)
    assert [one.marking for one in digest.new] == [Marking.GREEN]
    assert [(n.marking, n.count) for n in digest.notices] == [(Marking.AMBER, 1), (Marking.AMBER_STRICT, 2)]
    assert (digest.withheld, digest.highest) == (3, Marking.GREEN)


def test_an_associate_is_not_told_of_what_is_for_full_members(midshire: Warp) -> None:
    associate = factories.member(midshire, MembershipKind.ASSOCIATE)
    factories.item(Marking.AMBER_STRICT, to=[midshire], passed_by=[midshire.id])
    assert digest_of(associate, midshire).is_empty


def test_red_is_only_ever_a_word_to_the_named(midshire: Warp) -> None:
    named, other = factories.member(midshire), factories.member(midshire)
    factories.item(Marking.RED, to=[named], passed_by=[midshire.id])
    assert digest_of(named, midshire).needs_attention
    assert digest_of(named, midshire).notices == ()
    assert digest_of(other, midshire).is_empty


def test_an_early_notice_is_a_word_to_its_early_readers_until_it_lifts(midshire: Warp) -> None:
    early, other = factories.member(midshire), factories.member(midshire)
    lifts = clock.now() + timedelta(hours=1)
    factories.item(Marking.GREEN, early=[early], passed_by=[midshire.id], embargo_until=lifts)
    assert digest_of(early, midshire).needs_attention
    assert titles(digest_of(early, midshire)) == []
    assert digest_of(other, midshire).is_empty


def test_what_has_lifted_waits_for_its_stamp_and_then_comes_once(midshire: Warp) -> None:
    reader = factories.member(midshire)
    lifted = clock.now() - timedelta(minutes=1)
    item = factories.item(passed_by=[midshire.id], embargo_until=lifted, published=timedelta(hours=-3))
    assert digest_of(reader, midshire).is_empty
    item.added_at = clock.now()
    db.session.add(item)
    db.session.commit()
    assert titles(digest_of(reader, midshire)) == [item.title]


def test_a_window_begins_after_its_first_stamp_and_ends_with_its_last(midshire: Warp) -> None:
    reader = factories.member(midshire)
    first, second, third = (
        factories.item(passed_by=[midshire.id], published=timedelta(hours=hours)) for hours in (-3, -2, -1)
    )
    digest = digest_of(reader, midshire, since=first.added_at, until=second.added_at)
    assert titles(digest) == [second.title]
    assert third.title not in titles(digest)


def test_what_another_warp_passes_on_later_is_not_told_again(midshire: Warp) -> None:
    westmarch = factories.warp("Westmarch")
    reader, newcomer = factories.member(midshire), factories.member(westmarch)
    mark = clock.now() - timedelta(hours=2)
    item = factories.item(
        passed_by=[midshire.id, westmarch.id], published=timedelta(hours=-3), added_at=clock.now() - timedelta(hours=1)
    )
    told(reader, midshire, printed=[item.id], at=mark)
    assert digest_of(reader, midshire, since=mark).is_empty
    assert titles(digest_of(newcomer, westmarch, since=mark)) == [item.title]


def test_what_was_revised_after_it_was_told_comes_as_changed(midshire: Warp) -> None:
    reader = factories.member(midshire)
    mark, an_hour_ago = clock.now() - timedelta(hours=2), clock.now() - timedelta(hours=1)
    item = factories.item(
        passed_by=[midshire.id], published=timedelta(hours=-3), added_at=an_hour_ago, revised_at=an_hour_ago
    )
    told(reader, midshire, printed=[item.id], at=mark)
    digest = digest_of(reader, midshire, since=mark)
    assert (len(digest.new), [one.title for one in digest.changed]) == (0, [item.title])


def test_what_was_revised_before_somebody_ever_heard_of_it_is_new_to_them(midshire: Warp) -> None:
    newcomer = factories.member(midshire)
    mark, an_hour_ago = clock.now() - timedelta(hours=2), clock.now() - timedelta(hours=1)
    item = factories.item(
        passed_by=[midshire.id], published=timedelta(hours=-3), added_at=an_hour_ago, revised_at=an_hour_ago
    )
    assert [one.title for one in digest_of(newcomer, midshire, since=mark).new] == [item.title]


def test_what_was_counted_and_is_lowered_since_is_printed_as_new(midshire: Warp) -> None:
    reader = factories.member(midshire)
    mark = clock.now() - timedelta(hours=2)
    item = factories.item(
        passed_by=[midshire.id], published=timedelta(hours=-3), added_at=clock.now() - timedelta(hours=1)
    )
    told(reader, midshire, noticed=[item.id], at=mark)
    assert [one.title for one in digest_of(reader, midshire, since=mark).new] == [item.title]


def test_a_count_is_not_repeated_when_another_warp_is_added_and_says_when_it_changed(midshire: Warp) -> None:
    reader = factories.member(midshire)
    mark, an_hour_ago = clock.now() - timedelta(hours=2), clock.now() - timedelta(hours=1)
    given = {"to": [midshire], "passed_by": [midshire.id], "published": timedelta(hours=-3), "added_at": an_hour_ago}
    same = factories.item(Marking.AMBER, **given)
    revised = factories.item(Marking.AMBER, revised_at=an_hour_ago, **given)
    told(reader, midshire, noticed=[same.id, revised.id], at=mark)
    notices = digest_of(reader, midshire, since=mark).notices
    assert [(notice.news, notice.count) for notice in notices] == [(News.CHANGED, 1)]


def test_a_change_being_saved_while_the_last_digest_began_is_not_lost(midshire: Warp) -> None:
    reader = factories.member(midshire)
    mark = clock.now() - timedelta(hours=2)
    item = factories.item(
        passed_by=[midshire.id],
        published=timedelta(hours=-3),
        added_at=clock.now() - timedelta(hours=1),
        revised_at=mark - timedelta(seconds=20),
    )
    told(reader, midshire, printed=[item.id], at=mark)
    assert [one.title for one in digest_of(reader, midshire, since=mark).changed] == [item.title]


def test_what_is_withdrawn_is_not_in_it(midshire: Warp) -> None:
    reader = factories.member(midshire)
    factories.item(passed_by=[midshire.id], withdrawn_at=clock.now())
    assert digest_of(reader, midshire).is_empty


@pytest.mark.parametrize("kind", CARRIED)
def test_every_kind_is_carried_by_the_same_rule(midshire: Warp, kind: ItemKind) -> None:
    westmarch = factories.warp("Westmarch")
    reader, associate = factories.member(midshire), factories.member(midshire, MembershipKind.ASSOCIATE)
    stranger = factories.member(westmarch)
    given = {"kind": kind, "severity": None, "passed_by": [midshire.id]}
    green = factories.item(**given)
    factories.item(Marking.AMBER, to=[midshire], **given)
    factories.item(Marking.AMBER_STRICT, to=[midshire], **given)
    factories.item(withdrawn_at=clock.now(), **given)
    assert titles(digest_of(reader, midshire)) == [green.title]
    assert digest_of(reader, midshire).withheld == 2
    assert {notice.kind for notice in digest_of(reader, midshire).notices} == {kind}
    assert digest_of(associate, midshire).withheld == 1
    assert digest_of(stranger, westmarch).is_empty


def test_nobody_gets_nothing(midshire: Warp) -> None:
    factories.item(passed_by=[midshire.id])
    with db.as_viewer(NOBODY.settings()):
        assert compose(NOBODY, midshire.id, clock.now() - A_WEEK).is_empty


def test_what_cannot_wait_comes_first(midshire: Warp) -> None:
    reader = factories.member(midshire)
    for title, severity in (("c", None), ("b", Severity.THIS_WEEK), ("a", Severity.ACT_TODAY)):
        factories.item(title=title, severity=severity, passed_by=[midshire.id])
    factories.item(title="d", kind=ItemKind.QUESTION, severity=None, passed_by=[midshire.id])
    assert titles(digest_of(reader, midshire)) == ["a", "b", "c", "d"]


def test_a_flood_is_printed_in_part_and_counted_in_full(midshire: Warp) -> None:
    reader = factories.member(midshire)
    for _ in range(MOST_ENTRIES + 3):
        factories.item(passed_by=[midshire.id])
    digest = digest_of(reader, midshire)
    assert (len(digest.new), digest.more, digest.new_in_all) == (MOST_ENTRIES, 3, MOST_ENTRIES + 3)
    assert len(digest.printed | digest.noticed) == MOST_ENTRIES + 3


def test_titles_come_on_one_line_and_addresses_in_them_are_harmless(midshire: Warp) -> None:
    reader = factories.member(midshire)
    factories.item(
        title="Patch\r\nBcc: everyone@evil.example", summary="See http://evil.example/x now", passed_by=[midshire.id]
    )
    (entry,) = digest_of(reader, midshire).new
    assert entry.title == "Patch Bcc: everyone@evil.example"
    assert entry.summary == "See hxxp://evil[.]example/x now"
