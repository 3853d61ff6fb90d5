"""What somebody told who would join a WARP: for those who run it, on their desk and in the letter that tells them.

One application waits at each WARP, sent by somebody who is no person of the hub; others at Here are in question,
refused, or announced to members. Each field is a canary, and so is the id; members and coordinators of other WARPs are
shown nothing of it. Here has an agreement that binds from a later day: its text and what is drafted are its desk's.
"""

from datetime import timedelta
from uuid import UUID

from warp_hub import clock
from warp_hub.db import session
from warp_hub.memberships import agreement_writing, applications, warps
from warp_hub.memberships.application_models import Application, ApplicationState
from warp_hub.memberships.models import MembershipKind
from warp_hub.proof.cast import Cast
from warp_hub.proof.searching import Mark, Register

# By row: the letters of those who decide there, signed in fully, and of the people a letter about it may go to.
APPLICATIONS = {"an application to Here": ("CWY", "CWKY"), "an application to Elsewhere": ("E", "E")}
CAME, NOTICE, AGREEMENT = "application_came", "new_member", "agreement"
ASKED, QUESTION = "an application in question", "question to an applicant"
REFUSED, REASON = "a refused application", "reason of a refusal"
ANNOUNCED = "an announced application"
# Who is told who is about to join, and accepts the agreement: those who lead a member of Here, and everybody of one
# that nobody leads.
LEADING_HERE = "R1MSXBCKY0"
OF_HERE = "CWY"
AGREED = "the agreement of Here"
ORGANISATION = "applicant's organisation"
FIELDS = ("applicant's name", "applicant's job", "applicant's telephone", ORGANISATION, "applicant's reason")
SHOWN = (*FIELDS, "applicant's address", "id of an application")
ON_THE_ENVELOPE = ("applicant's name", "applicant's address")

# What each letter to an applicant must hold beside their address, and about which applications it goes.
TO_APPLICANTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "application_link": (("id of an application",), (*APPLICATIONS, ASKED, ANNOUNCED)),
    "application_more": (("id of an application", QUESTION), (ASKED,)),
    "application_refused": ((REASON,), (REFUSED,)),
}


def plant(cast: Cast, register: Register) -> dict[str, UUID]:
    """Let somebody apply at each WARP; return by row the id under which it waits."""
    warps = dict(zip(APPLICATIONS, cast.warps, strict=True))
    return {row: register.note_id(row, "id of an application", _apply(row, warps[row], register)) for row in warps}


def plant_others(cast: Cast, register: Register) -> dict[str, UUID]:
    """Let others apply to Here who are asked, refused and announced; return them by row."""
    made = {row: _apply(row, cast.here, register) for row in (ASKED, REFUSED, ANNOUNCED)}
    asked, refused, announced = (_held(id) for id in made.values())
    asked.state = ApplicationState.MORE_ASKED
    applications.say(asked, "desk", register.new(ASKED, QUESTION))
    refused.state, refused.reason = ApplicationState.REFUSED, register.new(REFUSED, REASON)
    announced.state, announced.live_at = ApplicationState.ANNOUNCED, clock.now() + timedelta(days=5)
    refused.decided_at = announced.decided_at = clock.now()
    session.flush()
    return {row: register.note_id(row, "id of an application", id) for row, id in made.items()}


def plant_agreement(register: Register) -> UUID:
    """Publish an agreement that binds from a later day, and begin the next; return its id."""
    here = warps.find_warp("here")
    assert here is not None
    agreement_writing.write(here, {"en": register.new(AGREED, "agreement text")})
    made = agreement_writing.publish(here, clock.now() + timedelta(days=30))
    agreement_writing.write(here, {"en": register.new(AGREED, "agreement draft")})
    session.flush()
    return register.note_id(AGREED, "id of an agreement", made.id)


def _held(application_id: UUID) -> Application:
    held = applications.find(application_id)
    assert held is not None
    return held


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
    if outlet.removeprefix("the title of ").startswith("desk"):
        return _is_of_their_desk(mark, viewer, outlet)
    _deciding, told = APPLICATIONS.get(mark.row, ("", ""))
    if outlet == "joining_agreement.list_agreements":
        return mark == Mark(AGREED, "id of an agreement") and viewer in LEADING_HERE
    if outlet in (f"the letter {NOTICE}", f"the envelope of the letter {NOTICE}"):
        return mark == Mark(ANNOUNCED, ORGANISATION) and viewer in LEADING_HERE
    return viewer in told and (
        (outlet in (f"the letter {CAME}", f"the envelope of the letter {CAME}") and mark.field == ORGANISATION)
        or (outlet == f"a link in the letter {CAME}" and mark.field == "id of an application")
    )


def is_theirs(mark: Mark, kind: str, row: str) -> bool:
    """Say whether this is what a letter of this kind tells an applicant of their own application."""
    holds, rows = TO_APPLICANTS.get(kind, ((), ()))
    return mark.row == row and row in rows and mark.field in (*holds, *ON_THE_ENVELOPE, "id of an application")


def _is_of_their_desk(mark: Mark, viewer: str, outlet: str) -> bool:
    if mark.row == AGREED:
        return viewer in OF_HERE and outlet.removeprefix("the title of ").startswith("desk_agreement")
    deciding, _told = APPLICATIONS.get(mark.row, (OF_HERE if mark.row in (ASKED, REFUSED, ANNOUNCED) else "", ""))
    return viewer in deciding and mark.field in (*SHOWN, QUESTION, REASON)
