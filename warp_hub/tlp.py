"""Traffic Light Protocol 2.0 (FIRST, August 2022) as data, and the one rule in plain Python.

TLP is an address list, not a clearance: who receives an item follows from its marking, its
recipients, the outlet and the time. `sharing.visibility` says the same in SQL; a test holds them equal.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Marking(StrEnum):
    """The five labels, exactly as they are written; never translated."""

    CLEAR = "TLP:CLEAR"
    GREEN = "TLP:GREEN"
    AMBER = "TLP:AMBER"
    AMBER_STRICT = "TLP:AMBER+STRICT"
    RED = "TLP:RED"

    @property
    def rank(self) -> int:
        """Return 0 for TLP:CLEAR up to 4 for TLP:RED."""
        return _ORDER.index(self)


_ORDER = tuple(Marking)


class Outlet(StrEnum):
    """Every way by which an item can reach somebody."""

    PAGE = "page"
    SEARCH = "search"
    TAXII = "taxii"
    FILE = "file"
    NOTICE = "notice"
    MAIL = "mail"
    HOOK = "hook"
    FEED = "feed"
    PUBLIC = "public"
    DESK = "desk"


_EYES = frozenset({Outlet.PAGE, Outlet.NOTICE})
_PERMITTED_TOOLS = _EYES | {Outlet.SEARCH, Outlet.TAXII, Outlet.FILE}
_POSTCARDS = _PERMITTED_TOOLS | {Outlet.MAIL, Outlet.HOOK, Outlet.FEED}

# Which outlets a label may leave by at all (the desk is not an outlet to receivers: see `keeps`).
TRAVELS: dict[Marking, frozenset[Outlet]] = {
    Marking.CLEAR: _POSTCARDS | {Outlet.PUBLIC},
    Marking.GREEN: _POSTCARDS,
    Marking.AMBER: _PERMITTED_TOOLS,
    Marking.AMBER_STRICT: _PERMITTED_TOOLS,
    Marking.RED: _EYES,
}

MAILED = frozenset(marking for marking, outlets in TRAVELS.items() if Outlet.MAIL in outlets)


class RedIsForEyes(Exception):
    """No tool may carry TLP:RED."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Someone as the rule sees them: the addresses at which they receive, after what they have proved.

    `amber`, `strict` and `red` are the addresses at which items of that marking arrive; `keeps` are the
    desks (own id, coordinated WARPs) at which this viewer may work on items in any state. `only_clear` is a
    member's tool that may carry TLP:CLEAR and nothing else.
    """

    person: UUID | None = None
    is_member: bool = False
    amber: frozenset[UUID] = frozenset()
    strict: frozenset[UUID] = frozenset()
    red: frozenset[UUID] = frozenset()
    keeps: frozenset[UUID] = frozenset()
    only_clear: bool = False

    def under(self, ceiling: Marking) -> "Viewer":
        """Return this viewer as a tool that carries no label above `ceiling`, nothing early, and works on no desk.

        Raises RedIsForEyes for TLP:RED, which no tool may carry.
        """
        if ceiling is Marking.RED:
            raise RedIsForEyes
        return Viewer(
            person=self.person,
            is_member=self.is_member,
            amber=self.amber if ceiling.rank >= Marking.AMBER.rank else frozenset(),
            strict=self.strict if ceiling.rank >= Marking.AMBER_STRICT.rank else frozenset(),
            only_clear=self.only_clear or ceiling is Marking.CLEAR,
        )

    def settings(self) -> dict[str, str]:
        """Return the transaction settings from which row-level security reads this viewer."""
        return {
            "app.member": "true" if self.is_member else "false",
            "app.amber": _array(self.amber),
            "app.strict": _array(self.strict),
            "app.red": _array(self.red),
            "app.keeps": _array(self.keeps),
            "app.person": str(self.person or ""),
        }


NOBODY = Viewer()


@dataclass(frozen=True, slots=True)
class Handling:
    """All of an item that decides who may receive it."""

    marking: Marking
    keepers: frozenset[UUID] = frozenset()
    recipients: frozenset[UUID] = frozenset()
    early: frozenset[UUID] = frozenset()
    published_at: datetime | None = None
    embargo_until: datetime | None = None
    withdrawn_at: datetime | None = None
    is_public: bool = False

    def under_embargo(self, now: datetime) -> bool:
        """Say whether only the named early recipients may see the item yet."""
        return self.embargo_until is not None and self.embargo_until > now

    def may_stand_in_title(self, now: datetime) -> bool:
        """Say whether the title may stand where browsers keep it (a page's title, a cookie): if mail may print it."""
        return self.marking in MAILED and not self.under_embargo(now)


def permits(viewer: Viewer, handling: Handling, outlet: Outlet, now: datetime) -> bool:
    """Say whether this viewer may receive this item through this outlet at this moment."""
    if outlet is Outlet.DESK:
        return keeps(viewer, handling)
    if handling.published_at is None or handling.published_at > now or handling.withdrawn_at is not None:
        return False
    if handling.under_embargo(now):
        return outlet in TRAVELS[Marking.RED] and bool(handling.early & viewer.red)
    return outlet in TRAVELS[handling.marking] and _is_addressed(viewer, handling, outlet)


def keeps(viewer: Viewer, handling: Handling) -> bool:
    """Say whether this viewer may work on the item in whatever state it is."""
    if not handling.keepers & viewer.keeps:
        return False
    return handling.marking is not Marking.RED or bool(handling.recipients & viewer.red)


def strictest(markings: Iterable[Marking]) -> Marking:
    """Return the strictest of several markings; raise ValueError for none."""
    return max(markings, key=lambda marking: marking.rank)


def _is_addressed(viewer: Viewer, handling: Handling, outlet: Outlet) -> bool:
    match handling.marking:
        case Marking.CLEAR:
            return handling.is_public or (viewer.is_member and outlet is not Outlet.PUBLIC)
        case Marking.GREEN:
            return viewer.is_member and not viewer.only_clear
        case Marking.AMBER:
            return bool(handling.recipients & viewer.amber)
        case Marking.AMBER_STRICT:
            return bool(handling.recipients & viewer.strict)
        case Marking.RED:
            return bool(handling.recipients & viewer.red)


def _array(addresses: frozenset[UUID]) -> str:
    return "{" + ",".join(sorted(map(str, addresses))) + "}"
