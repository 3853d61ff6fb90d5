"""How I sign in, under My account: passkeys, password, code app, recovery codes, and what of them may go."""

from collections.abc import Callable
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access, db
from warp_hub.memberships import people
from warp_hub.memberships.models import Person
from warp_hub.memberships.viewers import Proof
from warp_hub.pages.dates import day
from warp_hub.signin import addresses, entering, factors, passkeys, recovery, sessions, visitors
from warp_hub.signin.factors import LastWayIn
from warp_hub.signin.forms import NothingForm, PasskeyNameForm, RenameForm
from warp_hub.signin.models import Passkey, Way
from warp_hub.signin.passkeys import PasskeyRefused, TooManyPasskeys
from warp_hub.signin.proving import freshly_proved, proved_by_hand
from warp_hub.signin.views_answers import onward, refused, show


@access.audience("signed-in")
@proved_by_hand
def keys() -> ResponseReturnValue:
    """Show everything one signs in with."""
    person = _myself()
    return show(
        "keys",
        held=factors.of(person.id),
        day=day,
        offered=passkeys.own_name() is not None,
        sessions=len(sessions.open_sessions(person.id)),
        person=person,
        change=addresses.pending(person.id),
        visitor=access.visitor(),
    )


@access.audience("signed-in")
@freshly_proved
def add_passkey() -> ResponseReturnValue:
    """Keep a passkey that this browser makes; it is a second step at once."""
    person, form = _myself(), PasskeyNameForm()
    if passkeys.own_name() is None:
        abort(404)
    if not form.validate_on_submit():
        return show("add_passkey", form, request_new=_request_new(person))

    _add(person, form)
    visitors.prove(Proof.FULL, Way.PASSKEY, tell=False)  # another letter goes
    entering.tell(person.id, "passkey_added")
    db.session.commit()

    flash(_("Your passkey is saved. From now on you can sign in with it."), "success")
    return redirect(onward() if "next" in request.args else url_for("signin.keys"), 303)


@access.audience("signed-in")
@freshly_proved
def rename_passkey(passkey_id: UUID) -> ResponseReturnValue:
    """Call a passkey something else."""
    passkey = _mine(passkey_id)
    form = RenameForm(name=passkey.name)
    if not form.validate_on_submit():
        return show("rename_passkey", form)

    passkeys.rename(passkey, form.name.data)
    db.session.commit()

    flash(_("The passkey has a new name."), "success")
    return redirect(url_for("signin.keys"), 303)


@access.audience("signed-in")
@freshly_proved
def remove_passkey(passkey_id: UUID) -> ResponseReturnValue:
    """Take a passkey away, after asking; never the last way in."""
    passkey = _mine(passkey_id)
    may = factors.of(passkey.person_id).may_remove_passkey
    if not may or not NothingForm().validate_on_submit():
        return show("remove_key", what="passkey", may=may, name=passkey.name)
    return _removed(lambda: factors.remove_passkey(passkey), "passkey_removed", _("The passkey is removed."))


@access.audience("signed-in")
@freshly_proved
def remove_password() -> ResponseReturnValue:
    """Take the password and the code app away, after asking; only from whoever has a passkey."""
    person = _myself()
    held = factors.of(person.id)
    if not held.has_password:
        abort(404)
    if not held.passkeys or not NothingForm().validate_on_submit():
        return show("remove_key", what="password", may=bool(held.passkeys), name="")
    said = _("Your password is removed. You sign in with a passkey from now on.")
    return _removed(lambda: factors.remove_password(person.id), "password_removed", said)


@access.audience("signed-in")
@freshly_proved
def remove_app() -> ResponseReturnValue:
    """Take the code app away, after asking; only from whoever has a passkey."""
    person = _myself()
    held = factors.of(person.id)
    if not held.has_app:
        abort(404)
    if not held.passkeys or not NothingForm().validate_on_submit():
        return show("remove_key", what="app", may=bool(held.passkeys), name="")
    said = _("Codes of your app do not work any more.")
    return _removed(lambda: factors.remove_app(person.id), "second_step_removed", said)


@access.audience("signed-in")
@freshly_proved
def recovery_codes() -> ResponseReturnValue:
    """Make ten recovery codes and show them this once; those before stop working."""
    person = _myself()
    if visitors.proved_by_now() is not Proof.FULL:
        return redirect(url_for("signin.second_step", next=url_for("signin.recovery_codes")))
    if not NothingForm().validate_on_submit():
        return show("recovery_codes", left=recovery.left(person.id), codes=[])

    codes = recovery.make(person.id)
    entering.tell(person.id, "recovery_codes_made")
    db.session.commit()

    return show("recovery_codes", left=len(codes), codes=codes)


def _removed(remove: Callable[[], None], kind: str, said: str) -> ResponseReturnValue:
    try:
        remove()
    except LastWayIn:
        abort(409)
    entering.tell(_myself().id, kind)
    db.session.commit()

    flash(said, "success")
    return redirect(url_for("signin.keys"), 303)


def _add(person: Person, form: PasskeyNameForm) -> None:
    """Keep the passkey, or answer with why not."""
    try:
        passkeys.add(person, form.passkey_code.data or "", visitors.own_secret(), form.name.data)
    except PasskeyRefused:
        db.session.commit()  # what was answered once is not to be answered again
        said = _("No passkey was saved. Press the button again, and follow what your device asks.")
        refused("add_passkey", form, None, said, request_new=_request_new(person))
    except TooManyPasskeys:
        said = _("You have 20 passkeys. Remove one first.")
        refused("add_passkey", form, None, said, request_new=_request_new(person))


def _request_new(person: Person) -> str:
    return passkeys.request_to_add(person, visitors.own_secret())


def _myself() -> Person:
    person = people.find_person(access.visitor().person)  # type: ignore[arg-type]
    assert person is not None
    return person


def _mine(passkey_id: UUID) -> Passkey:
    passkey = passkeys.find(passkey_id, _myself().id)
    if passkey is None:
        abort(404)
    return passkey


ROUTES = (
    ("/account/keys", "keys", keys, ["GET"]),
    ("/account/keys/new", "add_passkey", add_passkey, ["GET", "POST"]),
    ("/account/keys/<uuid:passkey_id>", "rename_passkey", rename_passkey, ["GET", "POST"]),
    ("/account/keys/<uuid:passkey_id>/remove", "remove_passkey", remove_passkey, ["GET", "POST"]),
    ("/account/password/remove", "remove_password", remove_password, ["GET", "POST"]),
    ("/account/second-step/remove", "remove_app", remove_app, ["GET", "POST"]),
    ("/account/recovery-codes", "recovery_codes", recovery_codes, ["GET", "POST"]),
)
