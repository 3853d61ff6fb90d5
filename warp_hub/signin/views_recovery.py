"""The day the council's mail is down: registering an address elsewhere, and coming in by it with a recovery code."""

from flask import flash, redirect, render_template, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access, db
from warp_hub.memberships import people
from warp_hub.memberships.reading import mask
from warp_hub.memberships.viewers import Proof
from warp_hub.signin import entering, link_requests, recovery, recovery_addresses, visitors
from warp_hub.signin.forms import AddressForm, NewPasswordForm, NothingForm, RecoveryAddressForm, RecoveryForm
from warp_hub.signin.models import Way
from warp_hub.signin.recovery_addresses import SameMail
from warp_hub.signin.throttle import TooManyTries
from warp_hub.signin.views_answers import checked, letters_left, refused, show, source, wait
from warp_hub.signin.views_letters import kept_token, with_token_moved

CAME_IN = "came in by recovery"


@access.audience("fresh")
def recovery_address() -> ResponseReturnValue:
    """Show and register the address for the day the council's mail is down."""
    form, person = RecoveryAddressForm(), people.find_person(access.visitor().person)  # type: ignore[arg-type]
    assert person is not None
    kept = recovery_addresses.find_good(person.id)
    awake = recovery_addresses.awake_from(kept.confirmed_at) if kept and kept.confirmed_at else None
    shown = {"kept": kept, "awake": awake, "codes": recovery.left(person.id)}
    if not form.validate_on_submit():
        return show("recovery_address", form, **shown)

    turn = letters_left("recovery_address", form, form.address, **shown)
    try:
        recovery_addresses.ask(person, form.address.data)
    except SameMail:
        said = _("Use an address outside your council's mail: on the day, that mail is down")
        refused("recovery_address", form, form.address, said, **shown)
    turn.failed()  # every letter asked for counts
    db.session.commit()

    flash(_("We have written to it. Press the button in that letter within a day."), "success")
    return redirect(url_for("signin.recovery_address"), 303)


@access.audience("fresh")
def remove_recovery_address() -> ResponseReturnValue:
    """Forget the address again."""
    person = access.visitor().person
    assert person is not None
    recovery_addresses.remove(person)
    db.session.commit()

    flash(_("The recovery address is removed."), "success")
    return redirect(url_for("signin.recovery_address"), 303)


@access.audience("public")
@with_token_moved
def confirm_recovery_address() -> ResponseReturnValue:
    """Let an address be good when its own mailbox says yes."""
    token = kept_token("confirm_recovery_address")
    kept = recovery_addresses.to_confirm(token)
    if kept is None:
        return _over()
    if not NothingForm().validate_on_submit():
        return show("confirm_recovery_address", address=kept.address)

    recovery_addresses.confirm(token)
    db.session.commit()

    return show("recovery_address_confirmed", awake=recovery_addresses.awake_from(kept.confirmed_at))  # type: ignore[arg-type]


@access.audience("public")
def ask_for_recovery() -> ResponseReturnValue:
    """Send a link to the recovery address, saying the same for every address."""
    form = AddressForm()
    if not form.validate_on_submit():
        return show("ask_for_recovery", form)

    try:
        link_requests.ask("recovery_link", form.email.data, source())
    except TooManyTries as error:
        wait("ask_for_recovery", form, form.email, error)
    db.session.commit()

    return show("recovery_sent", address=form.email.data)


@access.audience("public")
@with_token_moved
def recover() -> ResponseReturnValue:
    """Let somebody in who has the letter to their recovery address and a recovery code."""
    form, person = RecoveryForm(), recovery_addresses.to_come_in(kept_token("recover"))
    if person is None:
        return _over()
    if not form.validate_on_submit():
        return show("recover", form, masked=mask(person.email))

    given, fault = (person.id, form.recovery_code.data, source()), _("This recovery code is not right or has been used")
    shown = {"masked": mask(person.email)}
    checked(lambda: entering.check_recovery_code(*given), "recover", form, form.recovery_code, fault, **shown)
    recovery_addresses.note_use(person.id)
    visitors.enter(person.id, Proof.FULL, way=Way.RECOVERY)
    browser[CAME_IN] = str(person.id)
    db.session.commit()

    return redirect(url_for("signin.password_after_recovery"), 303)


@access.audience("fresh")
def password_after_recovery() -> ResponseReturnValue:
    """Let somebody who came in by recovery choose a new password, without the one they may have forgotten."""
    visitor, form = access.visitor(), NewPasswordForm()
    person = people.find_person(visitor.person)  # type: ignore[arg-type]
    if person is None or browser.get(CAME_IN) != str(visitor.person):
        return redirect(url_for("signin.change_password"), 303)
    form.new_password.about = entering.known_of(person.id, person.name, person.email)
    if not form.validate_on_submit():
        return show("password_after_recovery", form)

    entering.set_password(person, form.new_password.data, keep=visitor.session_id)
    visitors.prove(Proof(visitor.proof))
    browser.pop(CAME_IN, None)
    db.session.commit()

    flash(_("Your password is changed. You are signed out everywhere else."), "success")
    return redirect("/", 303)


def _over() -> ResponseReturnValue:
    return render_template("signin/link_over.html", view="recover"), 410


ROUTES = (
    ("/account/keys/recovery-address", "recovery_address", recovery_address, ["GET", "POST"]),
    ("/account/keys/recovery-address/remove", "remove_recovery_address", remove_recovery_address, ["POST"]),
    ("/recovery-address", "confirm_recovery_address", confirm_recovery_address, ["GET", "POST"]),
    ("/sign-in/recovery-address", "ask_for_recovery", ask_for_recovery, ["GET", "POST"]),
    ("/sign-in/recovery-address/code", "recover", recover, ["GET", "POST"]),
    ("/sign-in/recovery-address/password", "password_after_recovery", password_after_recovery, ["GET", "POST"]),
)
