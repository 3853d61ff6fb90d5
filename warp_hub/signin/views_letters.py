"""What letters lead to: reading by a link, an invitation, a new password; and asking for such a letter.

The first visit moves the token out of the address. Programs that look at mail open every link, so looking
changes nothing: only the button does.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar, cast

from flask import flash, redirect, render_template, request, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access, db
from warp_hub.memberships import invitations
from warp_hub.memberships.invitations import InvitationOver
from warp_hub.memberships.models import Person
from warp_hub.memberships.reading import mask
from warp_hub.memberships.viewers import Proof
from warp_hub.signin import addresses, entering, factors, link_requests, visitors
from warp_hub.signin.forms import AddressForm, NewPasswordForm, NothingForm
from warp_hub.signin.models import Way
from warp_hub.signin.sessions import GIVEN_BY_HAND
from warp_hub.signin.throttle import TooManyTries
from warp_hub.signin.views_answers import show, source, wait

View = TypeVar("View", bound=Callable[..., Any])


@access.audience("public")
def open_link() -> ResponseReturnValue:
    """Let whoever has the letter read: one button opens a session that proves the mailbox only."""
    if "link" in request.args:
        return _out_of_the_address("open_link", request.args["link"])
    arrival = entering.by_open_link(kept_token("open_link"))
    if arrival is None:
        return _over("open_link")
    if access.visitor().person == arrival.person.id:
        return redirect(arrival.onward)
    if not NothingForm().validate_on_submit():
        return show("open_link", address=mask(arrival.person.email))

    visitors.enter(arrival.person.id, Proof.MAILBOX, way=Way.LINK)
    db.session.commit()

    return redirect(arrival.onward, 303)


@access.audience("public")
def accept_invitation() -> ResponseReturnValue:
    """Let whoever was invited choose a password; the second step comes next."""
    if "token" in request.args:
        return _out_of_the_address("accept_invitation", request.args["token"])
    secret = kept_token("accept_invitation")
    person = invitations.find(secret)
    if person is None:
        return _over("accept_invitation")
    places, visitor = invitations.organisations_named(secret), access.visitor()
    if places and visitor.person == person.id and visitor.proof in GIVEN_BY_HAND:
        return _accept_one_more_place(secret, places)
    form = _password_form(person)
    if not form.validate_on_submit():
        told = {"may_use_account": not factors.is_guarded(person.id), "places": places}
        return show("new_password", form, person=person, is_first=True, **told)

    try:
        invitations.redeem(secret)
    except InvitationOver:
        return _over("accept_invitation")
    return _choose(person, form)


@access.audience("public")
def reset_password() -> ResponseReturnValue:
    """Let whoever has the letter choose a new password; the second step is asked for as ever."""
    if "token" in request.args:
        return _out_of_the_address("reset_password", request.args["token"])
    person = entering.by_reset_link(kept_token("reset_password"))
    if person is None:
        return _over("reset_password")
    form = _password_form(person)
    if not form.validate_on_submit():
        return show("new_password", form, person=person, is_first=False, places=())
    addresses.stop(person.id)
    return _choose(person, form)


@access.audience("public")
def ask_for_link() -> ResponseReturnValue:
    """Send a link to read by, saying the same for every address."""
    return _ask("open_link", "ask_for_link")


@access.audience("public")
def ask_for_reset() -> ResponseReturnValue:
    """Send a link to a new password, saying the same for every address."""
    return _ask("reset_link", "ask_for_reset")


def _ask(kind: link_requests.Kind, template: str) -> ResponseReturnValue:
    form = AddressForm()
    if not form.validate_on_submit():
        form.email.data = form.email.data or access.visitor().email
        return show(template, form)

    try:
        link_requests.ask(kind, form.email.data, source())
    except TooManyTries as error:
        wait(template, form, form.email, error)
    db.session.commit()

    return show("link_sent", address=form.email.data)


def _accept_one_more_place(secret: str, places: Sequence[str]) -> ResponseReturnValue:
    """Let somebody who is signed in say yes by one button: what they sign in with stays as it is."""
    if not NothingForm().validate_on_submit():
        return show("accept_place", places=places)
    try:
        invitations.redeem(secret)
    except InvitationOver:
        return _over("accept_invitation")
    db.session.commit()

    flash(_("Thank you. It counts from now on."), "success")
    return redirect("/", 303)


def _choose(person: Person, form: NewPasswordForm) -> ResponseReturnValue:
    entering.set_password(person, form.new_password.data)
    visitors.enter(person.id, Proof.PASSWORD, way=Way.PASSWORD)
    db.session.commit()
    return redirect(url_for("signin.second_step"), 303)


def _password_form(person: Person) -> NewPasswordForm:
    form = NewPasswordForm()
    form.new_password.about = entering.known_of(person.id, person.name, person.email)
    return form


def with_token_moved(view: View) -> View:
    """Move a token out of the address before the view looks at it by `kept_token`."""

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        if "token" in request.args:
            return _out_of_the_address(view.__name__, request.args["token"])
        return view(*args, **kwargs)

    return cast(View, wrapper)


def _out_of_the_address(view: str, token: str) -> ResponseReturnValue:
    browser[f"{view} token"] = token
    return redirect(url_for(f"signin.{view}"), 303)


def kept_token(view: str) -> str:
    """Return the token that this browser brought to a view of letters."""
    token: str = browser.get(f"{view} token", "")
    return token


def _over(view: str) -> ResponseReturnValue:
    return render_template("signin/link_over.html", view=view), 410


ROUTES = (
    ("/open", "open_link", open_link, ["GET", "POST"]),
    ("/invitation", "accept_invitation", accept_invitation, ["GET", "POST"]),
    ("/reset", "reset_password", reset_password, ["GET", "POST"]),
    ("/sign-in/link", "ask_for_link", ask_for_link, ["GET", "POST"]),
    ("/sign-in/password", "ask_for_reset", ask_for_reset, ["GET", "POST"]),
)
