"""What a coordinator does with a report: reads it without its author, changes the words, lets it go or not.

Each verb is audited without saying which report it was: nothing may be lined up with who was here when.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select

from warp_hub import audit, clock
from warp_hub.db import session
from warp_hub.incidents.filing import MARKINGS
from warp_hub.incidents.reports import Report, ReportState
from warp_hub.sharing import recalling
from warp_hub.sharing.models import Item
from warp_hub.sharing.visibility import find_visible, select_kept
from warp_hub.stix import IndicatorValue
from warp_hub.tlp import Marking, Outlet, Viewer

KEPT_AFTER_DECLINING = timedelta(days=30)


class NotWaiting(Exception):
    """Somebody else has decided over the report, or it went out."""


def select_reports(viewer: Viewer, state: ReportState = ReportState.WAITING) -> Select[Any]:
    """Return the select of the reports in one state on this viewer's desks."""
    return select_kept(Report, viewer).where(Report.state == state)


def find_report(record_id: UUID, viewer: Viewer) -> Report | None:
    """Return one report on this viewer's desks, or None."""
    report: Report | None = session.scalars(
        select_kept(Report, viewer).where(Report.record_id == record_id)
    ).one_or_none()
    return report


def labels_from(marking: Marking) -> list[Marking]:
    """Return the labels a report may be given: its own and the stricter ones."""
    return [one for one in MARKINGS if one.rank >= marking.rank]


def edit(
    report: Report, title: str, texts: Mapping[str, str], indicators: Sequence[IndicatorValue], marking: Marking
) -> None:
    """Change what members will read; the label only to a stricter one. Raises NotWaiting."""
    _require(report, ReportState.WAITING)
    report.title, report.texts = title.strip(), dict(texts)
    report.indicators = [{"kind": one.kind.value, "value": one.value} for one in indicators]
    if marking in labels_from(report.marking):
        report.marking = marking


def approve(report: Report, viewer: Viewer) -> None:
    """Let a report go out at the next of its WARP's times, no sooner than it may. Raises NotWaiting."""
    _require(report, ReportState.WAITING)
    report.state = ReportState.APPROVED
    audit.record("report.approved", actor=viewer.person, warp=report.warp_id)


def take_back(report: Report, viewer: Viewer) -> None:
    """Have another look at a report that was approved and is not out yet. Raises NotWaiting."""
    _require(report, ReportState.APPROVED)
    report.state = ReportState.WAITING
    audit.record("report.taken-back", actor=viewer.person, warp=report.warp_id)


def decline(report: Report, reason: str, viewer: Viewer) -> None:
    """Pass a report on to nobody; it is kept for a month with the reason. Raises NotWaiting."""
    _require(report, ReportState.WAITING)
    report.state, report.reason = ReportState.DECLINED, reason.strip()
    report.expires_on = clock.today() + KEPT_AFTER_DECLINING
    audit.record("report.declined", actor=viewer.person, warp=report.warp_id)


def withdraw(item_id: UUID, reason: str, viewer: Viewer, *, tells: bool = False) -> bool:
    """Take an incident back from everybody; say whether it was this viewer's. `tells` its title and why."""
    item: Item | None = find_visible(Item, item_id, viewer, Outlet.DESK)
    if item is None:
        return False
    recalling.withdraw(item, reason, tells=tells, viewer=viewer)
    audit.record("withdrew", actor=viewer.person, item=item.id, detail={"reason": reason})
    return True


def _require(report: Report, state: ReportState) -> None:
    session.refresh(report, ["state"], with_for_update=True)
    if report.state != state:
        raise NotWaiting(report.state.value)
