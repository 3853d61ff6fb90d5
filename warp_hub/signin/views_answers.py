"""What several pages of signing in answer with."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NoReturn, TypeVar

from flask import abort, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from wtforms import Field

from warp_hub import db
from warp_hub.pages.forms import Form
from warp_hub.pages.redirects import local_path
from warp_hub.signin.forms import refuse
from warp_hub.signin.throttle import TooManyTries

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
    return render_template(f"signin/{template}.html", form=form, **context), status


def checked(check: Callable[[], Found | None], template: str, form: Form, field: Field, fault: str) -> Found:
    """Return what a throttled check found; otherwise count the failure and answer with the form and the fault."""
    try:
        found = check()
    except TooManyTries as error:
        wait(template, form, field, error)
    if not found:
        db.session.commit()
        refuse(field, fault)
        abort(make_response(render_template(f"signin/{template}.html", form=form), 422))
    return found


def wait(template: str, form: Form, field: Field, error: TooManyTries) -> NoReturn:
    """Answer with the form and how long to wait: 429 with Retry-After."""
    refuse(field, _how_long(error.wait))
    response = make_response(render_template(f"signin/{template}.html", form=form), 429)
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
