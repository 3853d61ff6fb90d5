"""In and out: password, code, once more, sign out."""

from flask import flash, make_response, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access, db
from warp_hub.memberships.viewers import Proof
from warp_hub.signin import codes, entering, visitors
from warp_hub.signin.forms import CodeForm, NothingForm, PasswordAgainForm, SignInForm
from warp_hub.signin.proving import proved_by_hand
from warp_hub.signin.views_answers import checked, onward, show, source


@access.audience("public")
def sign_in() -> ResponseReturnValue:
    """Ask for e-mail and password, and never say which of them is wrong."""
    visitor, form = access.visitor(), SignInForm()
    if visitor.proof in (Proof.PASSWORD, Proof.FULL):
        return redirect(url_for("signin.second_step", next=onward()))
    if not form.validate_on_submit():
        form.email.data = form.email.data or visitor.email
        return show("sign_in", form)

    fault = _("The e-mail address or the password is not right")
    given = (form.email.data, form.password.data, source())
    person = checked(lambda: entering.check_password(*given), "sign_in", form, form.password, fault)
    visitors.enter(person.id, Proof.PASSWORD)
    db.session.commit()

    return redirect(url_for("signin.second_step", next=onward()), 303)


@access.audience("signed-in")
@proved_by_hand
def second_step() -> ResponseReturnValue:
    """Ask for a code; whoever has no second step yet sets one up first."""
    visitor = access.visitor()
    assert visitor.person is not None
    if visitor.proof == Proof.FULL:
        return redirect(onward())
    if not codes.is_enrolled(visitor.person):
        return redirect(url_for("signin.second_step_setup", next=onward()))
    return _by_code("second_step")


@access.audience("signed-in")
@proved_by_hand
def prove_again() -> ResponseReturnValue:
    """Ask for a code, or the password where there is no second step, before something that matters."""
    visitor = access.visitor()
    assert visitor.person is not None
    return _by_code("prove_again") if codes.is_enrolled(visitor.person) else _by_password("prove_again")


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


def _by_code(template: str) -> ResponseReturnValue:
    person, form = access.visitor().person, CodeForm()
    if person is None or not form.validate_on_submit():
        return show(template, form)

    fault = _("This code is not right or has been used. Wait for the next one.")
    checked(lambda: entering.check_code(person, form.code.data, source()), template, form, form.code, fault)
    visitors.prove(Proof.FULL)
    db.session.commit()

    return redirect(onward(), 303)


def _by_password(template: str) -> ResponseReturnValue:
    visitor, form = access.visitor(), PasswordAgainForm()
    if not form.validate_on_submit():
        return show(template, form)

    given = (visitor.email, form.password.data, source())
    checked(lambda: entering.check_password(*given), template, form, form.password, _("The password is not right"))
    visitors.prove(Proof(visitor.proof))
    db.session.commit()

    return redirect(onward(), 303)


ROUTES = (
    ("/sign-in", "sign_in", sign_in, ["GET", "POST"]),
    ("/sign-in/code", "second_step", second_step, ["GET", "POST"]),
    ("/sign-in/again", "prove_again", prove_again, ["GET", "POST"]),
    ("/sign-out", "sign_out", sign_out, ["GET", "POST"]),
)
