"""The letters of the yearly asking: one purpose, one button, why it was sent, whom to ask.

They speak both languages, until their reader has said which one they read.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from markupsafe import Markup
from sqlalchemy import select

from warp_hub.db import session
from warp_hub.mail import Cancelled, Letter, Rendered, addresses, rendering
from warp_hub.memberships import authority, confirming, people, profiles
from warp_hub.memberships.directory import warps_of
from warp_hub.memberships.models import Membership, Organisation, Person, Post, State, Warp
from warp_hub.memberships.renewal_models import MailboxRenewal, StaffRenewal
from warp_hub.memberships.settings import settings_of
from warp_hub.pages.dates import day
from warp_hub.pages.language import LANGUAGES
from warp_hub.renewals import mailboxes, staff, terms
from warp_hub.renewals.terms import ORDINARY
from warp_hub.tlp import Viewer

Words = Callable[[], Markup]
MAILBOX_PATH = "/mailbox"
GONE = Cancelled("the person may not sign in any more")
ANSWERED = Cancelled("they have answered")


def mailbox_renewal(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:  # noqa: ARG001 - nothing of an item is in it
    """Return the letter that asks somebody whether they still read their mailbox."""
    renewal = _renewal(letter.person_id)
    if renewal is None or renewal.due_on is None or renewal.suspended_on is not None:
        return ANSWERED
    grace = terms.of_people([letter.person_id]).get(letter.person_id, ORDINARY).grace
    return _rendered(letter, mailboxes.ASK, due=renewal.due_on, ends=renewal.due_on + grace)


def mailbox_unconfirmed(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:  # noqa: ARG001
    """Return the letter that says what has ended, with the button that brings it back."""
    renewal = _renewal(letter.person_id)
    if renewal is None or renewal.suspended_on is None:
        return ANSWERED
    return _rendered(letter, mailboxes.SHUT)


def staff_renewal(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:  # noqa: ARG001
    """Return the letter that asks a lead who is still with their organisation."""
    organisation_id = letter.item_ids[0]
    held = select(Organisation, StaffRenewal.due_on).join(StaffRenewal, StaffRenewal.organisation_id == Organisation.id)
    row = session.execute(held.where(Organisation.id == organisation_id)).one_or_none()
    organisation, due_on = row or (None, None)
    if organisation is None or due_on is None or not authority.leads(letter.person_id, organisation_id):
        return ANSWERED
    return _rendered(
        letter,
        staff.ASK,
        organisation=organisation.name,
        due=due_on,
        page=addresses.signing_in(f"/renewals/{organisation.id}"),
    )


LETTERS = {
    mailboxes.ASK: mailbox_renewal,
    mailboxes.SHUT: mailbox_unconfirmed,
    staff.ASK: staff_renewal,
}


def _renewal(person_id: UUID) -> MailboxRenewal | None:
    return session.scalars(select(MailboxRenewal).where(MailboxRenewal.person_id == person_id)).one_or_none()


def _rendered(letter: Letter, kind: str, **context: Any) -> Rendered | Cancelled:
    person = people.find_person(letter.person_id)
    if person is None or person.state is not State.ACTIVE:
        return GONE
    warps = _warps(person)
    context |= {
        "link": addresses.of_link(MAILBOX_PATH, confirming.sign(person.id)),
        "warp": " / ".join(warp.name for warp in warps) or rendering.HUB,
        "contacts": _contacts(warps),
        "day": day,
        "in_each": _speaker(person),
    }
    return rendering.letter(f"renewals/email/{kind}", language=person.language, **context)


def _speaker(person: Person) -> Callable[[Words], list[tuple[str, Markup]]]:
    """Return what says words in each language that somebody may read, their own first, with its code."""
    others = [] if profiles.has_said_language(person) else [one for one in LANGUAGES if one != person.language]
    return lambda words: [(language, rendering.said_in(language, words)) for language in (person.language, *others)]


def _warps(person: Person) -> list[Warp]:
    """Return the WARPs that somebody belongs to, or did until they were not heard of."""
    held = select(Warp).join(Membership, Membership.warp_id == Warp.id)
    held = held.join(Post, Post.organisation_id == Membership.organisation_id).where(Post.person_id == person.id)
    stands = Post.state.in_((State.ACTIVE, State.SUSPENDED))
    found = session.scalars(held.where(stands, Membership.state == State.ACTIVE).order_by(Warp.name).distinct()).all()
    return list(found) or list(warps_of(person.id))


def _contacts(warps: list[Warp]) -> list[tuple[str, str]]:
    told = [(warp.name, settings_of(warp)) for warp in warps]
    reached = [(name, ", ".join(filter(None, (of.contact_phone, of.contact_email)))) for name, of in told]
    return [(name, how) for name, how in reached if how]
