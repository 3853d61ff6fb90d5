"""What a room hands over when the hub asks it for the text of a letter."""

from collections.abc import Callable
from dataclasses import dataclass

from warp_hub.mail.models import Letter
from warp_hub.tlp import Viewer


@dataclass(frozen=True)
class Invitation:
    """A calendar entry that goes along: what a calendar is to do ("REQUEST" or "CANCEL"), and the iCalendar text."""

    method: str
    calendar: str


@dataclass(frozen=True)
class Rendered:
    """A letter's text, the same facts in both forms.

    `unsubscribe_url` and `list_name` make it a letter of a list. `on_sent` is called in the transaction that
    marks the letter as sent, and never for one that did not go; `on_left` also where nobody knows whether it went.
    `to` is another address of the same person's, such as one that they are about to have.
    """

    subject: str
    text: str
    html: str
    unsubscribe_url: str | None = None
    list_name: str | None = None
    on_sent: Callable[[], None] | None = None
    invitation: Invitation | None = None
    on_left: Callable[[], None] | None = None
    to: str | None = None


@dataclass(frozen=True)
class Cancelled:
    """Why there is nothing to send after all, in words for the desk, without content."""

    reason: str


Render = Callable[[Letter, Viewer], Rendered | Cancelled]


@dataclass(frozen=True)
class Recipient:
    """Someone a letter may go to: where, in which language, as which viewer, or why not at all.

    `stopped` is why nothing more goes to this address; a letter to another address of theirs still does.
    """

    address: str
    name: str
    language: str
    viewer: Viewer
    refusal: str | None = None
    stopped: str | None = None
