"""Answering who asked to share wider, and lowering a label: what only the source may decide, with its consent."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from warp_hub import audit, clock, mail
from warp_hub.advisories import gathering, writing_stix
from warp_hub.advisories.scopes import desk
from warp_hub.db import among, session
from warp_hub.memberships.models import Membership, MembershipKind, Organisation, State
from warp_hub.resharing.models import Answer, ShareRequest
from warp_hub.sharing import grants, publishing
from warp_hub.sharing.grants import Consent
from warp_hub.sharing.models import Item, ItemKind
from warp_hub.sharing.recalling import TOLD_OF
from warp_hub.sharing.visibility import find_visible, select_waiting
from warp_hub.tlp import Marking, Outlet, Viewer

KIND = "share_answered"
WORTH_SENDING_FOR = timedelta(days=7)


class AnsweredBefore(Exception):
    """Somebody else has answered meanwhile."""


class NotAFullMember(Exception):
    """TLP:AMBER+STRICT is addressed to no associate."""


def select_requests(viewer: Viewer) -> Select[Any]:
    """Return the select of the wishes that wait on this viewer's desks, each with its item."""
    still_out = (ShareRequest.answer.is_(None), Item.withdrawn_at.is_(None))
    return select_waiting(ShareRequest, viewer).where(*still_out)


def find_request(request_id: UUID, viewer: Viewer) -> tuple[ShareRequest, Item] | None:
    """Return a wish that waits on this viewer's desks with its item, or None."""
    row = session.execute(select_requests(viewer).where(ShareRequest.id == request_id)).one_or_none()
    return (row[0], row[1]) if row is not None else None


def decline(asked: ShareRequest, because: str, viewer: Viewer) -> None:
    """Say no, and why; raises AnsweredBefore."""
    _settle(asked, Answer.NO, because, viewer)
    audit.record("declined to share wider", actor=viewer.person, item=asked.item_id, warp=asked.keeper)


def grant(
    asked: ShareRequest, item: Item, to: tuple[UUID, str], consent: Consent, because: str, viewer: Viewer
) -> None:
    """Say yes: one more WARP or organisation receives it.

    Raises AnsweredBefore, NotAFullMember, NotByAddress or ChangedMeanwhile.
    """
    if item.marking is Marking.AMBER_STRICT and _is_associate(to[0]):
        raise NotAFullMember(to[1])
    _settle(asked, Answer.YES, because, viewer)
    grants.grant(item, _behind(item, viewer), to, consent, asked.keeper, viewer)


def grant_label(asked: ShareRequest, item: Item, to: Marking, consent: Consent, because: str, viewer: Viewer) -> None:
    """Say yes: it goes under a wider label. Raises AnsweredBefore, NotWider or ChangedMeanwhile."""
    _settle(asked, Answer.YES, because, viewer)
    lower(item, to, consent, viewer)


def find_lowerable(item_id: UUID, viewer: Viewer) -> Item | None:
    """Return an item that is out and kept by this viewer, whose label could be wider, or None."""
    item: Item | None = find_visible(Item, item_id, viewer, Outlet.DESK)
    return item if item is not None and can_be_lowered(item) else None


def can_be_lowered(item: Item) -> bool:
    """Say whether the label of an item that one works on could be wider: it is out, and not for everybody yet."""
    is_out = item.published_at is not None and item.withdrawn_at is None
    is_early = item.handling().under_embargo(clock.now())
    return is_out and not is_early and item.kind in TOLD_OF and item.marking is not Marking.CLEAR


def lower(item: Item, to: Marking, consent: Consent, viewer: Viewer) -> None:
    """Put an item, with what stands behind it alone, under a wider label, with its source's consent.

    Raises NotWider or ChangedMeanwhile.
    """
    grants.lower(item, _alone_behind(item, viewer), to, consent, viewer)
    session.flush()
    if item.kind is ItemKind.ADVISORY and writing_stix.state(item, viewer):
        publishing.revise(item)


def find_organisation(name: str) -> Organisation | None:
    """Return the member of exactly this name, whatever its capitals; None where none or several have it."""
    asked = select(Organisation).where(func.lower(Organisation.name) == name.strip().lower())
    belongs = select(Membership.organisation_id).where(Membership.state == State.ACTIVE)
    found = session.scalars(asked.where(Organisation.id.in_(belongs)).limit(2)).all()
    return found[0] if len(found) == 1 else None


def _settle(asked: ShareRequest, answer: Answer, because: str, viewer: Viewer) -> None:
    session.refresh(asked, ["answer"], with_for_update=True)
    if asked.answer is not None:
        raise AnsweredBefore(str(asked.id))
    asked.answer, asked.because = answer, because
    asked.answered_at, asked.answered_by = clock.now(), viewer.person
    mail.post(KIND, asked.person_id, item_ids=[asked.id], expires_at=clock.now() + WORTH_SENDING_FOR)


def _is_associate(organisation_id: UUID) -> bool:
    """Say whether this is an organisation that is a full member of no WARP."""
    held = select(Membership.kind).where(
        Membership.organisation_id == organisation_id, Membership.state == State.ACTIVE
    )
    kinds = set(session.scalars(held))
    return bool(kinds) and MembershipKind.FULL not in kinds


def _behind(item: Item, viewer: Viewer) -> Sequence[Item]:
    return _items(gathering.behind(desk(viewer), item), viewer)


def _alone_behind(item: Item, viewer: Viewer) -> Sequence[Item]:
    scope = desk(viewer)
    return _items(gathering.only_behind(scope, item, gathering.behind(scope, item)), viewer)


def _items(ids: Any, viewer: Viewer) -> Sequence[Item]:
    return session.scalars(desk(viewer)(Item).where(among(Item.id, ids))).all() if ids else ()
