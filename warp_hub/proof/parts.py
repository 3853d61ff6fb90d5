"""The rows of one planted item and what hangs on it, with a canary in each field."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson

from warp_hub import clock
from warp_hub.advisories.mailbox.models import Mailbox
from warp_hub.advisories.models import Advisory, Note, Quarantined, Source, SourceKind, SourceWarp
from warp_hub.advisories.originals import Original
from warp_hub.advisories.writings import Way, Writing
from warp_hub.alerts.answer_models import AskedOf, Asking
from warp_hub.db import new_id
from warp_hub.proof.plans import Plan
from warp_hub.sharing.models import Indicator, Item, ItemKind, ItemVersion, Severity, Subject
from warp_hub.tlp import Marking

SUBJECTS = ("product", "cve", "technique", "supplier", "sector")

# Given the name of a field, a new canary for it.
Canary = Callable[[str], str]


def item(plan: Plan, row: str, canary: Canary, **addressed: Any) -> Item:
    """Return an item that nobody receives yet."""
    return Item(
        kind=plan.kind,
        marking=plan.begins or plan.marking,
        is_public=plan.is_public,
        title=f"{canary('title')} Patch the {row} gateway",
        summary=f"{canary('summary')} in one line",
        severity=_severity(plan),
        originator_name=f"{canary('originator_name')} CERT",
        held=f"{canary('held')} could not be read" if plan.is_held else None,
        restrictions=f"{canary('restrictions')} only",
        pap="PAP:CLEAR",
        passed_by=[],
        **addressed,
    )


def _severity(plan: Plan) -> Severity | None:
    if plan.kind not in (ItemKind.ADVISORY, ItemKind.SUPPORT, ItemKind.NOTE):
        return None
    return Severity.THIS_WEEK if plan.count > 1 else Severity.ACT_TODAY


def is_named(plan: Plan) -> bool:
    """Say whether the item names its people before it goes out."""
    return (plan.begins or plan.marking) is Marking.RED or plan.is_held


def of_every_item(of: Item, stix_id: str, canary: Canary) -> list[Any]:
    """Return the parts that any item may have: its version, what to look for, what it is about."""
    subjects = [Subject(item_id=of.id, kind=kind, value=canary(f"subject {kind}")) for kind in SUBJECTS]
    indicator = Indicator(item_id=of.id, kind="domain", value=f"{canary('indicator')}.example")
    return [_version(of, stix_id, canary), indicator, *subjects]


def stix_type(kind: ItemKind) -> str:
    """Return what kind of STIX object an item of this kind is."""
    names = {ItemKind.ADVISORY: "report", ItemKind.NOTE: "note", ItemKind.SHARED_INCIDENT: "incident"}
    return names.get(kind, "indicator")


def advisory(of: Item, stix_id: str, canary: Canary) -> Advisory:
    """Return a warning's words in both languages."""
    link = {
        "name": f"{canary('link name')} notice",
        "url": f"https://{canary('link url')}.example/",
        "external_id": canary("link external_id"),
        "description": canary("link description"),
    }
    return Advisory(
        id=of.id,
        stix_id=stix_id,
        body={"en": f"<p>{canary('body')}</p>", "cy": f"<p>{canary('body in Welsh')}</p>"},
        to_do={"en": f"<p>{canary('to_do')}</p>", "cy": f"<p>{canary('to_do in Welsh')}</p>"},
        links=[link],
        external_id=canary("external_id"),
        why=f"{canary('why')} is exploited",
        cvss=9.8,
        received_at=clock.now(),
        modified=clock.now(),
    )


def writing(of: Item, warp: UUID, canary: Canary) -> Writing:
    """Return the Markdown of a warning as if its coordinators had written it."""
    said = {"en": canary("writing body"), "cy": canary("writing body in Welsh")}
    to_do = {"en": canary("writing to_do"), "cy": canary("writing to_do in Welsh")}
    return Writing(id=of.id, warp_id=warp, way=Way.WRITTEN, body=said, to_do=to_do)


def askings(of: Item, warps: Iterable[UUID]) -> list[Asking]:
    """Return that each of these WARPs asks its members whether this affects them, until tomorrow."""
    now = clock.now()
    whom = {"of_whom": AskedOf.MEMBERS, "asked_at": now, "due_at": now + timedelta(days=1)}
    return [Asking(item_id=of.id, warp_id=warp, **whom) for warp in warps]


def original(of: Item, canary: Canary) -> Original:
    """Return the document that a warning was made of."""
    name, content = f"{canary('original name')}.json", canary("original content").encode()
    return Original(id=new_id(), item_id=of.id, media_type="application/json", name=name, content=content)


def note(of: Item, warp: UUID, canary: Canary) -> Note:
    """Return what a WARP says to its own members."""
    return Note(
        id=of.id,
        warp_id=warp,
        text={"en": canary("note"), "cy": canary("note in Welsh")},
        html={"en": f"<p>{canary('note html')}</p>", "cy": f"<p>{canary('note html in Welsh')}</p>"},
        written_at=clock.now(),
    )


def source(name: str, canary: Canary) -> Source:
    """Return a source whose address, user and password nobody may ever see."""
    return Source(
        id=new_id(),
        slug=name.replace(" ", "-"),
        name=f"{canary('name')} feed",
        kind=SourceKind.TAXII21,
        url=f"https://{canary('url')}.example/taxii2/",
        origin=f"https://{canary('origin')}.example",
        username=canary("username"),
        password_sealed=canary("password").encode(),
        has_password=True,
        certificate_sealed=canary("certificate").encode(),
        certificate_until=clock.now(),
        authority=canary("authority"),
        cursor=canary("cursor"),
        marking=Marking.AMBER,
        health=f"{canary('health')} does not answer",
        remark=f"{canary('remark')} was odd",
        failures=3,
        last_failed_at=clock.now(),
    )


def serves(source_id: UUID, warp: UUID) -> SourceWarp:
    """Return that a source serves a WARP."""
    return SourceWarp(source_id=source_id, warp_id=warp, place=0)


def mailbox(warp: UUID, canary: Canary) -> Mailbox:
    """Return a WARP's mailbox, of which its coordinators see what is wrong with it and nothing else."""
    return Mailbox(
        warp_id=warp,
        host=f"{canary('mailbox host')}.example",
        port=993,
        username=canary("mailbox user"),
        password_sealed=canary("mailbox password").encode(),
        folder=canary("mailbox folder"),
        fault=f"{canary('fault')} does not answer",
        failures=2,
        last_looked_at=clock.now(),
        next_try_at=clock.now(),
    )


def put_aside(source_id: UUID, warp: UUID, stix_id: str, canary: Canary) -> Quarantined:
    """Return something that a source sent and that could not be taken in."""
    return Quarantined(
        id=new_id(),
        source_id=source_id,
        keeper=warp,
        digest=new_id().bytes,
        raw=orjson.dumps({"type": "report", "name": canary("raw")}),
        reason=f"{canary('reason')} is no object",
        stix_id=stix_id,
        first_seen_at=clock.now(),
        last_seen_at=clock.now(),
    )


def _version(of: Item, stix_id: str, canary: Canary) -> ItemVersion:
    content = {"type": stix_id.split("--")[0], "id": stix_id, "name": of.title, "x_canary": canary("content")}
    version = ItemVersion(item_id=of.id, stix_id=stix_id, modified=clock.now(), content=orjson.dumps(content).decode())
    version.take_handling(of)
    return version
