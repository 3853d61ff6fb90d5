"""What people and their organisations run: each list for its owner's eyes, on the one page that shows it."""

from collections.abc import Collection, Mapping
from uuid import UUID

from warp_hub.alerts.interest_models import Interest, InterestKind
from warp_hub.db import new_id, session
from warp_hub.proof.searching import Mark, Register

PAGE, FIELD = "interests.my_systems", "system"


def plant(people: Mapping[str, UUID], organisation: UUID, register: Register) -> None:
    """Give everybody, and one organisation that nobody leads, a list with a name that nobody else may see."""
    owners = [(f"the list of {letter}", {"person_id": person}) for letter, person in people.items()]
    for row, owner in [*owners, ("the list of a council", {"organisation_id": organisation})]:
        name = register.new(row, FIELD)
        session.add(Interest(id=new_id(), kind=InterestKind.TYPED, value=name, key=f"name:{name}", **owner))
    session.flush()


def is_their_own(mark: Mark, viewer: str, outlet: str) -> bool:
    """Say whether this is of the viewer's own list, on its page."""
    return outlet == PAGE and mark == Mark(f"the list of {viewer}", FIELD)


def lacks_their_own(marks: Collection[Mark], viewer: str) -> bool:
    """Say whether a page lacks what the viewer keeps on their list."""
    return Mark(f"the list of {viewer}", FIELD) not in marks
