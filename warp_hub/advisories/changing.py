"""Newer and late older versions of what a source sent before.

A stricter label raises the item at once, a looser one never lowers it; a revoked object is withdrawn. A
version that may not be received (its label unreadable, its date ahead) waits outside while the item goes
on with the last good one.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update

from warp_hub import audit, stix
from warp_hub.advisories import exploited, finding, labels, likeness, quarantine, same, sorting
from warp_hub.advisories.arrivals import Arrival, Known
from warp_hub.advisories.labels import Standing
from warp_hub.advisories.models import BY_A_COORDINATOR, Advisory, Likeness, Provenance
from warp_hub.advisories.quarantine import Refused
from warp_hub.advisories.scopes import house
from warp_hub.advisories.serving import Serving
from warp_hub.advisories.sorting import AHEAD, Label
from warp_hub.advisories.storing import HANDLING, Rows, add_parts, likenesses, version_row
from warp_hub.db import among, session
from warp_hub.sharing import bulk, publishing, recalling
from warp_hub.sharing.models import Decision, Indicator, Item, ItemKind, Reference, Severity, Subject

_STRICTER_PAP = ("PAP:CLEAR", "PAP:GREEN", "PAP:AMBER", "PAP:RED")


@dataclass
class Changed:
    """What a page changed: counts, refused versions, and the items whose references or labels moved."""

    versions: int = 0
    refused: list[Refused] = field(default_factory=list)
    ids: dict[str, UUID] = field(default_factory=dict)
    unmarked: dict[str, UUID] = field(default_factory=dict)
    judged: set[UUID] = field(default_factory=set)
    revoked: list[Item] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Accepted:
    """The versions of one object that are added, and the newest of them if it becomes the current one."""

    item: Item
    known: Known
    added: list[tuple[Arrival, Label]]

    @property
    def current(self) -> tuple[Arrival, Label] | None:
        arrival, label = self.added[-1]
        return (arrival, label) if arrival.version > self.known.modified else None


def change(groups: Sequence[tuple[Known, list[Arrival]]], serving: Serving, now: datetime) -> Changed:
    """Add these versions to what is known; the newest of each object becomes its current one."""
    changed = Changed()
    if not groups:
        return changed
    wanted = house(Item).where(among(Item.id, [known.item_id for known, _ in groups]))
    items = {item.id: item for item in session.scalars(wanted)}
    accepted = [
        one for known, group in groups if (one := _accept(items[known.item_id], known, group, serving, now, changed))
    ]
    for one in accepted:
        _relabel(one, serving)
    changed.judged = _judged([one.item.id for one in accepted if one.item.kind is ItemKind.ADVISORY])
    for one in (one for one in accepted if one.current):
        _rewrite(one, serving, changed)
    session.flush()
    _write(accepted, changed, now)
    recalling.recall_revoked(changed.revoked)
    return changed


def _accept(
    item: Item, known: Known, group: list[Arrival], serving: Serving, now: datetime, changed: Changed
) -> _Accepted | None:
    added = []
    for arrival in group:
        label = sorting.label_of(arrival.data, arrival.version, serving.definitions, now)
        if arrival.version > now + AHEAD:
            changed.refused.append(arrival.refused(quarantine.DATED_AHEAD))
        elif label.held and item.published_at is not None:
            changed.refused.append(arrival.refused(quarantine.LABEL))
        else:
            added.append((arrival, label))
    changed.versions += len(added)
    return _Accepted(item, known, added) if added else None


def _relabel(one: _Accepted, serving: Serving) -> None:
    item, said = one.item, [label for _, label in one.added]
    standing = labels.after_all(said, Standing(item.marking, item.label_assumed), serving.marking)
    labels.make_stricter(item, standing.marking, serving.coordinators)
    item.label_assumed = standing.assumed
    own = next((label.held for label in said if label.held), None)
    if own and item.held in (None, sorting.UNREADABLE_REPORT):
        item.held = own  # what it waits for itself: it does not come free with the report that held it
    item.chatham_house = item.chatham_house or said[-1].chatham_house
    item.pap = max(filter(None, (item.pap, said[-1].pap)), key=_STRICTER_PAP.index, default=None)
    early = said[-1].embargo_until
    if early and item.published_at is None:
        item.embargo_until, item.early = early, list(serving.coordinators)


def _rewrite(one: _Accepted, serving: Serving, changed: Changed) -> None:
    assert one.current is not None
    item, (arrival, label) = one.item, one.current
    before = item.severity
    words = sorting.words_of(arrival.data, item.kind)
    item.title, item.summary = words["title"], words["summary"]
    if item.id not in changed.judged or _rank(words["severity"]) < _rank(before):
        changed.judged.discard(item.id)
        item.severity = words["severity"]
    item.restrictions = label.restrictions
    if stix.is_revoked(arrival.data):
        changed.revoked += _revoke(item)
    elif item.published_at and _rank(item.severity) < _rank(before):
        serving.to_announce.append(item.id)
    changed.ids[arrival.obj.id] = item.id
    if item.label_assumed:
        changed.unmarked[arrival.obj.id] = item.id


def _judged(item_ids: list[UUID]) -> set[UUID]:
    """Return the warnings of which a coordinator said how soon to act."""
    said = house(Advisory).where(among(Advisory.id, item_ids), Advisory.why.startswith(BY_A_COORDINATOR))
    return set(session.scalars(said.with_only_columns(Advisory.id)))


def _rank(severity: Severity | None) -> int:
    return severity.rank if severity else len(Severity)


def _revoke(item: Item) -> list[Item]:
    """Withdraw what its source revoked; return it unless it was withdrawn before."""
    newly = [item] if item.withdrawn_at is None else []
    publishing.withdraw(item)
    waiting = delete(Decision).where(Decision.item_id == item.id, Decision.choice.is_(None))
    session.execute(waiting.execution_options(synchronize_session=False))
    if item.kind is ItemKind.ADVISORY:
        audit.record("withdrawn by its source", item=item.id)
    return newly


def _write(accepted: Sequence[_Accepted], changed: Changed, now: datetime) -> None:
    if not accepted:
        return
    rows = Rows()
    current = [one for one in accepted if one.current]
    _drop_parts([one.item.id for one in current])
    for one in accepted:
        handling = {name: getattr(one.item, name) for name in HANDLING}
        rows.versions += [version_row(arrival, one.item.id, handling) for arrival, _ in one.added]
    about = {}
    for one in current:
        assert one.current is not None
        arrival, label = one.current
        about[one.item.id] = add_parts(rows, one.item.id, arrival.data, label)
    _rewrite_advisories(current, about, changed.judged, now, rows)
    rows.load()
    session.flush()
    exploited.judge_again([one.item.id for one in current if one.item.kind is ItemKind.ADVISORY])
    same.revisit(house, [one.item.id for one in current if one.item.kind is ItemKind.ADVISORY])
    _remember(accepted, accepted[0].item.originator)
    bulk.revise_all([one.item.id for one in accepted if one.item.published_at and not one.item.withdrawn_at])


def _drop_parts(item_ids: list[UUID]) -> None:
    parts: tuple[Any, ...] = (Reference, Indicator, Subject)
    for part in parts:
        session.execute(delete(part).where(among(part.item_id, item_ids)).execution_options(synchronize_session=False))
    known_by = delete(Likeness).where(among(Likeness.item_id, item_ids), Likeness.key != likeness.APART)
    session.execute(known_by.execution_options(synchronize_session=False))


def _rewrite_advisories(
    current: Sequence[_Accepted], about: Mapping[UUID, list[str]], judged: Collection[UUID], now: datetime, rows: Rows
) -> None:
    """Write what the warnings say now, and by what they are found and known again from now on."""
    warnings = {one.item.id: one for one in current if one.item.kind is ItemKind.ADVISORY}
    for advisory in session.scalars(house(Advisory).where(among(Advisory.id, warnings))):
        arrival, _ = warnings[advisory.id].current or warnings[advisory.id].added[-1]
        columns = sorting.advisory_of(arrival.data, now)
        for name in ("body", "to_do", "links", "external_id", "why", "cvss", "modified"):
            if name != "why" or advisory.id not in judged:
                setattr(advisory, name, columns[name])
        item = warnings[advisory.id].item
        words = {"title": item.title, "summary": item.summary}
        rows.words.append(finding.words_of(item.id, words, columns, about[item.id]))
        rows.likenesses += likenesses(item.id, arrival, item.title, columns["links"], about[item.id])


def _remember(accepted: Sequence[_Accepted], source_id: UUID) -> None:
    rows = []
    for one in accepted:
        arrival = one.added[-1][0]
        newest = (arrival.version, arrival.digest) if one.current else (one.known.modified, one.known.digest)
        versions = one.known.versions + len(one.added)
        key = {"source_id": source_id, "stix_id": arrival.obj.id}
        rows.append({**key, "modified": newest[0], "digest": newest[1], "versions": versions})
    session.execute(update(Provenance), rows)
