"""How the mail of a coordinator's WARPs is doing, for their page of sources: numbers and times, and no mail."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from warp_hub import clock
from warp_hub.advisories.mailbox.models import Fate, Mailbox, MailCount
from warp_hub.alerts.wording import warp_name
from warp_hub.db import session
from warp_hub.memberships.models import Warp
from warp_hub.sharing.visibility import select_kept
from warp_hub.tlp import Viewer

DAYS = 30
WORDS = {
    Fate.TAKEN: _l("Became warnings"),
    Fate.TWICE: _l("Came twice"),
    Fate.NOT_A_COORDINATOR: _l("From somebody who does not run the WARP"),
    Fate.UNPROVED: _l("From whom could not be proved, so not taken"),
    Fate.REPORT: _l("Thrown away unread as possible reports; the sender was told where to report"),
    Fate.REPORT_UNANSWERED: _l("Thrown away unread as possible reports; the sender could not be told"),
    Fate.AUTOMATIC: _l("Written by a program in answer to a mail"),
    Fate.TOO_LARGE: _l("Larger than 10 MB"),
    Fate.UNREADABLE: _l("Could not be read"),
}


@dataclass(frozen=True)
class Standing:
    """The mail of one WARP: its mailbox, if it has one here, and how many mails of late met which fate."""

    name: str
    box: Mailbox | None
    counts: Sequence[tuple[object, int]]


def of_warps(warps: Collection[UUID], viewer: Viewer) -> list[Standing]:
    """Return the standing of each of these WARPs that takes mail, by name."""
    boxes = {box.warp_id: box for box in session.scalars(select(Mailbox).where(Mailbox.warp_id.in_(warps)))}
    counted = _counted(viewer)
    named = session.scalars(select(Warp).where(Warp.id.in_(warps)).order_by(Warp.name))
    return [
        Standing(warp_name(warp), boxes.get(warp.id), [(WORDS[fate], number) for fate, number in counts.items()])
        for warp in named
        if (counts := counted.get(warp.id, {})) or warp.id in boxes
    ]


def _counted(viewer: Viewer) -> Mapping[UUID, dict[Fate, int]]:
    since = (clock.now() - timedelta(days=DAYS)).date()
    numbers = select_kept(MailCount, viewer).where(MailCount.day > since)
    rows = session.execute(
        numbers.with_only_columns(MailCount.keeper, MailCount.fate, func.sum(MailCount.count)).group_by(
            MailCount.keeper, MailCount.fate
        )
    ).all()
    found: dict[UUID, dict[Fate, int]] = {}
    for fate in Fate:
        for keeper, of, number in rows:
            if of is fate:
                found.setdefault(keeper, {})[fate] = int(number)
    return found
