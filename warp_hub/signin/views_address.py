"""Changing one's e-mail address: asking, the button in the new mailbox, the way back from the old one."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access, db
from warp_hub.memberships import people
from warp_hub.memberships.people import AddressTaken
from warp_hub.memberships.reading import mask
from warp_hub.signin import addresses
from warp_hub.signin.addresses import AddressKept, LinkOver, NotOfTheirs
from warp_hub.signin.forms import NewAddressForm, NothingForm
from warp_hub.signin.proving import freshly_proved
from warp_hub.signin.views_answers import letters_left, refused, show
from warp_hub.signin.views_letters import kept_token, with_token_moved


@access.audience("signed-in")
@freshly_proved
def change_address() -> ResponseReturnValue:
    """Ask for a change of address; nothing changes before the new mailbox says yes."""
    form = NewAddressForm()
    person = people.find_person(access.visitor().person)  # type: ignore[arg-type]
    assert person is not None
    if not form.validate_on_submit():
        return show("change_address", form, person=person)

    turn = letters_left("change_address", form, form.new_email, person=person)
    try:
        addresses.ask(person, form.new_email.data)
    except AddressKept:
        refused("change_address", form, form.new_email, _("This is your address already"), person=person)
    except NotOfTheirs:
        said = _("Use an address of your organisation. If it has a new domain, ask your coordinator to add it first.")
        refused("change_address", form, form.new_email, said, person=person)
    turn.failed()  # every letter asked for counts
    db.session.commit()

    flash(_("We have written to both addresses. Press the button in the letter to the new one."), "success")
    return redirect(url_for("signin.keys"), 303)


@access.audience("public")
@with_token_moved
def confirm_address() -> ResponseReturnValue:
    """Change the address when the new mailbox says yes."""
    change = addresses.to_confirm(kept_token("confirm_address"))
    if change is None:
        return _over()
    if not NothingForm().validate_on_submit():
        return show("confirm_address", address=change.new_email)

    try:
        addresses.confirm(kept_token("confirm_address"))
    except (LinkOver, AddressTaken):
        db.session.rollback()
        return _over()
    db.session.commit()

    flash(_("Your address is changed. Letters come here from now on, and you sign in with it."), "success")
    return redirect("/", 303)


@access.audience("public")
@with_token_moved
def undo_address() -> ResponseReturnValue:
    """Stop or take back a change of address, and end every session, when the old mailbox says no."""
    change = addresses.to_undo(kept_token("undo_address"))
    if change is None:
        return _over()
    if not NothingForm().validate_on_submit():
        return show("undo_address", address=mask(change.old_email), is_changed=change.changed_at is not None)

    try:
        addresses.undo(kept_token("undo_address"))
    except (LinkOver, AddressTaken):
        db.session.rollback()
        return _over()
    db.session.commit()

    flash(_("Your address stays as it was, and you are signed out everywhere. Choose a new password now."), "success")
    return redirect(url_for("signin.ask_for_reset"), 303)


def _over() -> ResponseReturnValue:
    return render_template("signin/link_over.html", view="address"), 410


ROUTES = (
    ("/account/address", "change_address", change_address, ["GET", "POST"]),
    ("/address/confirm", "confirm_address", confirm_address, ["GET", "POST"]),
    ("/address/undo", "undo_address", undo_address, ["GET", "POST"]),
)
