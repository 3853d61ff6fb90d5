"""What waits of reports, for the page of everything that waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func

from warp_hub.db import session
from warp_hub.incidents.reports import Report, ReportState
from warp_hub.sharing.visibility import count_visible, select_kept
from warp_hub.tlp import Viewer

SHOWN = 3


@dataclass(frozen=True)
class WaitingReports:
    """How many reports wait for a review (bounded), the first few, and since when the oldest could have gone out."""

    count: int
    first: Sequence[Report]
    oldest: datetime | None


def waiting_reports(viewer: Viewer) -> WaitingReports:
    """Return what waits on this viewer's desks. Nobody knows when a report came, only when it may go out at first."""
    waiting = select_kept(Report, viewer).where(Report.state == ReportState.WAITING)
    first = session.scalars(waiting.order_by(Report.not_before, Report.record_id).limit(SHOWN)).all()
    oldest = session.scalar(waiting.with_only_columns(func.min(Report.not_before)))
    # What is sealed is not for the web role, so the rows are counted by their ids.
    return WaitingReports(count_visible(waiting.with_only_columns(Report.record_id)), first, oldest)
