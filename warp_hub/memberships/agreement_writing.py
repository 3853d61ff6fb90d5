"""Writing and publishing a WARP's agreement, and who of its members accepted it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from warp_hub import audit, clock, mail
from warp_hub.db import new_id, session
from warp_hub.memberships.agreement_models import Acceptance, Agreement
from warp_hub.memberships.agreements import leads_of_members, newest
from warp_hub.memberships.authority import require_for_good
from warp_hub.memberships.editions import ChangedMeanwhile, edition
from warp_hub.memberships.models import Membership, Organisation, Person, State, Warp
from warp_hub.text import clean_html

LETTER = "agreement"
LONGEST = 60_000
_LETTER_LIVES = timedelta(days=14)


class NothingToPublish(Exception):
    """There is no text to publish."""


@dataclass(frozen=True)
class Standing:
    """How one member stands to a WARP's newest agreement."""

    organisation: Organisation
    accepted: Acceptance | None
    by: str


def versions(warp_id: UUID) -> Sequence[Agreement]:
    """Return every version that was published, the newest first."""
    held = select(Agreement).where(Agreement.warp_id == warp_id, Agreement.published_at.is_not(None))
    return session.scalars(held.order_by(Agreement.version.desc())).all()


def draft(warp_id: UUID) -> Agreement | None:
    """Return what is being written and binds nobody, or None."""
    held = select(Agreement).where(Agreement.warp_id == warp_id, Agreement.published_at.is_(None))
    return session.scalars(held.execution_options(populate_existing=True)).one_or_none()


def standing_text(warp_id: UUID) -> str:
    """Return a word for the text that is being written, or that the next one begins from, as it stands now."""
    begun = draft(warp_id) or newest(warp_id)
    return edition([begun.version, *sorted(begun.text.items())] if begun else [])


def write(warp: Warp, text: Mapping[str, str], by: UUID | None = None, *, seen: str | None = None) -> Agreement:
    """Keep what is being written; it binds nobody until it is published.

    Raises ChangedMeanwhile where what stands there is not what was `seen`.
    """
    require_for_good(by, warp)
    session.scalars(select(Warp.id).where(Warp.id == warp.id).with_for_update(key_share=True)).one()
    _require_seen(warp, seen)
    found = draft(warp.id)
    if found is None:
        last = session.scalar(select(func.max(Agreement.version)).where(Agreement.warp_id == warp.id)) or 0
        found = Agreement(id=new_id(), warp_id=warp.id, version=last + 1)
        session.add(found)
    found.text = {language: words.strip() for language, words in text.items() if words.strip()}
    found.html = {language: clean_html(words) for language, words in found.text.items()}
    found.written_at = clock.now()
    session.flush()
    return found


def publish(warp: Warp, binds_from: datetime, by: UUID | None = None, *, seen: str | None = None) -> Agreement:
    """Publish what was written: who has not accepted it reads no more from `binds_from` on, or now if it has passed.

    Raises ChangedMeanwhile where it is not what was `seen`: nobody publishes a text they have not read.
    """
    require_for_good(by, warp)
    held = select(Agreement).where(Agreement.warp_id == warp.id, Agreement.published_at.is_(None)).with_for_update()
    found = session.scalars(held.execution_options(populate_existing=True)).one_or_none()
    if found is None or not found.text.get("en"):
        raise NothingToPublish
    _require_seen(warp, seen)
    now = clock.now()
    found.published_at, found.published_by, found.binds_from = now, by, max(now, binds_from)
    found.digest = digest_of(found)
    session.flush()
    detail = {"version": found.version, "digest": found.digest, "binds_from": found.binds_from.isoformat()}
    audit.record("agreement.published", actor=by, warp=warp.id, detail=detail)
    expires = found.binds_from + _LETTER_LIVES
    mail.post_all(LETTER, leads_of_members(warp.id), warp_id=warp.id, item_ids=[found.id], expires_at=expires)
    return found


def standings(warp_id: UUID) -> list[Standing]:
    """Return how each member of a WARP stands to its newest agreement, who has not accepted it first."""
    agreement = newest(warp_id)
    if agreement is None:
        return []
    held = (
        select(Organisation, Acceptance, Person.name)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .outerjoin(
            Acceptance,
            (Acceptance.organisation_id == Organisation.id) & (Acceptance.agreement_id == agreement.id),
        )
        .outerjoin(Person, Person.id == Acceptance.person_id)
        .where(Membership.warp_id == warp_id, Membership.state == State.ACTIVE)
        .order_by(Acceptance.at.is_not(None), Organisation.name)
    )
    return [Standing(organisation, accepted, name or "") for organisation, accepted, name in session.execute(held)]


def digest_of(agreement: Agreement) -> str:
    """Return the hash of an agreement's texts, as it is kept with each acceptance."""
    told = [str(agreement.warp_id), agreement.version, agreement.text]
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _require_seen(warp: Warp, seen: str | None) -> None:
    if seen is not None and seen != standing_text(warp.id):
        raise ChangedMeanwhile
