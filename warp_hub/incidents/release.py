"""Release: what was approved goes out in batches, as something of the WARP's own and without a way back.

All of a batch carries one time and goes in random order. An anonymised report that would go alone waits for company,
no longer than the WARP's settings say. A batch is claimed and done in one transaction: nothing is lost, nothing twice.
"""

import logging
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from pydantic import ValidationError
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from warp_hub import audit, clock
from warp_hub.alerts import keys
from warp_hub.custody.promises import Promise
from warp_hub.db import new_id, session
from warp_hub.incidents import slots, stix_objects, telling
from warp_hub.incidents.models import Batch, SharedIncident
from warp_hub.incidents.reports import PARTS, Report, ReportState
from warp_hub.memberships.models import Warp
from warp_hub.memberships.settings import WarpSettings, settings_of
from warp_hub.sharing import publishing, words
from warp_hub.sharing.models import Indicator, Item, ItemKind, ItemVersion
from warp_hub.sharing.visibility import house_read
from warp_hub.stix import IndicatorKind, IndicatorValue, read_timestamp

KEPT_AFTER_RELEASE = timedelta(days=3)
BATCHES_KEPT = timedelta(days=400)
_log = logging.getLogger(__name__)


def release_due(now: datetime) -> int:
    """Do each WARP's newest batch that nobody has done; return how many incidents went out.

    One WARP's trouble is logged and left for the next minute; it does not stop the others.
    """
    released = 0
    for warp in session.scalars(select(Warp).order_by(Warp.slug)).all():
        try:
            slot = slots.latest(settings_of(warp), now)
            with session.begin_nested():
                released += release(warp, slot)
        except (ValidationError, publishing.NoRecipients) as error:
            _log.error("the incidents of WARP %s did not go out: %s", warp.slug, type(error).__name__)
    return released


def release(warp: Warp, slot: datetime) -> int:
    """Do one batch of one WARP; return how many incidents went out, 0 when it was done before."""
    settings = settings_of(warp)
    batch = Batch(id=new_id(), warp_id=warp.id, slot_at=slot, name=slots.name_of(settings, slot))
    claim = insert(Batch).values(id=batch.id, warp_id=warp.id, slot_at=slot, name=batch.name, released=0)
    # Another worker's claim makes us wait until it has committed, and then there is nothing left to do.
    claimed = session.execute(claim.on_conflict_do_nothing(), execution_options={"preserve_rowcount": True})
    if not claimed.rowcount:  # type: ignore[attr-defined]
        return 0
    going = _who_goes(_approved(warp, slot), settings)
    items = [item for report in going if (item := _made(report, warp, slot)) is not None]
    publishing.publish(items, to=[warp.id], passed_by=[warp.id])
    keys.renew([item.id for item in items])
    session.execute(update(Batch).where(Batch.id == batch.id).values(released=len(items)))
    if items:
        audit.record("batch.released", warp=warp.id, detail={"batch": batch.name, "reports": len(items)})
    return len(items)


def forget() -> int:
    """Remove reports whose day has come, once the record of who sent them is in custody, and old batches."""
    today = clock.today()
    over = delete(Report).where(Report.expires_on <= today, Report.sealed.is_(None))
    gone = int(session.execute(over).rowcount)  # type: ignore[attr-defined]
    session.execute(delete(Batch).where(Batch.slot_at < clock.now() - BATCHES_KEPT))
    return gone


def _approved(warp: Warp, slot: datetime) -> list[Report]:
    ready = select(Report).where(
        Report.keeper == warp.id, Report.state == ReportState.APPROVED, Report.not_before <= slot
    )
    found = list(session.scalars(house_read(ready.with_for_update(), "release")).all())
    # The order in which rows are written, too, says nothing.
    secrets.SystemRandom().shuffle(found)
    return found


def _who_goes(ready: Sequence[Report], settings: WarpSettings) -> list[Report]:
    alone = [report for report in ready if report.promise is not Promise.NAMED]
    if len(alone) != 1 or alone[0].waited >= settings.release_alone_waits:
        return list(ready)
    alone[0].waited += 1
    return [report for report in ready if report is not alone[0]]


def _made(report: Report, warp: Warp, slot: datetime) -> Item | None:
    """Return the incident of one report, None where it cannot be made: it stays approved and stops no other."""
    try:
        with session.begin_nested():
            return _make(report, warp, slot)
    except Exception as error:  # what it says may quote the report
        _log.error("a report of WARP %s could not be made an incident: %s", warp.slug, type(error).__name__)
        return None


def _make(report: Report, warp: Warp, slot: datetime) -> Item:
    """Write the incident of one report, which nobody receives before it is published."""
    item = _item_of(report, warp)
    session.add(item)
    session.flush()
    session.add(_incident_of(report, warp))
    values = [IndicatorValue(IndicatorKind(one["kind"]), one["value"]) for one in report.indicators]
    session.add_all([Indicator(id=new_id(), item_id=item.id, kind=one.kind.value, value=one.value) for one in values])
    told = stix_objects.Told(item.title, telling.as_text(report.texts), item.marking, values, telling.limits_of(report))
    session.add_all(_versions(item, stix_objects.objects_of(told, warp.id, slot)))
    session.flush()
    words.put(item.id, item.title, "\n".join([*report.texts.values(), *(one.value for one in values)]))
    report.state, report.expires_on = ReportState.RELEASED, (clock.local(slot) + KEPT_AFTER_RELEASE).date()
    return item


def _item_of(report: Report, warp: Warp) -> Item:
    return Item(
        id=report.record_id,
        kind=ItemKind.SHARED_INCIDENT,
        title=report.title,
        summary=telling.summary_of(report.texts),
        originator=warp.id,
        originator_name=report.organisation_name or warp.name,
        marking=report.marking,
        keepers=[warp.id],
        recipients=[],
        chatham_house=report.chatham_house,
        pap=report.pap,
        restrictions=report.restrictions,
    )


def _incident_of(report: Report, warp: Warp) -> SharedIncident:
    told = {part: report.texts.get(part, "") for part in PARTS}
    return SharedIncident(
        id=report.record_id, warp_id=warp.id, named=report.organisation_name or "", month=report.month, **told
    )


def _versions(item: Item, objects: Iterable[dict[str, Any]]) -> list[ItemVersion]:
    versions = [
        ItemVersion(
            id=new_id(),
            item_id=item.id,
            stix_id=made["id"],
            modified=read_timestamp(made.get("modified") or made["created"]),
            content=orjson.dumps(made).decode(),
        )
        for made in objects
    ]
    for version in versions:
        version.take_handling(item)
    return versions
