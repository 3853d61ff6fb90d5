"""What each kind of source speaks: sound members, hostile ones, and how to tell which member an object stands for."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from feeds.contract import StixObject
from tests.feeds import hostile, hostile_documents
from tests.feeds.documents import csaf, event, kev_entry, kev_list, manifest, rss, rss_item
from tests.feeds.samples import bundle, indicator

Member = bytes | dict[str, Any]


def bundle_of(members: list[Member]) -> bytes:
    """Return a bundle of objects as bytes."""
    raw = [encoded(each) for each in members]
    return json.dumps(bundle(["HERE"])).encode().replace(b'"HERE"', b", ".join(raw))


def encoded(member: Member) -> bytes:
    """Return a member as it is sent."""
    return member if isinstance(member, bytes) else json.dumps(member).encode()


def _anything(_found: list[StixObject], _sent: Member) -> bool:
    return True


@dataclass(frozen=True)
class Dialect:
    """How a kind of source says things, and what it must refuse.

    `number` is which member an object stands for, None for what comes with one; `document` holds so many members.
    """

    member: Callable[[int], Member]
    number: Callable[[StixObject], int | None]
    rich: Member
    large: Callable[[int], Member]
    document: Callable[[int], bytes]
    bad: dict[str, bytes]
    strange: dict[str, Member]
    not_read: dict[str, bytes]
    flood: list[Member]
    is_what_was_sent: Callable[[list[StixObject], Member], bool] = _anything
    keeps_bytes: bool = True


_NUMBERS = {indicator(n)["id"]: n for n in range(100)}
_RICH = {"name": "Blåbær ☃ \U0001f600"}

STIX = Dialect(
    member=indicator,
    number=lambda obj: _NUMBERS.get(obj.id),
    rich=indicator(1, **_RICH, x_own={"a": [1, 2.5, None, True]}),
    large=lambda n: indicator(n, description="x" * 3_000),
    document=lambda count: bundle_of([indicator(n) for n in range(count)]),
    bad=hostile.BAD_OBJECTS,
    strange={**hostile.STRANGE_OBJECTS},
    not_read=hostile.NOT_STIX,
    flood=[b"0"] * 50,
    is_what_was_sent=lambda found, sent: [each.data for each in found] == [sent],
)

CSAF = Dialect(
    member=csaf,
    number=lambda obj: _last_number(obj.data["external_references"][0]["external_id"]) if _leads(obj) else None,
    rich=csaf(1, title=_RICH["name"]),
    large=lambda n: csaf(n, notes=[{"category": "summary", "text": "x" * 3_000}]),
    document=lambda count: json.dumps(csaf(1, notes=[{"category": "other", "text": "x" * 1_000}] * count)).encode(),
    bad=hostile_documents.BAD_CSAF,
    strange=hostile_documents.STRANGE_CSAF,
    not_read=hostile_documents.NOT_CSAF,
    flood=[b"0"] * 50,
)

RSS = Dialect(
    member=rss_item,
    number=lambda obj: _last_number(obj.data["name"]) if _leads(obj) else None,
    rich=rss_item(1, title=f"{_RICH['name']} 1"),
    large=lambda n: rss_item(n, description="x" * 3_000),
    document=lambda count: rss([rss_item(n, description="x" * 300) for n in range(count)]),
    bad=hostile_documents.BAD_RSS,
    strange=hostile_documents.STRANGE_RSS,
    not_read=hostile_documents.NOT_RSS,
    flood=[b"<item><description>%d</description></item>" % n for n in range(50)],
    keeps_bytes=False,
)

KEV = Dialect(
    member=kev_entry,
    number=lambda obj: _last_number(obj.data["name"]) - 10_000,
    rich=kev_entry(1, vulnerabilityName=_RICH["name"]),
    large=lambda n: kev_entry(n, shortDescription="x" * 3_000),
    document=lambda count: kev_list([kev_entry(n) for n in range(count)]),
    bad=hostile_documents.BAD_KEV,
    strange=hostile_documents.STRANGE_KEV,
    not_read=hostile_documents.NOT_KEV,
    flood=[b"%d" % n for n in range(50)],
)

MISP = Dialect(
    member=event,
    number=lambda obj: _last_number(obj.data["name"]) if _leads(obj) else None,
    rich=event(1, info=f"{_RICH['name']} 1"),
    large=lambda n: event(n, EventReport=[{"name": "Long", "content": "x" * 3_000}]),
    document=lambda count: json.dumps(manifest([event(n) for n in range(count)])).encode(),
    bad=hostile_documents.BAD_MISP,
    strange=hostile_documents.STRANGE_MISP,
    not_read=hostile_documents.NOT_MISP,
    flood=[b"0"] * 50,
)


def _leads(obj: StixObject) -> bool:
    return obj.type == "report"


def _last_number(text: str) -> int:
    return int(text.replace("-", " ").split()[-1])
