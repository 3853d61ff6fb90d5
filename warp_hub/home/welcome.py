"""What the first page and a WARP's public page show, all of it by the rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask_babel import get_locale
from sqlalchemy import select

from warp_hub import clock
from warp_hub.alerts import answers, interests, matching, wording_interests
from warp_hub.alerts.answers import Waiting
from warp_hub.db import session
from warp_hub.incidents.waiting import waiting_reports
from warp_hub.memberships.models import Warp, WarpKind
from warp_hub.memberships.settings import WarpSettings, settings_of
from warp_hub.sharing import sameness
from warp_hub.sharing.models import Decision, Item, ItemKind, Severity
from warp_hub.sharing.visibility import count_visible, select_visible, select_waiting
from warp_hub.tlp import NOBODY, Outlet, Viewer

NEW_FOR = timedelta(days=7)
SHOWN_NEEDED, SHOWN_NEW, SHOWN_OLDER, SHOWN_BESIDE = 5, 10, 15, 3
LISTED = (ItemKind.ADVISORY, ItemKind.SHARED_INCIDENT)


@dataclass(frozen=True)
class PublicWarp:
    """A WARP as its public page shows it, in the language of the page."""

    id: UUID
    slug: str
    name: str
    about: str
    who_may_join: str
    costs: str
    takes_applications: bool
    settings: WarpSettings


def warps() -> list[PublicWarp]:
    """Return every WARP of this hub, by name."""
    return [_public(warp) for warp in session.scalars(select(Warp).order_by(Warp.name))]


def find_warp(slug: str) -> PublicWarp | None:
    """Return one WARP by its slug."""
    warp = session.scalars(select(Warp).where(Warp.slug == slug)).one_or_none()
    return None if warp is None else _public(warp)


def public_warnings(warp: UUID) -> Sequence[Item]:
    """Return the newest warnings that a WARP publishes to anyone."""
    shown = select_visible(Item, NOBODY, Outlet.PUBLIC).where(
        Item.kind == ItemKind.ADVISORY, Item.passed_by.contains([warp])
    )
    return session.scalars(shown.order_by(Item.published_at.desc()).limit(SHOWN_NEW)).all()


@dataclass(frozen=True)
class Lists:
    """The three lists of the first page; `why` says of some rows why they are the reader's."""

    needs_answer: Sequence[Waiting]
    new: Sequence[Item]
    older: Sequence[Item]
    why: Mapping[UUID, Sequence[str]]


def lists(viewer: Viewer) -> Lists:
    """Return what needs an answer, what is new for this viewer, most urgent first, and everything else.

    New for somebody with a list is what meets it, what is for them by name, and every incident; for anybody else all
    of the last seven days.
    """
    needs = answers.waiting_for(viewer, most=SHOWN_NEEDED)
    told = {one.item.id for one in needs}
    rows = [row for kind in LISTED for row in _newest_of(kind, viewer)]
    rows = [row for row in sorted(rows, key=_published, reverse=True) if row.id not in told]
    mine = [row for row in _matching(viewer) if row.id not in told] if interests.has_list(viewer) else None
    new = _new(rows, mine, viewer)[:SHOWN_NEW]
    shown = {row.id for row in new}
    older = [row for row in rows if row.id not in shown][:SHOWN_OLDER]
    why = wording_interests.why_of([*told, *shown], viewer) if mine is not None else {}
    return Lists(needs, sorted(new, key=_urgency), older, why)


def waiting(viewer: Viewer) -> int:
    """Return how many warnings and reports wait on this coordinator's desks."""
    undecided = select_waiting(Decision, viewer).where(Decision.choice.is_(None))
    return count_visible(undecided.with_only_columns(Decision.id)) + waiting_reports(viewer).count


def _new(rows: Sequence[Item], mine: Sequence[Item] | None, viewer: Viewer) -> list[Item]:
    """Return what is new, newest first; `mine` is what meets a list, None for whoever has none."""
    lately = [row for row in rows if _published(row) >= clock.now() - NEW_FOR]
    if mine is None:
        return lately
    found = {row.id: row for row in mine if row.same_as_id not in {one.id for one in mine}}
    found |= {row.id: row for row in lately if row.kind is ItemKind.SHARED_INCIDENT or _names(row, viewer)}
    return sorted(found.values(), key=_published, reverse=True)


def _names(row: Item, viewer: Viewer) -> bool:
    """Say whether a warning is for this person by name."""
    return viewer.person in row.recipients or viewer.person in row.early


def _matching(viewer: Viewer) -> Sequence[Item]:
    asked = matching.matching_items(viewer).where(Item.published_at >= clock.now() - NEW_FOR)
    return session.scalars(asked.order_by(Item.published_at.desc(), Item.id).limit(SHOWN_NEW + SHOWN_OLDER)).all()


def _newest_of(kind: ItemKind, viewer: Viewer) -> Sequence[Item]:
    # One kind at a time: over two at once the index gives no order, and all would be sorted.
    asked = select_visible(Item, viewer, Outlet.PAGE).where(Item.kind == kind)
    asked = asked.where(sameness.shown_once(viewer, Outlet.PAGE)) if kind is ItemKind.ADVISORY else asked
    return session.scalars(asked.order_by(Item.published_at.desc(), Item.id).limit(SHOWN_NEW + SHOWN_OLDER)).all()


def _published(row: Item) -> datetime:
    assert row.published_at is not None  # the rule lets nothing else through
    return row.published_at


def _urgency(row: Item) -> int:
    return row.severity.rank if row.severity else len(Severity)


def _public(warp: Warp) -> PublicWarp:
    settings = settings_of(warp)
    return PublicWarp(
        warp.id,
        warp.slug,
        (warp.name_cy or warp.name) if _language() == "cy" else warp.name,
        _in_language(settings.about),
        _in_language(settings.who_may_join),
        _in_language(settings.costs),
        settings.takes_applications and warp.kind is not WarpKind.NATIONAL,
        settings,
    )


def _in_language(text: dict[str, str]) -> str:
    return text.get(_language()) or text.get("en", "")


def _language() -> str:
    return str(get_locale() or "en")[:2]
