"""What a source sent that cannot be taken in: kept with its reason, counted when it comes again."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from warp_hub import audit, clock, text
from warp_hub.advisories.models import Quarantined, Source
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
AT_ONCE = 50  # each may be as large as an object may be


@dataclass(frozen=True, slots=True)
class Refused:
    """One thing that was not taken in."""

    raw: bytes
    reason: str
    stix_id: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a coordinator wants tried once more, or fetched from its source by its id."""

    id: UUID
    raw: bytes
    reason: str
    stix_id: str | None
    fetch_again: bool


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
    session.execute(
        seen_again.values(count=Quarantined.count + 1, last_seen_at=now, try_again=False, fetch_again=False)
    )
    free = MOST_ROWS - _held(source_id)
    fresh = [(digest, one) for digest, one in rows.items() if digest not in again][: max(free, 0)]
    store.load(Quarantined, [_row(digest, one, source_id, keeper, now) for digest, one in fresh])


def asked_again(source_id: UUID) -> Sequence[Asked]:
    """Return some of what a coordinator wants tried once more; each is asked for until it is let go of or refused."""
    columns = (Quarantined.id, Quarantined.raw, Quarantined.reason, Quarantined.stix_id, Quarantined.fetch_again)
    asked: Any = select(*columns).where(Quarantined.source_id == source_id, Quarantined.try_again.is_(True))
    few = house_read(asked.order_by(Quarantined.id).limit(AT_ONCE), "intake")
    return [Asked(*row) for row in session.execute(few)]


def try_again(row: Quarantined, source: Source, *, by: UUID | None) -> None:
    """Have what was sent taken in once more, as it came; the source is asked at the next tick."""
    row.try_again, row.fetch_again = True, False
    source.next_try_at = clock.now()
    _record("try again", row, source, by)


def fetch_again(row: Quarantined, source: Source, *, by: UUID | None) -> None:
    """Have the source asked for this one thing by its id; it is asked at the next tick."""
    row.try_again, row.fetch_again = True, True
    source.next_try_at = clock.now()
    _record("fetch again", row, source, by)


def discard(row: Quarantined, source: Source, *, by: UUID | None) -> None:
    """Throw away what needed checking; if the source sends it once more, it comes once more."""
    session.delete(row)
    _record("discarded", row, source, by)


def _record(action: str, row: Quarantined, source: Source, by: UUID | None) -> None:
    about = {"source": source.slug, "stix_id": row.stix_id}
    audit.record(action, actor=by, warp=row.keeper, detail=about)


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
        "fetch_again": False,
    }


def _digest(one: Refused) -> bytes:
    return hashlib.blake2b(one.raw, digest_size=16, person=b"quarantine").digest()
