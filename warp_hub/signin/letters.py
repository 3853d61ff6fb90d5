"""The letters of signing in: one purpose, one button, why it was sent, whom to ask.

No way in is kept in the outbox: links are signed, and the invitation's secret worked out, when the letter goes.
"""

from datetime import timedelta
from typing import Any

from warp_hub.mail import Cancelled, Letter, Rendered, links, rendering
from warp_hub.memberships import invitations, people
from warp_hub.memberships.directory import warps_of
from warp_hub.memberships.models import Person, State
from warp_hub.memberships.settings import settings_of
from warp_hub.signin.entering import password_version
from warp_hub.tlp import Viewer

GONE = Cancelled("the person may not sign in any more")


def invitation(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:  # noqa: ARG001 - nothing of an item is in it
    """Return the letter with somebody's single-use way in."""
    secret = invitations.secret_for_letter(letter.person_id)
    if secret is None:
        return Cancelled("the invitation is over")
    return _rendered(letter, "invitation", token=secret, days=_days(letter))


def open_link(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:  # noqa: ARG001
    """Return the letter with a link that opens the hub to read."""
    return _rendered(letter, "open_link", token=links.sign("open", letter.person_id, next="/"))


def reset_link(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:  # noqa: ARG001
    """Return the letter with a link to a new password; it is worth nothing once the password is another."""
    version = password_version(letter.person_id)
    return _rendered(letter, "reset_link", token=links.sign("reset", letter.person_id, version=version))


def password_changed(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:  # noqa: ARG001
    """Return the letter that says that a password was changed."""
    return _rendered(letter, "password_changed", at=letter.created_at)


def second_step_changed(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:  # noqa: ARG001
    """Return the letter that says that a second step was set up."""
    return _rendered(letter, "second_step_changed", at=letter.created_at)


def account_connected(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:  # noqa: ARG001
    """Return the letter that says that an account at a provider was connected."""
    return _rendered(letter, "account_connected", at=letter.created_at)


LETTERS = {
    "invitation": invitation,
    "open_link": open_link,
    "reset_link": reset_link,
    "password_changed": password_changed,
    "second_step_changed": second_step_changed,
    "account_connected": account_connected,
}


def _rendered(letter: Letter, kind: str, **context: Any) -> Rendered | Cancelled:
    person = people.find_person(letter.person_id)
    if person is None or person.state is not State.ACTIVE:
        return GONE
    return rendering.letter(f"signin/email/{kind}", person=person, contacts=_contacts(person), **context)


def _contacts(person: Person) -> list[tuple[str, str]]:
    """Return the WARPs of a person with how to reach each."""
    told = [(warp.name, settings_of(warp)) for warp in warps_of(person.id)]
    reached = [(name, ", ".join(filter(None, (of.contact_phone, of.contact_email)))) for name, of in told]
    return [(name, how) for name, how in reached if how]


def _days(letter: Letter) -> int:
    return max(1, (letter.expires_at - letter.created_at) // timedelta(days=1))
