"""Writing what is new: each object becomes an item of its own, page by page, in sets."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from warp_hub import stix
from warp_hub.advisories import exploited, finding, labels, likeness, sorting
from warp_hub.advisories.arrivals import Arrival
from warp_hub.advisories.models import Advisory, Likeness, Provenance
from warp_hub.advisories.serving import Serving
from warp_hub.advisories.sorting import Label
from warp_hub.db import new_id
from warp_hub.sharing import store, words
from warp_hub.sharing.models import Decision, Indicator, Item, ItemKind, ItemVersion, Reference, Subject
from warp_hub.tlp import Marking

HANDLING = (
    "marking",
    "keepers",
    "recipients",
    "early",
    "published_at",
    "embargo_until",
    "withdrawn_at",
    "is_public",
)


@dataclass
class Rows:
    """The rows of one page by table, loaded in the order in which they need each other."""

    items: list[dict[str, Any]] = field(default_factory=list)
    versions: list[dict[str, Any]] = field(default_factory=list)
    provenances: list[dict[str, Any]] = field(default_factory=list)
    advisories: list[dict[str, Any]] = field(default_factory=list)
    references: list[dict[str, Any]] = field(default_factory=list)
    indicators: list[dict[str, Any]] = field(default_factory=list)
    subjects: list[dict[str, Any]] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)
    words: list[finding.Found] = field(default_factory=list)
    likenesses: list[dict[str, Any]] = field(default_factory=list)

    def load(self) -> None:
        """Write them all."""
        store.load(Item, self.items)
        store.load(ItemVersion, self.versions)
        store.load(Provenance, self.provenances)
        store.load(Advisory, self.advisories)
        store.load(Likeness, self.likenesses)
        store.load(Reference, self.references)
        store.load(Indicator, self.indicators)
        store.load(Subject, self.subjects)
        store.load(Decision, self.decisions)
        words.put_all(self.words)


@dataclass(frozen=True)
class Stored:
    """What a page brought that was not there: item ids by STIX id, with what the tightening needs."""

    ids: dict[str, UUID]
    unmarked: dict[str, UUID]
    held: int


def store_new(groups: Sequence[list[Arrival]], serving: Serving, now: datetime) -> Stored:
    """Write the items of objects that this source had never sent, with all their versions and parts."""
    rows, ids, unmarked = Rows(), {}, {}
    for group in groups:
        item = _add(rows, group, serving, now)
        ids[group[-1].obj.id] = item["id"]
        if item["label_assumed"]:
            unmarked[group[-1].obj.id] = item["id"]
    exploited.judge(rows.items, rows.advisories, rows.subjects)
    rows.load()
    serving.to_announce.extend(exploited.spread(rows.subjects, serving.id, now))
    return Stored(ids, unmarked, sum(1 for item in rows.items if item["held"]))


def add_parts(rows: Rows, item_id: UUID, obj: dict[str, Any], label: Label) -> list[str]:
    """Add what hangs on an item: what it refers to, what to look for, what it is about, which is returned."""
    rows.references += [{"item_id": item_id, "target": name} for name in sorting.references_of(obj, label)]
    rows.indicators += [
        {"item_id": item_id, "kind": found.kind.value, "value": found.value, "valid_until": sorting.valid_until(obj)}
        for found in sorting.indicators_of(obj)
    ]
    about = sorting.subjects_of(obj)
    rows.subjects += [{"item_id": item_id, "kind": kind, "value": value} for kind, value in about]
    return [value for _, value in about]


def likenesses(
    item_id: UUID, arrival: Arrival, title: str, links: list[dict[str, Any]], about: list[str]
) -> list[dict[str, Any]]:
    """Return by what a warning is known again in another source."""
    keys = likeness.keys_of(arrival.obj.id, arrival.digest, title, links, about)
    return [{"item_id": item_id, "key": key} for key in keys]


def version_row(arrival: Arrival, item_id: UUID, handling: dict[str, Any]) -> dict[str, Any]:
    """Return one version with the handling of its item."""
    return {
        "item_id": item_id,
        "stix_id": arrival.obj.id,
        "modified": arrival.version,
        "content": arrival.obj.text,
        "added_at": None,
        **handling,
    }


def _add(rows: Rows, group: list[Arrival], serving: Serving, now: datetime) -> dict[str, Any]:
    newest = group[-1]
    said = [sorting.label_of(arrival.data, arrival.version, serving.definitions, now) for arrival in group]
    item = _item(group, said, serving, now)
    rows.items.append(item)
    handling = {name: item[name] for name in HANDLING}
    rows.versions += [version_row(arrival, item["id"], handling) for arrival in group]
    rows.provenances.append(
        {
            "source_id": serving.id,
            "stix_id": newest.obj.id,
            "item_id": item["id"],
            "modified": newest.version,
            "digest": newest.digest,
            "versions": len(group),
        }
    )
    about = add_parts(rows, item["id"], newest.data, said[-1])
    if item["kind"] is ItemKind.ADVISORY:
        rows.advisories.append({"id": item["id"], **sorting.advisory_of(newest.data, now)})
        rows.words.append(finding.words_of(item["id"], item, rows.advisories[-1], about))
        rows.likenesses += likenesses(item["id"], newest, item["title"], rows.advisories[-1]["links"], about)
        if item["withdrawn_at"] is None and (item["held"] or not serving.trusted):
            rows.decisions += [waiting(item["id"], warp) for warp in serving.warps]
    return item


def _item(group: list[Arrival], said: list[Label], serving: Serving, now: datetime) -> dict[str, Any]:
    newest, label = group[-1], said[-1]
    standing = labels.after_all(said, None, serving.marking)
    revoked = any(stix.is_revoked(arrival.data) for arrival in group)
    early_until = serving.early_until(label.embargo_until, now)
    return {
        "id": new_id(),
        **sorting.words_of(newest.data),
        "originator": serving.id,
        "originator_name": serving.name,
        "about_id": None,
        "label_assumed": standing.assumed,
        "held": next((one.held for one in said if one.held), None),
        "chatham_house": label.chatham_house,
        "pap": label.pap,
        "restrictions": label.restrictions,
        "passed_by": [],
        "added_at": None,
        "revised_at": None,
        "marking": standing.marking,
        "keepers": list(serving.warps),
        "recipients": list(serving.coordinators) if standing.marking is Marking.RED else [],
        "early": list(serving.coordinators) if early_until else [],
        "published_at": None,
        "embargo_until": early_until,
        "withdrawn_at": now if revoked else None,
        "is_public": False,
    }


def waiting(item_id: UUID, warp: UUID) -> dict[str, Any]:
    """Return the row of what a WARP has yet to decide over."""
    return {
        "item_id": item_id,
        "keeper": warp,
        "choice": None,
        "decided_at": None,
        "decided_by": None,
        "same_as_id": None,
    }
