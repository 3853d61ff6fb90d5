"""Who wants to be told at once; people do until they say otherwise."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from warp_hub import audit, clock
from warp_hub.alerts.models import AlertChoice
from warp_hub.db import session
from warp_hub.mail import addresses

LIST = "alerts"


def wants_alerts(person_id: UUID) -> bool:
    """Say whether a person wants to be told at once."""
    return person_id not in who_stopped([person_id])


def who_stopped(people: Collection[UUID]) -> frozenset[UUID]:
    """Return those of these people who do not want to be told at once."""
    stopped = select(AlertChoice.person_id).where(AlertChoice.stopped_at.is_not(None))
    return frozenset(session.scalars(stopped)) & frozenset(people)


def choose(person_id: UUID, *, wants: bool) -> None:
    """Keep whether a person wants to be told at once; choosing what is chosen already changes nothing."""
    if wants_alerts(person_id) is wants:
        return
    choice = insert(AlertChoice).values(person_id=person_id, stopped_at=None if wants else clock.now())
    session.execute(
        choice.on_conflict_do_update(
            index_elements=[AlertChoice.person_id], set_={"stopped_at": choice.excluded.stopped_at}
        )
    )
    audit.record("alerts.chosen", actor=person_id, detail={"wants": wants})


def unsubscribe_address(person_id: UUID) -> str:
    """Return the address that stops immediate notices for one person."""
    return addresses.unsubscribing(person_id, list=LIST)
