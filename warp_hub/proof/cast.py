"""The viewers of the leak matrix: one person of every kind, each with what their session has proved.

Everybody signs in while all is well. Then some lose their place, and their cookies live on: what a cookie was
worth yesterday says nothing about what it opens today.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from warp_hub import clock
from warp_hub.db import session
from warp_hub.memberships import leaving, organisations, people, stand_ins, tokens, warps
from warp_hub.memberships.models import MembershipKind, Organisation, Person, PostKind, State, Warp, WarpKind
from warp_hub.memberships.viewers import Proof
from warp_hub.operations import first_keys
from warp_hub.signin.visitors import open_session_for
from warp_hub.tlp import Marking

# The letter of each viewer in the tables of `expected`, who they are, and what their session proves.
VIEWERS: dict[str, tuple[str, Proof]] = {
    "N": ("nobody: no session at all", Proof.NOTHING),
    "L": ("lapsed: of a council whose membership lapsed", Proof.FULL),
    "U": ("suspended", Proof.FULL),
    "Z": ("gone: has left the hub for good", Proof.FULL),
    "A": ("undecided: applied, not yet a member", Proof.FULL),
    "I": ("invited: on a list that nobody confirmed", Proof.FULL),
    "D": ("departed: left their post", Proof.FULL),
    "R": ("reader: full member by a mail link", Proof.MAILBOX),
    "1": ("full member by one factor", Proof.PASSWORD),
    "M": ("full member", Proof.FULL),
    "S": ("of the addressed council", Proof.FULL),
    "X": ("associate", Proof.FULL),
    "B": ("associate here, full member elsewhere", Proof.FULL),
    "O": ("full member of another WARP", Proof.FULL),
    "G": ("full member of a WARP inside this one", Proof.FULL),
    "C": ("coordinator who holds a key", Proof.FULL),
    "W": ("coordinator who is of no council", Proof.FULL),
    "K": ("coordinator by one factor", Proof.PASSWORD),
    "Y": ("stand-in for the coordinator", Proof.FULL),
    "0": ("stood in for a coordinator until a moment ago", Proof.FULL),
    "E": ("coordinator elsewhere", Proof.FULL),
    "P": ("named person, of another WARP", Proof.FULL),
    "T": ("national team", Proof.FULL),
    "F": ("a tool of M's", Proof.NOTHING),
    "H": ("a tool of M's, up to TLP:GREEN", Proof.NOTHING),
    "J": ("a tool of X's", Proof.NOTHING),
    "V": ("a tool of M's whose token ran out", Proof.NOTHING),
}

STAND_INS, A_WHILE = "Y0", timedelta(minutes=2)

# The tools: whose they are, up to which label their tokens fetch, and for how many days from a month ago.
TOOLS: dict[str, tuple[str, Marking, int]] = {
    "F": ("M", Marking.AMBER_STRICT, 90),
    "H": ("M", Marking.GREEN, 90),
    "J": ("X", Marking.AMBER_STRICT, 90),
    "V": ("M", Marking.AMBER_STRICT, 29),
}


@dataclass(frozen=True)
class Cast:
    """The people by their letter, their cookies, their tools' (e-mail, token), and the addresses items are sent to."""

    people: dict[str, UUID]
    cookies: dict[str, str]
    tokens: dict[str, tuple[str, str]]
    here: UUID
    elsewhere: UUID
    council: UUID
    supplier: UUID

    @property
    def warps(self) -> tuple[UUID, UUID]:
        """Return the WARPs that have digests."""
        return self.here, self.elsewhere


def assemble() -> Cast:
    """Write the people, sign them in, and let those go who go; the caller commits."""
    here = warps.found_warp("here", "Here WARP", WarpKind.REGION)
    elsewhere = warps.found_warp("elsewhere", "Elsewhere WARP", WarpKind.REGION)
    inside = warps.found_warp("inside", "Inside WARP", WarpKind.SUB_REGION, parent=here)
    national = warps.found_warp("national", "National team", WarpKind.NATIONAL)
    bodies = _bodies(here, elsewhere, inside)
    everybody = _people(bodies)
    for letter, warp in {"C": here, "W": here, "K": here, "E": elsewhere, "T": national}.items():
        people.appoint_coordinator(everybody[letter], warp)
    session.flush()
    _let_stand_in(everybody, here)
    first_keys.give_key(everybody["C"].id, "this opens nothing that is real")
    proofs = {letter: proof for letter, (_, proof) in VIEWERS.items() if letter in everybody}
    cookies = {letter: open_session_for(everybody[letter].id, proof) for letter, proof in proofs.items()}
    with clock.at(clock.now() - A_WHILE):  # while they stood in
        cookies["0"] = open_session_for(everybody["0"].id, proofs["0"])
    session.flush()
    _let_go(everybody, bodies, here)
    return Cast(
        {letter: person.id for letter, person in everybody.items()},
        cookies,
        _tokens(everybody),
        here.id,
        elsewhere.id,
        bodies["addressed council"].id,
        bodies["supplier"].id,
    )


def _bodies(here: Warp, elsewhere: Warp, inside: Warp) -> dict[str, Organisation]:
    places = {
        "lent council": (here, MembershipKind.FULL),
        "home council": (here, MembershipKind.FULL),
        "addressed council": (here, MembershipKind.FULL),
        "lapsing council": (here, MembershipKind.FULL),
        "supplier": (here, MembershipKind.ASSOCIATE),
        "away council": (elsewhere, MembershipKind.FULL),
        "inner council": (inside, MembershipKind.FULL),
    }
    bodies = {name: organisations.add_organisation(f"The {name}") for name in places}
    for name, (warp, kind) in places.items():
        organisations.join(bodies[name], warp, kind)
    return bodies


# Where each person holds a post.
POSTS: dict[str, tuple[str, ...]] = {
    "L": ("lapsing council",),
    "U": ("home council",),
    "Z": ("home council",),
    "A": ("home council",),
    "I": ("home council",),
    "D": ("home council",),
    "R": ("home council",),
    "1": ("home council",),
    "M": ("home council",),
    "S": ("addressed council",),
    "X": ("supplier",),
    "B": ("supplier", "away council"),
    "O": ("away council",),
    "G": ("inner council",),
    "C": ("home council",),
    "W": (),
    "K": ("home council",),
    "Y": ("lent council",),
    "0": ("lent council",),
    "E": ("away council",),
    "P": ("away council",),
    "T": (),
}


def _let_stand_in(everybody: dict[str, Person], here: Warp) -> None:
    """Let one stand in for C, and another have stood in for W: the moment alone ended it."""
    now = clock.now()
    stand_ins.name(everybody["C"].id, here, everybody["Y"].id, now + timedelta(days=7))
    with clock.at(now - 2 * A_WHILE):
        stand_ins.name(everybody["W"].id, here, everybody["0"].id, now)
    session.flush()


def _people(bodies: dict[str, Organisation]) -> dict[str, Person]:
    everybody = {}
    for number, (letter, posts) in enumerate(POSTS.items()):
        everybody[letter] = people.add_person(f"viewer-{number}@cast.example", f"Viewer {letter}")
        for body in posts:
            people.appoint(everybody[letter], bodies[body], PostKind.LEAD if letter in STAND_INS else PostKind.OFFICER)
    return everybody


def _tokens(everybody: dict[str, Person]) -> dict[str, tuple[str, str]]:
    made = {}
    a_month_ago = clock.now() - timedelta(days=30)
    for letter, (owner, ceiling, days) in TOOLS.items():
        person = everybody[owner]
        with clock.at(a_month_ago):
            secret = tokens.mint(person.id, f"tool {letter}", ceiling, a_month_ago + timedelta(days=days))
        made[letter] = (person.email, secret)
    return made


def _let_go(everybody: dict[str, Person], bodies: dict[str, Organisation], here: Warp) -> None:
    organisations.lapse(bodies["lapsing council"], here)
    people.suspend(everybody["U"], "for the proof")
    people.leave_post(everybody["D"], bodies["home council"])
    leaving.leave(everybody["Z"])
    for letter, state in {"A": State.APPLIED, "I": State.INVITED}.items():
        post = people.find_post(everybody[letter], bodies["home council"])
        assert post is not None
        post.state = state
    session.flush()
