"""The viewers of the leak matrix: one person of every kind, each with what their session has proved."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from warp_hub.db import session
from warp_hub.memberships.models import (
    Coordinator,
    Membership,
    MembershipKind,
    Organisation,
    Person,
    Post,
    State,
    Warp,
    WarpKind,
)
from warp_hub.memberships.viewers import Proof

# The letter of each viewer in the table of `expected`, who they are, and what their session proves.
VIEWERS: dict[str, tuple[str, Proof]] = {
    "N": ("nobody: no session at all", Proof.NOTHING),
    "L": ("lapsed: of a council whose membership lapsed", Proof.FULL),
    "U": ("suspended", Proof.FULL),
    "A": ("undecided: applied, not yet a member", Proof.FULL),
    "R": ("reader: full member by a mail link", Proof.MAILBOX),
    "1": ("full member by one factor", Proof.PASSWORD),
    "M": ("full member", Proof.FULL),
    "S": ("of the addressed council", Proof.FULL),
    "X": ("associate", Proof.FULL),
    "O": ("full member of another WARP", Proof.FULL),
    "C": ("coordinator", Proof.FULL),
    "K": ("coordinator by one factor", Proof.PASSWORD),
    "E": ("coordinator elsewhere", Proof.FULL),
    "P": ("named person, of another WARP", Proof.FULL),
    "T": ("national team", Proof.FULL),
}


@dataclass(frozen=True)
class Cast:
    """The people by their letter, and the addresses items are sent to."""

    people: dict[str, UUID]
    warp: Warp
    other: Warp
    council: UUID


def assemble() -> Cast:
    """Write the people and their memberships; the caller commits."""
    warp, other, national = (
        _kept(Warp(slug=slug, name=name, kind=kind))
        for slug, name, kind in (
            ("here", "Here WARP", WarpKind.REGION),
            ("elsewhere", "Elsewhere WARP", WarpKind.REGION),
            ("national", "National team", WarpKind.NATIONAL),
        )
    )
    home = _body(warp)
    addressed, away = _body(warp), _body(other)
    people = {
        "L": _person("L", _body(warp, state=State.LAPSED)),
        "U": _person("U", home, state=State.SUSPENDED),
        "A": _person("A", home, post=State.APPLIED),
        "R": _person("R", home),
        "1": _person("1", home),
        "M": _person("M", home),
        "S": _person("S", addressed),
        "X": _person("X", _body(warp, kind=MembershipKind.ASSOCIATE)),
        "O": _person("O", away),
        "C": _person("C", home, runs=warp),
        "K": _person("K", home, runs=warp),
        "E": _person("E", away, runs=other),
        "P": _person("P", away),
        "T": _person("T", None, runs=national),
    }
    return Cast(people, warp, other, addressed.id)


def _body(of: Warp, kind: MembershipKind = MembershipKind.FULL, state: State = State.ACTIVE) -> Organisation:
    body = _kept(Organisation(name="A body"))
    _kept(Membership(organisation_id=body.id, warp_id=of.id, kind=kind, state=state))
    return body


def _person(
    letter: str,
    at: Organisation | None,
    *,
    state: State = State.ACTIVE,
    post: State = State.ACTIVE,
    runs: Warp | None = None,
) -> UUID:
    person = _kept(Person(email=f"viewer-{letter.lower()}@cast.example", name=f"Viewer {letter}", state=state))
    if at is not None:
        _kept(Post(person_id=person.id, organisation_id=at.id, state=post))
    if runs is not None:
        _kept(Coordinator(person_id=person.id, warp_id=runs.id))
    found: UUID = person.id
    return found


def _kept(made: Any) -> Any:
    session.add(made)
    session.flush()
    return made
