"""What a source sent that cannot be taken in: kept with its reason, counted when it comes again."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update

from warp_hub import text
from warp_hub.advisories.models import Quarantined
from warp_hub.db import among, session
from warp_hub.sharing import store
from warp_hub.sharing.visibility import house_read

N_ = str  # marks a sentence for the translators
CONFLICT = N_("The same version came before with other content. The first one counts.")
REDEFINED = N_("It gives a TLP label another meaning. The labels are fixed.")
DATED_AHEAD = N_("Its newer version is dated more than a day ahead.")
LABEL = N_("The label of its newer version could not be read.")
OUT_OF_TIME = N_("It is dated before 1970 or after 9000.")
UNSTORABLE = N_("It could not be stored, though its shape is sound.")
TOO_MANY_VERSIONS = N_("It has more versions than are kept.")

MOST_ROWS, LONGEST_RAW, LONGEST_REASON = 10_000, 1024 * 1024, 500


@dataclass(frozen=True, slots=True)
class Refused:
    """One thing that was not taken in."""

    raw: bytes
    reason: str
    stix_id: str | None = None


def put_aside(refused: Iterable[Refused], *, source_id: UUID, keeper: UUID, now: datetime) -> None:
    """Keep what was refused, each content once; beyond 10,000 of one source only the counts of runs tell."""
    rows = {_digest(one): one for one in refused}
    if not rows:
        return
    held = house_read(
        select(Quarantined.digest).where(Quarantined.source_id == source_id, among(Quarantined.digest, rows)), "intake"
    )
    again = set(session.scalars(held))
    seen_again = update(Quarantined).where(Quarantined.source_id == source_id, among(Quarantined.digest, again))
    session.execute(seen_again.values(count=Quarantined.count + 1, last_seen_at=now, try_again=False))
    free = MOST_ROWS - _held(source_id)
    fresh = [(digest, one) for digest, one in rows.items() if digest not in again][: max(free, 0)]
    store.load(Quarantined, [_row(digest, one, source_id, keeper, now) for digest, one in fresh])


def asked_again(source_id: UUID) -> Sequence[Quarantined]:
    """Return what a coordinator wants tried once more."""
    asked = select(Quarantined).where(Quarantined.source_id == source_id, Quarantined.try_again.is_(True))
    return session.scalars(house_read(asked.limit(MOST_ROWS), "intake")).all()


def _held(source_id: UUID) -> int:
    counted = select(func.count()).select_from(Quarantined).where(Quarantined.source_id == source_id)
    return session.scalar(house_read(counted, "intake")) or 0


def _row(digest: bytes, one: Refused, source_id: UUID, keeper: UUID, now: datetime) -> dict[str, object]:
    return {
        "source_id": source_id,
        "keeper": keeper,
        "digest": digest,
        "raw": one.raw[:LONGEST_RAW],
        "reason": text.for_database(one.reason)[:LONGEST_REASON],
        "stix_id": text.for_database(one.stix_id)[:LONGEST_REASON] if one.stix_id else None,
        "count": 1,
        "first_seen_at": now,
        "last_seen_at": now,
        "try_again": False,
    }


def _digest(one: Refused) -> bytes:
    return hashlib.blake2b(one.raw, digest_size=16, person=b"quarantine").digest()
