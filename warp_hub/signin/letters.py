"""The letters of signing in: one purpose, one button, why it was sent, whom to ask.

No way in is kept in the outbox: links are signed, and the invitation's secret worked out, when the letter goes.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

from warp_hub.mail import Cancelled, Letter, Render, Rendered, links, rendering
from warp_hub.memberships import invitations, people
from warp_hub.memberships.directory import warps_inviting, warps_of
from warp_hub.memberships.models import Person, State
from warp_hub.memberships.settings import settings_of
from warp_hub.signin import addresses, recovery_addresses
from warp_hub.signin.entering import password_version
from warp_hub.tlp import Viewer

GONE = Cancelled("the person may not sign in any more")


def invitation(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:  # noqa: ARG001 - nothing of an item is in it
    """Return the letter with somebody's single-use way in."""
    secret = invitations.secret_for_letter(letter.person_id, letter.item_ids)
    if secret is None:
        return Cancelled("the invitation is over")
    places = invitations.organisations_named(secret)
    other = "en" if str(get_locale()) == "cy" else "cy"
    told = {"other_language": other, "in_the_other_language": lambda words: rendering.said_in(other, words)}
    return _rendered(letter, "invitation", token=secret, days=_days(letter), places=places, **told)


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


def changed(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:  # noqa: ARG001
    """Return a letter that says that how somebody signs in has changed, or that something odd happened there."""
    subject, said = CHANGES[letter.kind]
    return _rendered(letter, "changed", subject=str(subject), said=str(said), at=letter.created_at)


def address_confirm(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:  # noqa: ARG001
    """Return the letter to a new address with the button that makes it theirs."""
    return _about_address(letter)


def address_asked(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:  # noqa: ARG001
    """Return the letter to the old address with the button that stops a change, or takes it back."""
    return _about_address(letter)


def to_recovery_address(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:  # noqa: ARG001
    """Return a letter that goes to a recovery address: for its yes, or with the way in."""
    found = recovery_addresses.link_for_letter(letter.kind, letter.person_id)
    if found is None:
        return Cancelled("there is no recovery address to write to")
    address, token = found
    written = _rendered(letter, letter.kind, token=token)
    return written if isinstance(written, Cancelled) else replace(written, to=address)


CHANGES = {
    recovery_addresses.ADDED: (
        _l("A recovery address for your WARP Hub account"),
        _l(
            "A recovery address was given for your account. From two days after it is confirmed, whoever has that "
            "mailbox and one of your recovery codes can sign in as you."
        ),
    ),
    recovery_addresses.REMOVED: (
        _l("The recovery address of your WARP Hub account was removed"),
        _l("The recovery address of your account was removed. Nobody can sign in by it any more."),
    ),
    recovery_addresses.USED: (
        _l("Your recovery address was used to sign in to WARP Hub"),
        _l("Somebody signed in to your account by your recovery address and a recovery code."),
    ),
    "new_device": (
        _l("Your WARP Hub account was used on a new device"),
        _l("Somebody signed in to your account in a browser that was not used for it before."),
    ),
    "passkey_added": (
        _l("A passkey was added to your WARP Hub account"),
        _l("A passkey was added to your account. Whoever has it can sign in as you."),
    ),
    "passkey_removed": (
        _l("A passkey was removed from your WARP Hub account"),
        _l("A passkey was removed from your account. Nobody can sign in with it any more."),
    ),
    "passkey_copied": (
        _l("A passkey of yours was refused"),
        _l("A passkey of your account was refused, because it may have been copied. Remove it and add a new one."),
    ),
    "password_removed": (
        _l("The password of your WARP Hub account was removed"),
        _l("The password of your account was removed. From now on you sign in with a passkey."),
    ),
    "second_step_removed": (
        _l("The code app of your WARP Hub account was removed"),
        _l("The code app of your account was removed. Its codes do not work any more."),
    ),
    "recovery_codes_made": (
        _l("New recovery codes for your WARP Hub account"),
        _l("New recovery codes were made for your account. Those from before do not work any more."),
    ),
    "recovery_code_used": (
        _l("A recovery code of your WARP Hub account was used"),
        _l("Somebody signed in to your account with a recovery code in place of the second step."),
    ),
}
LETTERS: dict[str, Render] = {
    **dict.fromkeys(CHANGES, changed),
    addresses.TO_NEW: address_confirm,
    addresses.TO_OLD: address_asked,
    recovery_addresses.CONFIRM: to_recovery_address,
    recovery_addresses.WAY_IN: to_recovery_address,
    "invitation": invitation,
    "open_link": open_link,
    "reset_link": reset_link,
    "password_changed": password_changed,
    "second_step_changed": second_step_changed,
    "account_connected": account_connected,
}


def _about_address(letter: Letter) -> Rendered | Cancelled:
    change = addresses.find(letter.item_ids[0]) if letter.item_ids else None
    if change is None:
        return Cancelled("the change of address was stopped or replaced")
    to = change.new_email if letter.kind == addresses.TO_NEW else change.old_email
    secret = addresses.token(change, letter.kind)
    written = _rendered(letter, letter.kind, token=secret, new_email=change.new_email, old_email=change.old_email)
    return written if isinstance(written, Cancelled) else replace(written, to=to)


def _rendered(letter: Letter, kind: str, **context: Any) -> Rendered | Cancelled:
    person = people.find_person(letter.person_id)
    if person is None or person.state is not State.ACTIVE:
        return GONE
    return rendering.letter(f"signin/email/{kind}", person=person, contacts=_contacts(person), **context)


def _contacts(person: Person) -> list[tuple[str, str]]:
    """Return the WARPs of a person, or those that invited them, with how to reach each."""
    told = [(warp.name, settings_of(warp)) for warp in warps_of(person.id) or warps_inviting(person.id)]
    reached = [(name, ", ".join(filter(None, (of.contact_phone, of.contact_email)))) for name, of in told]
    return [(name, how) for name, how in reached if how]


def _days(letter: Letter) -> int:
    return max(1, round((letter.expires_at - letter.created_at) / timedelta(days=1)))
