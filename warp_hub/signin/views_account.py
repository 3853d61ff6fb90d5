"""How one signs in, under My account: password, second step, where one is signed in."""

from uuid import UUID

from flask import Response, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access, db
from warp_hub.access import Visitor
from warp_hub.memberships import people
from warp_hub.memberships.models import Person
from warp_hub.memberships.viewers import Proof
from warp_hub.signin import codes, entering, factors, passkeys, sessions, visitors
from warp_hub.signin.forms import ChangePasswordForm, CodeForm, NewPasswordForm, refuse
from warp_hub.signin.models import Way
from warp_hub.signin.proving import freshly_proved, proved_by_hand
from warp_hub.signin.views_answers import checked, onward, show, source


@access.audience("signed-in")
@freshly_proved
def change_password() -> ResponseReturnValue:
    """Change one's password, or choose a first one; everywhere else one is signed out."""
    visitor = access.visitor()
    assert visitor.person is not None
    has_one = factors.of(visitor.person).has_password
    form = ChangePasswordForm() if has_one else NewPasswordForm()
    form.new_password.about = entering.known_of(visitor.person, visitor.name, visitor.email)
    if not form.validate_on_submit():
        return show("change_password", form, has_one=has_one)

    if has_one:
        given, fault = (visitor.email, form.password.data, source()), _("The password is not right")
        check = (lambda: entering.check_password(*given), "change_password", form, form.password, fault)
        checked(*check, has_one=True)
    entering.set_password(_person(visitor.person), form.new_password.data, keep=visitor.session_id)
    visitors.prove(visitors.proved_by_now())
    db.session.commit()

    flash(_("Your password is changed. You are signed out everywhere else."), "success")
    return redirect(url_for("signin.keys"), 303)


@access.audience("signed-in")
@freshly_proved
def second_step_setup() -> ResponseReturnValue:
    """Show the secret for the app and take its first code; one who has a second step must have used it."""
    visitor, form = access.visitor(), CodeForm()
    person, session_id, is_enrolled = _who(visitor)
    is_first = not factors.has_second_step(person)
    if not factors.of(person).has_password:  # came by an account elsewhere: codes go with a password alone
        return redirect(url_for("signin.add_passkey" if passkeys.own_name() else "signin.change_password"), 303)
    if not form.validate_on_submit() or not _enrolled(person, session_id, form):
        secret = codes.offer(person, session_id)
        return show("second_step_setup", form, secret=secret, is_enrolled=is_enrolled, is_first=is_first)

    visitors.prove(Proof.FULL, Way.CODE, tell=False)  # another letter goes
    entering.tell(person, "second_step_changed")
    db.session.commit()

    flash(_("Your second step is set up. You now see everything that is for you."), "success")
    if not factors.of(person).codes_left:
        flash(_("Print recovery codes next, for the day your phone is lost: My account, How I sign in."))
    return redirect(onward(), 303)


@access.audience("signed-in")
@freshly_proved
def second_step_picture() -> ResponseReturnValue:
    """Draw the QR code of the secret that the set-up page shows."""
    visitor = access.visitor()
    person, session_id, _is_enrolled = _who(visitor)
    address = codes.address_of(codes.offer(person, session_id), visitor.email)
    return Response(codes.picture_of(address), mimetype="image/svg+xml")


@access.audience("signed-in")
@proved_by_hand
def list_sessions() -> ResponseReturnValue:
    """Show where one is signed in."""
    person, session_id, _is_enrolled = _who(access.visitor())
    return show("sessions", sessions=sessions.open_sessions(person), this=session_id)


@access.audience("signed-in")
@proved_by_hand
def end_session(session_id: UUID) -> ResponseReturnValue:
    """End one of one's own sessions."""
    person, this, _is_enrolled = _who(access.visitor())
    if session_id == this:
        return redirect(url_for("signin.sign_out"), 303)
    if not sessions.end(session_id, person):
        abort(404)
    db.session.commit()

    flash(_("That session is ended."), "success")
    return redirect(url_for("signin.sessions"), 303)


@access.audience("signed-in")
@proved_by_hand
def end_other_sessions() -> ResponseReturnValue:
    """End every session but this one."""
    person, this, _is_enrolled = _who(access.visitor())

    sessions.end_others(person, but=this)
    db.session.commit()

    flash(_("You are signed out everywhere else."), "success")
    return redirect(url_for("signin.sessions"), 303)


def _who(visitor: Visitor) -> tuple[UUID, UUID, bool]:
    assert visitor.person is not None
    assert visitor.session_id is not None
    return visitor.person, visitor.session_id, codes.is_enrolled(visitor.person)


def _person(person_id: UUID) -> Person:
    found = people.find_person(person_id)
    assert found is not None
    return found


def _enrolled(person: UUID, session_id: UUID, form: CodeForm) -> bool:
    try:
        is_right = codes.enrol(person, session_id, form.code.data)
    except codes.NoPassword:
        abort(404)
    if not is_right:
        refuse(form.code, _("This code is not right. Check that the app shows “WARP Hub” and wait for the next one."))
    return is_right


ROUTES = (
    ("/account/password", "change_password", change_password, ["GET", "POST"]),
    ("/account/second-step", "second_step_setup", second_step_setup, ["GET", "POST"]),
    ("/account/second-step/picture.svg", "second_step_picture", second_step_picture, ["GET"]),
    ("/account/sessions", "sessions", list_sessions, ["GET"]),
    ("/account/sessions/<uuid:session_id>/end", "end_session", end_session, ["POST"]),
    ("/account/sessions/end-others", "end_other_sessions", end_other_sessions, ["POST"]),
)
