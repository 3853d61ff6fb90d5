"""Who did what, when: rows that are only ever inserted, chained by a job so that tampering shows.

`record` inserts; one job a minute links what is committed into `audit_link(seq, audit_id, hash)`. A chain
written by the caller would serialise every writer. No role may update or delete either table.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, mapped_column

from warp_hub import clock
from warp_hub.db import Model, new_id, session

_LOCK = 0x57415250_41554449
_GENESIS = bytes(32)
_BATCH = 5000


class Audit(Model):
    """One thing that somebody did; `detail` holds no secret and no text of an item."""

    __tablename__ = "audit"
    __audience__ = "house"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(index=True)
    action: Mapped[str]
    actor: Mapped[UUID | None]
    item_id: Mapped[UUID | None] = mapped_column(index=True)
    warp_id: Mapped[UUID | None]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


Index("ix_audit_person", Audit.detail["person"].astext)
Index("ix_audit_organisation", Audit.detail["organisation"].astext)


class AuditLink(Model):
    """One link of the chain: the hash of the one before and of the row."""

    __tablename__ = "audit_link"
    __audience__ = "house"

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"), unique=True)
    hash: Mapped[bytes]


@dataclass(frozen=True)
class Verdict:
    """What following the chain showed: how many links held, where it broke, what is not linked yet."""

    linked: int
    unlinked: int
    head: str
    broken_at: int | None = None
    reason: str = ""


def record(
    action: str,
    *,
    actor: UUID | None = None,
    item: UUID | None = None,
    warp: UUID | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Note that somebody did something, in the caller's transaction."""
    session.add(Audit(at=clock.now(), action=action, actor=actor, item_id=item, warp_id=warp, detail=detail or {}))


def link() -> int:
    """Chain the committed rows that are not chained yet, oldest first; return how many."""
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    last = session.scalars(select(AuditLink).order_by(AuditLink.seq.desc()).limit(1)).one_or_none()
    seq, before = (last.seq, last.hash) if last else (0, _GENESIS)
    rows = session.scalars(_unlinked().order_by(Audit.at, Audit.id).limit(_BATCH)).all()
    for row in rows:
        seq, before = seq + 1, _hash(before, row)
        session.add(AuditLink(seq=seq, audit_id=row.id, hash=before))
    return len(rows)


def verify() -> Verdict:
    """Follow the chain from its beginning and say whether every row is as it was linked."""
    unlinked = session.scalar(select(func.count()).select_from(_unlinked().subquery())) or 0
    links = select(AuditLink, Audit).join(Audit, Audit.id == AuditLink.audit_id, isouter=True).order_by(AuditLink.seq)
    before, linked = _GENESIS, 0
    with session.execute(links.execution_options(yield_per=1000)) as rows:
        for held, row in rows:
            reason = _fault(held, row, before, linked + 1)
            if reason:
                return Verdict(linked, unlinked, before.hex(), linked + 1, reason)
            before, linked = held.hash, held.seq
    return Verdict(linked, unlinked, before.hex())


def _fault(held: AuditLink, row: Audit | None, before: bytes, seq: int) -> str:
    if held.seq != seq:
        return "a link is missing"
    if row is None or _hash(before, row) != held.hash:
        return f"row {held.audit_id} was changed or removed"
    return ""


def _unlinked() -> Any:
    return select(Audit).where(~select(AuditLink.seq).where(AuditLink.audit_id == Audit.id).exists())


def _hash(before: bytes, row: Audit) -> bytes:
    told = [str(row.id), row.at.isoformat(), row.action, str(row.actor), str(row.item_id), str(row.warp_id), row.detail]
    return hashlib.sha256(before + json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).digest()
