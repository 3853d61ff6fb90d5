"""In and out: passkey, password and code, recovery code, once more, sign out."""

from flask import Response, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from warp_hub import access, db
from warp_hub.memberships.models import Person
from warp_hub.memberships.viewers import Proof
from warp_hub.pages.forms import Form
from warp_hub.signin import entering, factors, lost_forms, recovery, visitors
from warp_hub.signin.forms import CodeForm, NothingForm, PasskeyForm, PasswordAgainForm, RecoveryForm, SignInForm
from warp_hub.signin.models import Way
from warp_hub.signin.passkeys import PasskeyCopied, PasskeyRefused
from warp_hub.signin.proving import proved_by_hand
from warp_hub.signin.throttle import TooManyTries
from warp_hub.signin.views_answers import checked, onward, page, refused, show, source, wait
from warp_hub.signin.views_lost import go_on

PASSKEY = "passkey_code"
STAYED = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'


@access.audience("public")
def sign_in() -> ResponseReturnValue:
    """Ask for a passkey, or e-mail and password, and never say which of them is wrong."""
    visitor, form = access.visitor(), SignInForm()
    if visitor.proof in (Proof.PASSWORD, Proof.FULL):
        return redirect(url_for("signin.second_step", next=onward()))
    if PASSKEY in request.form:
        return _by_passkey("sign_in", SignInForm(formdata=None))
    if not form.validate_on_submit():
        form.email.data = form.email.data or visitor.email
        return show("sign_in", form)

    fault = _("The e-mail address or the password is not right")
    given = (form.email.data, form.password.data, source())
    person = checked(lambda: entering.check_password(*given), "sign_in", form, form.password, fault)
    visitors.enter(person.id, Proof.PASSWORD, way=Way.PASSWORD)
    answer = _on_to_second_step(person)
    db.session.commit()

    return answer


@access.audience("signed-in")
@proved_by_hand
def second_step() -> ResponseReturnValue:
    """Ask for a passkey or a code; whoever has no second step yet sets one up first."""
    visitor = access.visitor()
    assert visitor.person is not None
    if visitor.proof == Proof.FULL:
        return redirect(onward())
    held = factors.of(visitor.person)
    if PASSKEY in request.form:
        return _by_passkey("second_step", CodeForm(formdata=None), held=held)
    if visitors.proved_by_now() is Proof.FULL:
        return show("passkey_needed", held=held)
    if visitors.must_come_by_account():
        return show("account_needed", held=held)
    if not (held.has_app or held.passkeys):
        return redirect(url_for("signin.second_step_setup", next=onward()))
    return _by_code("second_step", held)


@access.audience("signed-in")
@proved_by_hand
def prove_again() -> ResponseReturnValue:
    """Ask for a passkey or a code, or the password where there is no second step, before something that matters."""
    visitor = access.visitor()
    assert visitor.person is not None
    held = factors.of(visitor.person)
    has_second_step = bool(held.has_app or held.passkeys)
    if PASSKEY in request.form:
        return _by_passkey("prove_again", CodeForm(formdata=None), held=held)
    return _by_code("prove_again", held) if has_second_step else _by_password("prove_again", held)


@access.audience("signed-in")
@proved_by_hand
def use_recovery_code() -> ResponseReturnValue:
    """Ask for a recovery code in place of the second step."""
    person, form = access.visitor().person, RecoveryForm()
    if person is None or not form.validate_on_submit():
        return show("recovery", form)

    fault, given = _("This code is not right or has been used"), (person, form.recovery_code.data, source())
    checked(lambda: entering.check_recovery_code(*given), "recovery", form, form.recovery_code, fault)
    visitors.prove(Proof.FULL, Way.RECOVERY)
    flash(_how_many_left(recovery.left(person) or 0), "success")
    answer = go_on(person)
    db.session.commit()

    return answer


@access.audience("signed-in")
def stay() -> ResponseReturnValue:
    """Answer with a dot: that somebody asked is enough to keep them signed in."""
    return Response(STAYED, mimetype="image/svg+xml")


@access.audience("public")
def sign_out() -> ResponseReturnValue:
    """Sign out of this device, here and at the server; on GET only ask."""
    if not NothingForm().validate_on_submit():
        return show("sign_out")

    visitors.leave()
    db.session.commit()

    flash(_("You are signed out."), "success")
    response = make_response(redirect("/", 303))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _by_passkey(template: str, form: Form, **context: object) -> ResponseReturnValue:
    visitor, given = access.visitor(), PasskeyForm()
    signed_in = visitor.person if visitor.proof in (Proof.PASSWORD, Proof.FULL) else None
    if not given.validate_on_submit() or not given.passkey_code.data:
        refused(template, form, None, _("The page was open for too long. Press “Use a passkey” again."), **context)
    try:
        person, proof = entering.check_passkey(
            given.passkey_code.data, visitors.own_secret(), source(), given.typed_address.data or "", only=signed_in
        )
    except TooManyTries as error:
        wait(template, form, None, error, **context)
    except PasskeyCopied:
        db.session.commit()
        refused(template, form, None, _copied(), **context)
    except PasskeyRefused:
        db.session.commit()
        said = _("This passkey could not be used here. Try again, or sign in another way.")
        refused(template, form, None, said, **context)
    if signed_in is None:
        visitors.enter(person.id, proof, way=Way.PASSKEY)
    elif proof is Proof.FULL:
        visitors.prove(proof, Way.PASSKEY)
    answer = go_on(person.id) if proof is Proof.FULL else _on_to_second_step(person)
    db.session.commit()

    return answer


def _copied() -> str:
    return str(
        _("This passkey was refused: it may have been copied. Sign in another way, remove it and add a new one.")
    )


def _on_to_second_step(person: Person) -> ResponseReturnValue:
    """Go on to the second step; whoever carries what they typed takes it along."""
    lost = lost_forms.read(person.id, lost_forms.carried())
    if lost is None:
        return redirect(url_for("signin.second_step", next=onward()), 303)
    held = factors.of(person.id)
    if not (held.has_app or held.passkeys):
        return go_on(person.id)
    return make_response(page("second_step", CodeForm(formdata=None), held=held))


def _by_code(template: str, held: factors.Held) -> ResponseReturnValue:
    person, form = access.visitor().person, CodeForm()
    if person is None or not held.has_app or not form.validate_on_submit():
        return show(template, form, held=held)

    fault, given = _("This code is not right or has been used. Wait for the next one."), (form.code.data, source())
    checked(lambda: entering.check_code(person, *given), template, form, form.code, fault, held=held)
    visitors.prove(Proof.FULL, Way.CODE)
    answer = go_on(person)
    db.session.commit()

    return answer


def _by_password(template: str, held: factors.Held) -> ResponseReturnValue:
    visitor, form = access.visitor(), PasswordAgainForm()
    if not form.validate_on_submit():
        return show(template, form, held=held)

    given, fault = (visitor.email, form.password.data, source()), _("The password is not right")
    checked(lambda: entering.check_password(*given), template, form, form.password, fault, held=held)
    visitors.prove(Proof(visitor.proof))
    db.session.commit()

    return redirect(onward(), 303)


def _how_many_left(left: int) -> str:
    return str(
        ngettext(
            "You have %(num)d recovery code left. Make new ones under My account, How I sign in.",
            "You have %(num)d recovery codes left. Make new ones under My account, How I sign in.",
            left,
        )
    )


ROUTES = (
    ("/sign-in", "sign_in", sign_in, ["GET", "POST"]),
    ("/sign-in/code", "second_step", second_step, ["GET", "POST"]),
    ("/sign-in/recovery", "use_recovery_code", use_recovery_code, ["GET", "POST"]),
    ("/sign-in/again", "prove_again", prove_again, ["GET", "POST"]),
    ("/sign-in/stay.svg", "stay", stay, ["GET"]),
    ("/sign-out", "sign_out", sign_out, ["GET", "POST"]),
)
