"""Every kind of visitor, and something of each kind that has a page of its own, in one WARP and in another.

The people are those of the leak matrix, with a lead of each WARP and a coordinator who proved who they are a while
ago. Whatever an address can name lies in Here and, of the same make, in Elsewhere; a third id is of nothing at all.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from warp_hub import clock, db, mail
from warp_hub.db import new_id, session
from warp_hub.discussions.models import Reply
from warp_hub.mail import LetterState
from warp_hub.memberships import agreement_writing, applications, domain_requests, people, roles, tokens
from warp_hub.memberships.models import MembershipKind, Organisation, Person, Post, PostKind, Warp
from warp_hub.memberships.viewers import Proof
from warp_hub.proof import cast, planted
from warp_hub.proof.addresses import FITTING, ids_in
from warp_hub.proof.cast import VIEWERS, Cast
from warp_hub.proof.planted import Garden
from warp_hub.proof.walking import Walker
from warp_hub.resharing.models import ShareRequest, Wish
from warp_hub.sharing.visibility import house_read
from warp_hub.signin import sessions
from warp_hub.signin.federation.models import Account, Binding
from warp_hub.signin.models import Passkey, Session
from warp_hub.signin.visitors import open_session_for
from warp_hub.tlp import Marking

_connections: Any = __import__("sys").modules["warp_hub.db.session"]
HERE, ELSEWHERE, NOTHING = "here", "elsewhere", "nothing"

# Beside those of the leak matrix.
OWN_KINDS = {
    "Q": "lead of a member organisation",
    "q": "lead of an organisation of another WARP",
    "c": "coordinator who proved who they are a while ago",
}
ASKING = "NUZFRA1IDMXOQqKCWcYET"
KINDS = {letter: OWN_KINDS.get(letter) or VIEWERS[letter][0] for letter in ASKING}

# Which planted row an id of an item is of, by the room that is asked; what has no word here is a warning.
ROWS = {
    "incidents": ("AMBER incident", "AMBER incident of Elsewhere"),
    "discussions": ("AMBER question", "AMBER question of Elsewhere"),
    "replies": ("AMBER question", "AMBER question of Elsewhere"),
    "training": ("AMBER session", "AMBER session of Elsewhere"),
    "desk_training": ("AMBER session", "AMBER session of Elsewhere"),
    "desk_warnings": ("GREEN waiting", "GREEN waiting at Elsewhere"),
    "desk_same": ("GREEN waiting", "GREEN waiting at Elsewhere"),
    "desk_originals": ("GREEN waiting", "GREEN waiting at Elsewhere"),
    "desk_writing": ("GREEN waiting", "GREEN waiting at Elsewhere"),
}
WARNINGS = ("AMBER published", "AMBER to Elsewhere")


@dataclass
class World:
    """The hub with everybody in it; `ids` are by the WARP they are of and by the name of an address's argument."""

    app: Flask
    cast: Cast
    garden: Garden
    walker: Walker = field(init=False)
    ids: dict[str, dict[str, UUID]] = field(default_factory=lambda: {HERE: {}, ELSEWHERE: {}})

    def __post_init__(self) -> None:
        self.walker = Walker(self.app, self.cast, viewers=ASKING)

    def address(self, rule: Rule, of: str) -> str:
        """Return the address of a page for what lies in one of the two WARPs, or for nothing."""
        fitting = {name: FITTING[name][0] for name in rule.arguments - set(ids_in(rule))}
        if "slug" in fitting:
            fitting["slug"] = {NOTHING: "nowhere"}.get(of, of)
        found: dict[str, object] = {**fitting, **{name: self._id(rule, name, of) for name in ids_in(rule)}}
        return self.app.url_map.bind("localhost").build(rule.endpoint, found)

    def _id(self, rule: Rule, name: str, of: str) -> UUID:
        if of == NOTHING:
            return uuid4()
        room = rule.endpoint.split(".")[0]
        if name == "item_id":
            return self.garden.ids[ROWS.get(room, WARNINGS)[of == ELSEWHERE]]
        return self.ids[of].get(f"{rule.endpoint} {name}") or self.ids[of][name]


def build(app: Flask) -> World:
    """Write everybody and everything; whoever asks is signed in."""
    with db.acting("work"):
        everybody = cast.assemble()
        _the_others(everybody)
        session.commit()
        rows = {row for pair in (*ROWS.values(), WARNINGS) for row in pair}
        world = World(app, everybody, planted.plant(everybody, sorted({*rows, "GREEN published"})))
        for of in (HERE, ELSEWHERE):
            world.ids[of] = _what_lies_in(world, of)
        session.commit()
        db.leave()
    with db.acting("web"):
        for of, letter in ((HERE, "M"), (ELSEWHERE, "O")):
            world.ids[of] |= _ways_in(world.ids[of]["organisation_id"], everybody.people[letter], of)
        session.commit()
        db.leave()
    return world


@contextmanager
def leaving_nothing() -> Iterator[None]:
    """Let what the web role writes meanwhile be undone afterwards, whatever was committed."""
    engine = _connections._engines["web"]
    with db.acting("web"), engine.connect() as connection:
        outer = connection.begin()
        db.leave()
        session.configure(join_transaction_mode="create_savepoint")
        _connections._engines["web"] = connection
        try:
            yield
        finally:
            db.leave()
            session.configure(join_transaction_mode="conditional_savepoint")
            _connections._engines["web"] = engine
            outer.rollback()


def _the_others(everybody: Cast) -> None:
    here = _found(Warp, everybody.here)
    _led(everybody, "Q", "M")
    _led(everybody, "q", "O")
    people.appoint_coordinator(_joined(everybody, "c", ""), here)
    session.flush()
    for letter in "Qq":
        everybody.cookies[letter] = open_session_for(everybody.people[letter], Proof.FULL)
    with clock.at(clock.now() - sessions.FRESH_FOR - timedelta(minutes=1)):
        everybody.cookies["c"] = open_session_for(everybody.people["c"], Proof.FULL)


def _led(everybody: Cast, letter: str, colleague: str) -> None:
    _joined(everybody, letter, colleague, PostKind.LEAD)


def _joined(everybody: Cast, letter: str, colleague: str, kind: PostKind = PostKind.OFFICER) -> Person:
    """Add somebody, at the organisation of another where one is named."""
    person = people.add_person(f"kind-{ord(letter)}@cast.example", f"Kind {ord(letter)}")
    if colleague:
        people.appoint(person, _body_of(everybody, colleague), kind)
    everybody.people[letter] = person.id
    return person


def _body_of(everybody: Cast, letter: str) -> Organisation:
    held = select(Organisation).join(Post, Post.organisation_id == Organisation.id)
    return session.scalars(held.where(Post.person_id == everybody.people[letter]).limit(1)).one()


def _found(of: type[Any], id: UUID) -> Any:
    return session.scalars(select(of).where(of.id == id)).one()


def _what_lies_in(world: World, of: str) -> dict[str, UUID]:
    """Write one of each thing that an address can name; return its id by the argument's name."""
    member, lead, coordinator = ("M", "Q", "C") if of == HERE else ("O", "q", "E")
    asked = world.cast.people
    warp = _found(Warp, world.cast.here if of == HERE else world.cast.elsewhere)
    body, source = _body_of(world.cast, member), "source" if of == HERE else "another source"
    report = world.garden.reports["a report of Here" if of == HERE else "a report of Elsewhere"]
    return {
        "organisation_id": body.id,
        "person_id": asked[member],
        "source_id": world.garden.sources[source],
        "row_id": world.garden.aside[source],
        "record_id": report,
        "application_id": _application(warp, f"{of}@applying.example"),
        "agreement_id": _agreement(warp),
        "letter_id": _letter(asked[member], warp),
        "desk_organisations.answer_domain request_id": domain_requests.ask(body, f"{of}.example", asked[lead]).id,
        "desk_sharing.answer_request request_id": _wish(world, of, asked[member], warp),
        "proposal_id": roles.propose(
            _found(Person, asked[lead]), warp, "They know it", asked[coordinator], grant=True
        ).id,
        "token_id": _token(asked[member]),
        "session_id": session.scalars(select(Session.id).where(Session.person_id == asked[member])).first(),
        "reply_id": _reply(world, of),
    }


def _application(warp: Warp, address: str) -> UUID:
    made = applications.begin(address, warp.id)
    applications.confirm(made)
    told = {"name": "Mei Zhang", "job": "Officer", "language": "en", "organisation_name": "A town", "why": "To belong"}
    applications.save(made.id, kind=MembershipKind.FULL, **told)
    applications.send(made.id)
    return made.id


def _agreement(warp: Warp) -> UUID:
    agreement_writing.write(warp, {"en": "We keep what we are told."})
    made = agreement_writing.publish(warp, clock.now() + timedelta(days=30)).id
    agreement_writing.write(warp, {"en": "We keep what we are told, and say so."})
    return made


def _letter(person: UUID, warp: Warp) -> UUID:
    letter = mail.post("digest", person, warp_id=warp.id, expires_at=clock.now() + timedelta(days=1))
    letter.state = LetterState.FAILED
    return letter.id


def _wish(world: World, of: str, person: UUID, warp: Warp) -> UUID:
    item = world.garden.ids[WARNINGS[of == ELSEWHERE]]
    made = ShareRequest(id=new_id(), item_id=item, keeper=warp.id, person_id=person, wish=Wish.LABEL)
    made.marking, made.why, made.asked_at = Marking.GREEN, "They have it too", clock.now()
    session.add(made)
    return made.id


def _token(person: UUID) -> UUID:
    tokens.mint(person, "a tool to stop", Marking.GREEN, clock.now() + timedelta(days=30))
    session.flush()
    return next(token.id for token in tokens.tokens_of(person) if token.name == "a tool to stop")


def _ways_in(organisation_id: UUID, person: UUID, of: str) -> dict[str, UUID]:
    account = Account(person_id=person, provider=of, issuer="https://issuer.example", subject_id=of, label=of)
    account.linked_at = clock.now()
    binding = Binding(organisation_id=organisation_id, provider=of, bound_at=clock.now())
    key = Passkey(
        person_id=person, credential_id=of.encode(), public_key=b"key", sign_count=0, name=of, is_synced=False
    )
    key.made_at = clock.now()
    session.add_all([account, binding, key])
    session.flush()
    return {"account_id": account.id, "binding_id": binding.id, "passkey_id": key.id}


def _reply(world: World, of: str) -> UUID:
    item = world.garden.ids[ROWS["replies"][of == ELSEWHERE]]
    return session.scalars(house_read(select(Reply.id).where(Reply.item_id == item), "leak test")).one()
