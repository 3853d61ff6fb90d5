"""Following: who wants a letter when somebody replies. It is theirs alone and asks for nothing but the item."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from warp_hub.db import session
from warp_hub.discussions.models import Follow


def follow(person_id: UUID, item_id: UUID) -> None:
    """Let a person follow an item; following it already changes nothing."""
    wanted = insert(Follow).values(person_id=person_id, item_id=item_id)
    session.execute(wanted.on_conflict_do_nothing())


def stop_following(person_id: UUID, item_id: UUID) -> None:
    """Let a person hear no more of an item."""
    theirs = delete(Follow).where(Follow.person_id == person_id, Follow.item_id == item_id)
    session.execute(theirs.execution_options(synchronize_session=False))


def follows(person_id: UUID, item_id: UUID) -> bool:
    """Say whether a person follows an item."""
    theirs = select(Follow.item_id).where(Follow.person_id == person_id, Follow.item_id == item_id)
    return session.scalar(theirs) is not None


def followers_of(item_id: UUID) -> Sequence[UUID]:
    """Return everybody who follows an item; for the worker, who writes to them."""
    return session.scalars(select(Follow.person_id).where(Follow.item_id == item_id).order_by(Follow.person_id)).all()
