"""What several pages of signing in answer with."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NoReturn, TypeVar

from flask import abort, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from wtforms import Field

from warp_hub import access, db
from warp_hub.pages.forms import Form
from warp_hub.pages.redirects import local_path
from warp_hub.signin import lost_forms, passkeys, passwords, throttle, visitors
from warp_hub.signin.forms import refuse, refuse_whole
from warp_hub.signin.throttle import TooManyTries, Turn

Found = TypeVar("Found")
MINUTE = timedelta(minutes=1)


def source() -> str:
    """Return where the request comes from; behind a trusted proxy, what that says."""
    return request.remote_addr or ""


def onward() -> str:
    """Return the page to go to afterwards: one of ours, or the first."""
    return local_path(request.args.get("next"))


def show(template: str, form: Form | None = None, **context: Any) -> ResponseReturnValue:
    """Show a page; with 422 when its form was sent and something in it does not fit."""
    status = 422 if form is not None and form.errors else 200
    return page(template, form, **context), status


def page(template: str, form: Form | None = None, **context: Any) -> str:
    """Return a page, with what every page on the way in needs: where it leads, and what was typed before."""
    given = {"form": form, "kept": lost_forms.carried(), "onward": onward(), "request_passkey": request_passkey}
    given |= {"three_words": passwords.suggestion}
    return render_template(f"signin/{template}.html", **(given | context))


def request_passkey() -> str:
    """Return what a page hands to the browser to ask for a passkey, or nothing where there can be none."""
    return passkeys.request_to_sign_in(visitors.own_secret()) if passkeys.own_name() else ""


def checked(
    check: Callable[[], Found | None], template: str, form: Form, field: Field | None, fault: str, **context: Any
) -> Found:
    """Return what a throttled check found; otherwise count the failure and answer with the form and the fault."""
    try:
        found = check()
    except TooManyTries as error:
        wait(template, form, field, error, **context)
    if not found:
        db.session.commit()
        refused(template, form, field, fault, **context)
    return found


def letters_left(template: str, form: Form, field: Field, **context: Any) -> Turn:
    """Return the turn of whoever has a letter sent to an address they type; answer 429 where those were many."""
    try:
        return throttle.take_turn("letter", f"{template} {access.visitor().person}", source())
    except TooManyTries as error:
        wait(template, form, field, error, **context)


def refused(template: str, form: Form, field: Field | None, fault: str, **context: Any) -> NoReturn:
    """Answer with the form and what is wrong, beside a field or with the whole."""
    refuse_whole(form, fault) if field is None else refuse(field, fault)
    abort(make_response(page(template, form, **context), 422))


def wait(template: str, form: Form, field: Field | None, error: TooManyTries, **context: Any) -> NoReturn:
    """Answer with the form and how long to wait: 429 with Retry-After."""
    told = _how_long(error.wait)
    refuse_whole(form, told) if field is None else refuse(field, told)
    response = make_response(page(template, form, **context), 429)
    response.headers["Retry-After"] = str(int(error.wait.total_seconds()) + 1)
    abort(response)


def _how_long(wait: timedelta) -> str:
    seconds = int(wait.total_seconds()) + 1
    told = _seconds(seconds) if wait < MINUTE else _minutes(-(-seconds // 60))
    return str(told)


def _seconds(count: int) -> object:
    return ngettext(
        "Too many tries. Wait %(num)d second, then try again.",
        "Too many tries. Wait %(num)d seconds, then try again.",
        count,
    )


def _minutes(count: int) -> object:
    return ngettext(
        "Too many tries. Wait %(num)d minute, then try again.",
        "Too many tries. Wait %(num)d minutes, then try again.",
        count,
    )
