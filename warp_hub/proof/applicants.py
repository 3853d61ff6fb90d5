"""What somebody told who would join a WARP: for those who run it, on their desk and in the letter that tells them.

One application waits at each WARP, sent by somebody who is no person of the hub. Each field is a canary, and so is
the id; members and coordinators of other WARPs are shown nothing of it.
"""

from uuid import UUID

from warp_hub.memberships import applications
from warp_hub.memberships.models import MembershipKind
from warp_hub.proof.cast import Cast
from warp_hub.proof.searching import Mark, Register

# By row: the letters of those who decide there, signed in fully, and of the people a letter about it may go to.
APPLICATIONS = {"an application to Here": ("CWY", "CWKY"), "an application to Elsewhere": ("E", "E")}
CAME = "application_came"
ORGANISATION = "applicant's organisation"
FIELDS = ("applicant's name", "applicant's job", "applicant's telephone", ORGANISATION, "applicant's reason")
SHOWN = (*FIELDS, "applicant's address", "id of an application")


def plant(cast: Cast, register: Register) -> dict[str, UUID]:
    """Let somebody apply at each WARP; return by row the id under which it waits."""
    warps = dict(zip(APPLICATIONS, cast.warps, strict=True))
    return {row: register.note_id(row, "id of an application", _apply(row, warps[row], register)) for row in warps}


def _apply(row: str, warp: UUID, register: Register) -> UUID:
    address = register.new(row, "applicant's address")
    made = applications.begin(f"{address}@applying.example", warp)
    applications.confirm(made)
    columns = ("name", "job", "phone", "organisation_name", "why")
    told = {name: register.new(row, field) for name, field in zip(columns, FIELDS, strict=True)}
    applications.save(made.id, kind=MembershipKind.FULL, language="en", **told)
    return applications.send(made.id).id


def may_be_given(mark: Mark, viewer: str, outlet: str) -> bool:
    """Say whether this is on the desk of whoever decides it, or the name that the letter about it gives them."""
    deciding, told = APPLICATIONS.get(mark.row, ("", ""))
    if outlet.removeprefix("the title of ").startswith("desk"):
        return viewer in deciding and mark.field in SHOWN
    return viewer in told and (
        (outlet in (f"the letter {CAME}", f"the envelope of the letter {CAME}") and mark.field == ORGANISATION)
        or (outlet == f"a link in the letter {CAME}" and mark.field == "id of an application")
    )
