"""What somebody told the hub that they run and follow: kept for them, or for the organisation they lead.

Nobody else sees it; the audit says that a list was saved, never what is on it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select

from warp_hub import audit, text
from warp_hub.alerts import keys, products, topics
from warp_hub.alerts.interest_models import Interest, InterestKind
from warp_hub.db import new_id, session
from warp_hub.memberships.models import Organisation, Post, PostKind, State
from warp_hub.sharing.models import Severity
from warp_hub.sharing.visibility import select_owned
from warp_hub.tlp import Viewer

MOST_TYPED, LONGEST_TYPED = 100, 80
_CLASS = 0x57415250_494E5453
_CVE = re.compile(r"CVE-\d{4}-\d{4,7}", re.IGNORECASE)


@dataclass(frozen=True)
class Owner:
    """Whose list it is: a person's own, or an organisation's."""

    person_id: UUID | None = None
    organisation_id: UUID | None = None

    def columns(self) -> dict[str, UUID | None]:
        """Return the owner as columns of a row."""
        return {"person_id": self.person_id, "organisation_id": self.organisation_id}


@dataclass(frozen=True)
class Wanted:
    """A list as its owner sees it: what is ticked, what is typed, and how urgent it must be to count."""

    products: frozenset[str] = frozenset()
    typed: tuple[str, ...] = ()
    sectors: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    sources: frozenset[UUID] = frozenset()
    floor: Severity | None = None
    was_asked: bool = field(default=False, compare=False)

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing on the list."""
        return not (self.products or self.typed or self.sectors or self.topics or self.sources)


def wanted_by(owner: Owner, viewer: Viewer) -> Wanted:
    """Return the list of an owner, as far as it is this viewer's to see."""
    mine = [row for row in _rows(viewer) if row.person_id == owner.person_id and _is_of(row, owner)]
    values = {kind: [row.value for row in mine if row.kind is kind] for kind in InterestKind}
    return Wanted(
        products=frozenset(values[InterestKind.PRODUCT]),
        typed=tuple(sorted(values[InterestKind.TYPED], key=str.casefold)),
        sectors=frozenset(values[InterestKind.SECTOR]),
        topics=frozenset(values[InterestKind.TOPIC]),
        sources=frozenset(map(UUID, values[InterestKind.SOURCE])),
        floor=next((row.floor for row in mine), None),
        was_asked=bool(mine),
    )


def keep(owner: Owner, wanted: Wanted, viewer: Viewer) -> None:
    """Let this be an owner's list from now on; whose it is not, is refused by the database."""
    _take_turn(owner)
    session.execute(delete(Interest).where(_of(owner)).execution_options(synchronize_session=False))
    rows = dict.fromkeys(_entries(wanted)) or {(InterestKind.NOTHING, "", ""): None}
    for kind, value, key in rows:
        session.add(Interest(id=new_id(), kind=kind, value=value, key=key, floor=wanted.floor, **owner.columns()))
    session.flush()
    audit.record("list saved", actor=viewer.person, detail={"of": "person" if owner.person_id else "organisation"})


def has_list(viewer: Viewer) -> bool:
    """Say whether anything is on this viewer's own list or their organisation's."""
    return any(row.kind is not InterestKind.NOTHING for row in _rows(viewer))


def was_asked(viewer: Viewer) -> bool:
    """Say whether this viewer, or their organisation, has answered what they run."""
    return bool(_rows(viewer))


def read_typed(lines: Iterable[str]) -> tuple[Wanted, list[str]]:
    """Return what somebody typed as a list, products of the catalogue as such, and what names nothing to look for."""
    known: set[str] = set()
    typed: dict[str, None] = {}
    refused = []
    for line in filter(None, (text.one_line(line, LONGEST_TYPED) for line in lines)):
        named = _products_in(line)
        if named:
            known |= set(named)
        elif _key_of(line):
            typed[line] = None
        else:
            refused.append(line)
    return Wanted(products=frozenset(known), typed=tuple(typed)[:MOST_TYPED]), refused


def led_by(viewer: Viewer) -> Sequence[Organisation]:
    """Return the organisations whose list this viewer may change: those they lead, after a full sign-in."""
    leads = select(Post.organisation_id).where(
        Post.person_id == viewer.person, Post.kind == PostKind.LEAD, Post.state == State.ACTIVE
    )
    mine = select(Organisation).where(Organisation.id.in_(leads), Organisation.id.in_(sorted(viewer.amber)))
    return session.scalars(mine.order_by(Organisation.name)).all()


def _take_turn(owner: Owner) -> None:
    """Wait until nobody else saves this list, as a form sent twice does; held to the end of the transaction."""
    whose = owner.person_id or owner.organisation_id
    assert whose is not None
    session.execute(select(func.pg_advisory_xact_lock((whose.int >> 64 ^ _CLASS) & (2**63 - 1))))


def _rows(viewer: Viewer) -> Sequence[Interest]:
    return session.scalars(select_owned(Interest, viewer)).all()


def _is_of(row: Interest, owner: Owner) -> bool:
    return row.organisation_id == owner.organisation_id


def _of(owner: Owner) -> ColumnElement[bool]:
    if owner.person_id is not None:
        return Interest.person_id == owner.person_id
    return Interest.organisation_id == owner.organisation_id


def _entries(wanted: Wanted) -> Iterable[tuple[InterestKind, str, str]]:
    for product in sorted(wanted.products):
        if products.by_id(product):
            yield InterestKind.PRODUCT, product, f"product:{product}"
    for line in wanted.typed:
        yield InterestKind.TYPED, line, _key_of(line)
    for sector in sorted(wanted.sectors & topics.SECTORS.keys()):
        yield InterestKind.SECTOR, sector, f"sector:{sector}"
    for topic in sorted(wanted.topics & topics.TOPICS.keys()):
        yield InterestKind.TOPIC, topic, f"topic:{topic}"
    for source in sorted(wanted.sources):
        yield InterestKind.SOURCE, str(source), f"source:{source}"


def _products_in(line: str) -> list[str]:
    if _CVE.fullmatch(line):
        return []
    found = products.of_cpe(line) if line.lower().startswith("cpe:") else products.find_products(line)
    return [product.id for product in found]


def _key_of(line: str) -> str:
    if _CVE.fullmatch(line):
        return f"cve:{line.upper()}"
    if line.lower().startswith("cpe:"):
        line = " ".join(products.cpe_parts(line)).replace("_", " ")
    return keys.key_of_name(line)
