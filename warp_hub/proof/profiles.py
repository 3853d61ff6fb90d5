"""What people say of themselves: nobody is shown anything of it but by one person, who shows it to their own WARP.

Everybody has a telephone, a role and a field they can help with, each a canary. Only S shows theirs.
"""

from collections.abc import Collection, Mapping
from uuid import UUID

from warp_hub.db import session
from warp_hub.memberships.directory_models import Profile
from warp_hub.proof.searching import Mark, Register

OWN_PAGES, LIST = ("directory.my_profile", "renewals_account.export_my_data"), "directory.list_members"
FIELDS = ("telephone", "role", "can_help_with")
# Who shows everything, and who belongs to a WARP of theirs and has signed in fully: members, associates, coordinators.
SHOWN, SEEN_BY = "S", "MSXBCWY0"


def plant(people: Mapping[str, UUID], register: Register) -> None:
    """Let everybody say who they are, and one of them show it."""
    for letter, person in people.items():
        said = {field: register.new(_row(letter), field) for field in FIELDS}
        is_shown = letter == SHOWN
        chosen = {f"shows_{name}": is_shown for name in ("name", "role", "telephone", "email", "help")}
        if letter in "MCO":
            chosen |= {"shows_role": True, "shows_telephone": True, "shows_help": True}  # without the name: nothing
        session.add(Profile(person_id=person, **said, **chosen))
    session.flush()


def may_be_given(mark: Mark, viewer: str, outlet: str) -> bool:
    """Say whether this is the viewer's own, on their own page, or what is shown to them, in the list."""
    if outlet in OWN_PAGES:
        return mark.row == _row(viewer)
    return outlet == LIST and mark.row == _row(SHOWN) and viewer in SEEN_BY


def lacks(marks: Collection[Mark], viewer: str) -> bool:
    """Say whether the list lacks what is shown to this viewer."""
    return viewer in SEEN_BY and any(Mark(_row(SHOWN), field) not in marks for field in FIELDS)


def _row(letter: str) -> str:
    return f"the profile of {letter}"
