"""From a rendered letter to the message that travels: one recipient, no Bcc, nothing that tracks."""

import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from warp_hub import clock, config
from warp_hub.mail.letters import Invitation, Recipient, Rendered
from warp_hub.mail.models import Letter
from warp_hub.mail.outbox import domain

LONGEST_SUBJECT = 200
# Folding may break at spaces only, so a label, which has none, is never broken.
_POLICY = SMTP.clone(max_line_length=78)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class UnusableAddress(Exception):
    """The recipient's address is none that a message can be sent to."""


def build(letter: Letter, recipient: Recipient, rendered: Rendered) -> EmailMessage:
    """Return the message; raise UnusableAddress where it cannot be addressed."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = sender()
    message["To"] = _foldable(_address(recipient.name, rendered.to or recipient.address))
    message["Subject"] = one_line(rendered.subject)[:LONGEST_SUBJECT]
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if rendered.list_name:
        message["List-Id"] = f"<{_list_name(rendered.list_name)}.{domain()}>"
    if rendered.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{one_line(rendered.unsubscribe_url)}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(_sendable(rendered.text), cte="quoted-printable")
    message.add_alternative(_sendable(rendered.html), subtype="html", cte="quoted-printable")
    if rendered.invitation is not None:
        _attach(message, rendered.invitation)
    message["Content-Language"] = recipient.language  # last: what says Content goes into a part otherwise
    return message


def _attach(message: EmailMessage, invitation: Invitation) -> None:
    """Add a calendar entry as mail programs look for it: by its type and method as well as by its name."""
    message.add_attachment(
        _sendable(invitation.calendar),
        subtype="calendar",
        cte="quoted-printable",
        filename="session.ics",
        params={"method": invitation.method},
    )


def sender() -> Address:
    """Return who letters come from, as the settings say."""
    written = config.current().mail_from
    if _CONTROL.search(written):
        raise UnusableAddress
    return _address(*parseaddr(written))


def one_line(text: str) -> str:
    """Return the text on one line, so that nothing in it can begin another header."""
    return " ".join(_CONTROL.sub(" ", text).split())


def _address(name: str, address: str) -> Address:
    local, at, host = address.strip().rpartition("@")
    try:
        ascii_host = host.encode("idna").decode()
        local.encode("ascii")
        made = Address(display_name=one_line(name), username=local, domain=ascii_host)
    except (ValueError, UnicodeError):
        raise UnusableAddress from None
    if not (at and local and ascii_host) or _CONTROL.search(address) or " " in address.strip():
        raise UnusableAddress
    return made


def _foldable(of: Address) -> Address:
    """Return the address, without the name where the standard library cannot fold it: the letter must go."""
    try:
        _POLICY.header_factory("To", of).fold(policy=_POLICY)
    except UnicodeError:
        return Address(username=of.username, domain=of.domain)
    return of


def _list_name(name: str) -> str:
    return re.sub(r"[^a-z0-9.-]+", "-", name.lower()).strip(".-")


def _sendable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
