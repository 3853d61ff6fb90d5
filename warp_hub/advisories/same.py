"""Which warnings of several sources tell the same, and which of them leads: found when one is published.

No source gains anything over another's by it. A link that nobody made by hand is made once, when the later one
is first published, and only if the leader was out before, is trusted as the other is (or is a copy to the byte),
lies on every desk on which the other lies, is under no stricter label and no less urgent. So what comes later, or
claims later to be the same, never takes the lead. Whatever no longer holds after a change is undone.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, cast, column, func, or_, select, true, update

from warp_hub.advisories import likeness
from warp_hub.advisories.models import Likeness, Source
from warp_hub.advisories.scopes import Scope, house
from warp_hub.db import among, session
from warp_hub.sharing.models import Choice, Decision, Item, Severity
from warp_hub.sharing.visibility import house_read

_AT_MOST = 5  # leaders looked at for one key, the oldest first: a key that thousands share costs no more

_COLUMNS = ("id", "originator", "marking", "keepers", "passed_by", "severity", "published_at", "withdrawn_at")


@dataclass(frozen=True, slots=True)
class _Link:
    follower: Any
    leader: Any
    keys: frozenset[str]

    @property
    def is_copy(self) -> bool:
        return any(likeness.kind_of(key) == likeness.COPY for key in self.keys)


def link(item_ids: Collection[UUID], source_id: UUID) -> int:
    """Give each of these newly published warnings of a trusted source its leader, if it has one; return how many."""
    keys = _keys(house, item_ids)
    leaders = _leaders({key for held in keys.values() for key in held}, source_id)
    alike = {item_id: held & leaders.keys() for item_id, held in keys.items() if likeness.APART not in held}
    found: dict[UUID, UUID] = {}
    for follower in _items(house, [item_id for item_id, shared in alike.items() if shared]):
        shared = sorted(alike[follower.id], key=lambda key: likeness.KINDS.index(likeness.kind_of(key)))
        links = (_Link(follower, leader, frozenset({key})) for key in shared for leader in leaders[key])
        if first := next((one for one in links if _may_lead(one) and _is_older(one)), None):
            found[follower.id] = first.leader.id
    _write(found)
    return len(found)


def revisit(scope: Scope, changed: Collection[UUID]) -> None:
    """Undo the links of changed warnings that hold no longer: a leader speaks for another only as it did when linked.

    A link made by hand outlives a change of the one that follows; of the leader only where its source is trusted.
    What was settled by hand under one that holds no longer waits again where it never went out.
    """
    ended = _undo(scope, changed)
    _let_wait(scope, ended, _gone(scope, changed))


def may_hide(item: Item, leader: Item) -> bool:
    """Say whether the lists of every WARP that has an item may show its leader instead, whoever says so by hand.

    One WARP alone may judge as it likes; of several, none puts what is urgent under what is less so.
    """
    has_all = set(leader.keepers) >= set(item.keepers)
    return has_all and (len(item.keepers) == 1 or _urgency(leader.severity) <= _urgency(item.severity))


def _undo(scope: Scope, changed: Collection[UUID]) -> Sequence[UUID]:
    """Undo what holds no longer; return what followed until now."""
    linked = scope(Item).where(
        Item.same_as_id.is_not(None), or_(among(Item.id, changed), among(Item.same_as_id, changed))
    )
    followers = {row.id: row for row in session.execute(linked.with_only_columns(*_columns(Item), Item.same_as_id))}
    if not followers:
        return ()
    leaders = {row.id: row for row in _items(scope, {row.same_as_id for row in followers.values()})}
    keys = _keys(scope, [*followers, *leaders])
    by_hand = _by_hand(scope, followers)
    trusted = _trusted({row.originator for row in [*followers.values(), *leaders.values()]})
    ended = []
    for follower in followers.values():
        leader = leaders.get(follower.same_as_id)
        one = _Link(follower, leader, frozenset(keys[follower.id] & keys[follower.same_as_id]))
        if leader is None or not _still_holds(one, follower.id in by_hand, set(changed), trusted):
            ended.append(follower.id)
    _write(dict.fromkeys(ended))
    return ended


def _gone(scope: Scope, changed: Collection[UUID]) -> Sequence[UUID]:
    """Return those under which nothing stays settled: withdrawn, or with other words of an untrusted source."""
    rows = _items(scope, changed)
    trusted = _trusted({row.originator for row in rows})
    return [row.id for row in rows if row.withdrawn_at is not None or row.originator not in trusted]


def _let_wait(scope: Scope, ended: Sequence[UUID], gone: Sequence[UUID]) -> None:
    if not (ended or gone):
        return
    said = scope(Decision).where(
        Decision.choice == Choice.SAME_AS,
        or_(among(Decision.item_id, ended), among(Decision.same_as_id, gone)),
        Item.withdrawn_at.is_(None),
    )
    rows = session.execute(said.with_only_columns(Decision.id, Decision.keeper, Item.passed_by)).all()
    unseen = update(Decision).where(among(Decision.id, [row.id for row in rows if row.keeper not in row.passed_by]))
    undecided = {"choice": None, "decided_at": None, "decided_by": None, "same_as_id": None}
    session.execute(unseen.values(undecided).execution_options(synchronize_session=False))


def _still_holds(one: _Link, by_hand: bool, changed: Collection[UUID], trusted: Collection[UUID]) -> bool:
    if not _is_as_urgent(one):
        return False
    if by_hand:
        if one.leader.withdrawn_at is not None:
            return False
        return one.leader.id not in changed or one.leader.originator in trusted
    return _may_lead(one) and (one.is_copy or (bool(one.keys) and one.leader.originator in trusted))


def _leaders(keys: Iterable[str], source_id: UUID) -> Mapping[str, Sequence[Any]]:
    """Return for each key the first warnings of other sources that may lead by it."""
    wanted = func.unnest(cast(sorted(keys), ARRAY(Text))).table_valued(column("key", Text())).render_derived("wanted")
    is_trusted = select(Source.id).where(Source.id == Item.originator, Source.trusted.is_(True)).scalar_subquery()
    found = (
        select(*_columns(Item))
        .join(Likeness, Likeness.item_id == Item.id)
        .where(
            Likeness.key == wanted.c.key,
            Item.originator != source_id,
            Item.published_at.is_not(None),
            Item.withdrawn_at.is_(None),
            Item.embargo_until.is_(None),
            Item.same_as_id.is_(None),
            or_(Item.originator == is_trusted, Likeness.key.startswith(f"{likeness.COPY} ")),
        )
        .order_by(Item.published_at, Item.id)
        .limit(_AT_MOST)
        .lateral("leader")
    )
    rows = session.execute(house_read(select(wanted.c.key, *found.c).join_from(wanted, found, true()), "intake"))
    leaders: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        leaders[row.key].append(row)
    return leaders


def _may_lead(one: _Link) -> bool:
    leader, follower = one.leader, one.follower
    return (
        leader.withdrawn_at is None
        and leader.published_at is not None
        and leader.marking.rank <= follower.marking.rank
        and set(leader.keepers) >= set(follower.keepers)
        and set(leader.passed_by) >= set(follower.passed_by)
        and _is_as_urgent(one)
    )


def _is_as_urgent(one: _Link) -> bool:
    return _urgency(one.leader.severity) <= _urgency(one.follower.severity)


def _is_older(one: _Link) -> bool:
    return bool((one.leader.published_at, one.leader.id) < (one.follower.published_at, one.follower.id))


def _urgency(severity: Severity | None) -> int:
    return severity.rank if severity else len(Severity)


def _columns(of: Any) -> list[Any]:
    return [getattr(of, name) for name in _COLUMNS]


def _items(scope: Scope, ids: Collection[UUID]) -> Sequence[Any]:
    if not ids:
        return ()
    return session.execute(scope(Item).where(among(Item.id, ids)).with_only_columns(*_columns(Item))).all()


def _keys(scope: Scope, ids: Collection[UUID]) -> Mapping[UUID, set[str]]:
    asked = scope(Likeness).where(among(Likeness.item_id, ids)).with_only_columns(Likeness.item_id, Likeness.key)
    found: dict[UUID, set[str]] = defaultdict(set)
    for item_id, key in session.execute(asked):
        found[item_id].add(key)
    return found


def _by_hand(scope: Scope, ids: Collection[UUID]) -> frozenset[UUID]:
    said = scope(Decision).where(among(Decision.item_id, ids), Decision.choice == Choice.SAME_AS)
    return frozenset(session.scalars(said.with_only_columns(Decision.item_id)))


def _trusted(originators: Collection[UUID]) -> frozenset[UUID]:
    asked = select(Source.id).where(among(Source.id, originators), Source.trusted.is_(True))
    return frozenset(session.scalars(asked))


def _write(links: Mapping[UUID, UUID | None]) -> None:
    for item_id, leader_id in links.items():
        linked = update(Item).where(Item.id == item_id).values(same_as_id=leader_id)
        session.execute(linked.execution_options(synchronize_session=False))
