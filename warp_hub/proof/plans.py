"""What each row of the tables is made of: to whom, from whose desk, and through which states it went."""

from dataclasses import dataclass, replace

from warp_hub.sharing.models import ItemKind
from warp_hub.tlp import Marking

WORD, WORD_OF_A_TEXT = "Patch", "Kestrel"  # every planted title has the one, every text the other
HERE, BOTH, ELSEWHERE = ("here",), ("here", "elsewhere"), ("elsewhere",)


@dataclass(frozen=True)
class Plan:
    """One row: names in it are those of `cast` (a WARP, an organisation, the letter of a person).

    It begins with the marking `begins`, if any, goes out to `to`, and then `becomes` what its row says. `undecided`
    are the WARPs in whose queue it waits; `about` is the row on whose page it stands, and `same_stix_id_as` the row
    whose STIX id another source gave to something of its own.
    """

    marking: Marking = Marking.CLEAR
    begins: Marking | None = None
    to: tuple[str, ...] = HERE
    keepers: tuple[str, ...] = HERE
    passed_by: tuple[str, ...] = HERE
    undecided: tuple[str, ...] = ()
    early: tuple[str, ...] = ()
    lifts_in_days: int | None = None
    published_days_ago: int = 0
    is_published: bool = True
    is_public: bool = False
    is_withdrawn: bool = False
    is_held: bool = False
    choice: str = "pass on"
    kind: ItemKind = ItemKind.ADVISORY
    about: str = ""
    same_stix_id_as: str = ""
    source: str = "source"
    count: int = 1


_OUT = Plan()
_WAITING = Plan(is_published=False, undecided=HERE, passed_by=())
_EARLY = Plan(early=("P",), lifts_in_days=1)

STATES: dict[str, Plan] = {
    "public": replace(_OUT, is_public=True),
    "published": _OUT,
    "to a council": replace(_OUT, to=("council",)),
    "to a supplier": replace(_OUT, to=("supplier",)),
    "to a person": replace(_OUT, to=("P",)),
    "to an associate": replace(_OUT, to=("X",)),
    "to a reader": replace(_OUT, to=("R",)),
    "to a coordinator": replace(_OUT, to=("C",)),
    "to both WARPs": replace(_OUT, to=BOTH, keepers=BOTH, passed_by=BOTH),
    "to Elsewhere": replace(_OUT, to=ELSEWHERE, keepers=ELSEWHERE, passed_by=ELSEWHERE),
    "passed on by one of two": replace(_OUT, keepers=BOTH, undecided=ELSEWHERE),
    "waiting": _WAITING,
    "waiting for its coordinators": replace(_WAITING, to=("C", "K", "W")),
    "waiting at Elsewhere": replace(_WAITING, keepers=ELSEWHERE, undecided=ELSEWHERE),
    "early notice": _EARLY,
    "public early notice": replace(_EARLY, is_public=True),
    "early notice for a coordinator": replace(_EARLY, early=("C",)),
    "lifted": replace(_OUT, early=("P",), lifts_in_days=-1, published_days_ago=2),
    "withdrawn": replace(_OUT, is_withdrawn=True),
    "public withdrawn": replace(_OUT, is_withdrawn=True, is_public=True),
    "held": replace(_WAITING, is_held=True, to=("C", "K", "W")),
    "for tomorrow": replace(_OUT, published_days_ago=-1),
    "not for us": replace(_WAITING, undecided=(), choice="not for us"),
    "kept for later": replace(_WAITING, undecided=(), choice="keep for later"),
    "same as another": replace(_WAITING, undecided=(), choice="same as another"),
    "raised from GREEN": replace(_OUT, begins=Marking.GREEN),
    "raised from public CLEAR": replace(_OUT, begins=Marking.CLEAR, is_public=True),
    "raised from AMBER": replace(_OUT, begins=Marking.AMBER),
    "lowered from GREEN": replace(_OUT, begins=Marking.GREEN),
    "lowered from AMBER": replace(_OUT, begins=Marking.AMBER),
    "many": replace(_OUT, passed_by=(), published_days_ago=3, count=15),
}

_INCIDENT = Plan(kind=ItemKind.SHARED_INCIDENT)
_QUESTION = Plan(kind=ItemKind.QUESTION)
_SESSION = Plan(kind=ItemKind.TRAINING_SESSION)

# The states of what other rooms keep, which go by the same rule: a few tell.
IN_ROOMS: dict[str, Plan] = {}
for _name, _plan in {"incident": _INCIDENT, "question": _QUESTION, "session": _SESSION}.items():
    IN_ROOMS |= {
        _name: _plan,
        f"{_name} of Elsewhere": replace(_plan, to=ELSEWHERE, keepers=ELSEWHERE, passed_by=ELSEWHERE),
        f"{_name} raised from GREEN": replace(_plan, begins=Marking.GREEN),
        f"{_name} withdrawn": replace(_plan, is_withdrawn=True),
    }
IN_ROOMS["incident raised from AMBER"] = replace(_INCIDENT, begins=Marking.AMBER)
# What is left of something that was withdrawn, with a title that may still be told.
_RECALL = Plan(kind=ItemKind.RECALL)
IN_ROOMS |= {
    "recall": _RECALL,
    "recall of Elsewhere": replace(_RECALL, to=ELSEWHERE, keepers=ELSEWHERE, passed_by=ELSEWHERE),
}

_NOTE = Plan(kind=ItemKind.NOTE, passed_by=(), about="GREEN published")
_SUPPORT = Plan(kind=ItemKind.SUPPORT, passed_by=(), about="GREEN published")

BEHIND: dict[str, Plan] = {
    "AMBER note of Here": _NOTE,
    "AMBER note of Elsewhere": replace(_NOTE, to=ELSEWHERE, keepers=ELSEWHERE),
    "AMBER note withdrawn": replace(_NOTE, is_withdrawn=True),
    "CLEAR support made public": replace(_SUPPORT, is_public=True, about="CLEAR public"),
    "CLEAR support": replace(_SUPPORT, about="CLEAR public"),
    "AMBER support": _SUPPORT,
    "RED support": replace(_SUPPORT, to=("P",)),
    "GREEN support waiting": replace(_SUPPORT, is_published=False),
    "GREEN support withdrawn": replace(_SUPPORT, is_withdrawn=True),
    "GREEN support of another source": replace(
        _SUPPORT, source="another source", same_stix_id_as="AMBER support", keepers=ELSEWHERE
    ),
    "GREEN support of an AMBER warning": replace(_SUPPORT, about="AMBER published"),
    "GREEN support of a RED warning": replace(_SUPPORT, about="RED published"),
}


def plan_of(row: str) -> Plan:
    """Return the plan of a row; RED goes to P unless its state says to whom."""
    label, _, state = row.partition(" ")
    marking = Marking(f"TLP:{label}")
    plan = BEHIND[row] if row in BEHIND else {**STATES, **IN_ROOMS}[state]
    to = ("P",) if marking is Marking.RED and plan.to == HERE else plan.to
    return replace(plan, marking=marking, to=to)
