"""Error pages: calm words, the right status, nothing of the inside.

A refusal and an absence are the same page, to the byte. When even the page cannot be made, a plain one
without styles says the same.
"""

import logging
import sys
from dataclasses import dataclass
from http import HTTPStatus
from traceback import format_tb
from types import TracebackType

from flask import Flask, Response, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from werkzeug.exceptions import HTTPException

from warp_hub.pages.forms import answers_to_repeat

log = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 30
Fault = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
# These pages must come out while the database is away: they ask for nobody's name.
BARE = frozenset({500, 503})

PLAIN = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} - WARP Hub</title></head>
<body><main><h1>{title}</h1><p>{advice}</p><p><a href="/">WARP Hub</a></p></main></body></html>
"""


@dataclass(frozen=True)
class Words:
    """What an error page says: what happened, and what to do now."""

    title: LazyString
    advice: LazyString


WORDS = {
    400: Words(
        _l("We could not read that"),
        _l("The address or the form was not complete. Nothing was changed. Go back and try again."),
    ),
    401: Words(
        _l("Sign in to do this"),
        _l("You are not signed in, or were signed out after a while. Nothing was changed. Sign in and try again."),
    ),
    403: Words(
        _l("You cannot do this"),
        _l("Nothing was changed. If you think you should be able to, ask the coordinator of your WARP."),
    ),
    404: Words(
        _l("Page not found"),
        _l("There is nothing at this address for you. Check that you copied all of it, or start from the home page."),
    ),
    405: Words(_l("This page works differently"), _l("Nothing was changed. Start again from the home page.")),
    409: Words(
        _l("Someone else was quicker"),
        _l("This was changed by another person in the meantime, so your change was not saved. Open it again."),
    ),
    410: Words(_l("This link has been used"), _l("It worked once, or its time has run out. Ask for a new one.")),
    413: Words(_l("That is too big"), _l("Nothing was saved. Send a shorter text or a smaller file.")),
    415: Words(_l("We cannot read that kind of file"), _l("Nothing was saved. Send another kind of file.")),
    422: Words(_l("Something in the form does not fit"), _l("Nothing was saved. Go back and check what you entered.")),
    429: Words(_l("Too many tries"), _l("Wait a few minutes, then try again. Nothing was changed.")),
    500: Words(
        _l("Sorry, something went wrong"),
        _l("The fault is ours and has been noted. Try again in a few minutes. What you did last may not be saved."),
    ),
    503: Words(
        _l("WARP Hub is resting for a moment"),
        _l("It cannot reach its records just now. Try again in half a minute. Nothing that was saved is lost."),
    ),
}
EXPIRED_FORM = Words(
    _l("This form could not be accepted"),
    _l("It was open too long, or did not come from this site. Nothing was changed. Open the page again and resend it."),
)


def install(app: Flask) -> None:
    """Turn whatever goes wrong into one of these pages."""
    app.log_exception = log_fault  # type: ignore[method-assign]
    app.register_error_handler(CSRFError, expired_form)
    app.register_error_handler(HTTPException, page_for)
    # A DBAPIError is what the database answered; most are our own faults, and those stay 500.
    app.register_error_handler(DBAPIError, of_the_database)
    unavailable_when(app, OperationalError, NoFreeConnection)


def unavailable_when(app: Flask, *faults: type[Exception]) -> None:
    """Let these exceptions mean "come back in half a minute": 503 with Retry-After."""
    for fault in faults:
        app.register_error_handler(fault, unavailable)


def log_fault(exc_info: Fault) -> None:
    """Log what failed and where, never what the error says: a database quotes the row that it refused."""
    kind, _error, trace = exc_info
    where = "".join(format_tb(trace))
    log.error("%s %s failed: %s\n%s", request.method, request.endpoint, kind.__name__ if kind else "?", where)


def page_for(error: HTTPException) -> ResponseReturnValue:
    """Return the page of an HTTP error, keeping the headers that its status needs."""
    if error.response is not None:
        return error.response
    status = error.code or 500
    words = WORDS.get(status) or _plain_words(status)
    response = _page(status, words, answers_to_repeat() if status == HTTPStatus.UNAUTHORIZED else [])
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def expired_form(_error: CSRFError) -> ResponseReturnValue:
    """Return the page of a form without a good token, with what was typed when the form was ours."""
    return _page(400, EXPIRED_FORM, answers_to_repeat())


def unavailable(error: Exception) -> ResponseReturnValue:
    """Return the page that says so when the records cannot be reached, with a way to send the form again."""
    # Not the whole error: its statement and parameters would carry what people wrote into the log.
    log.error("the records cannot be reached: %s", type(getattr(error, "orig", None) or error).__name__)
    return _page(503, WORDS[503], answers_to_repeat())


def of_the_database(error: DBAPIError) -> ResponseReturnValue:
    """Return 503 when the connection was lost under us; anything else the database says is our fault."""
    if error.connection_invalidated:
        return unavailable(error)
    raise error


def _page(status: int, words: Words, answers: list[tuple[str, str]]) -> Response:
    g.is_error_page = True
    try:
        html = render_template("errors/error.html", status=status, words=words, answers=answers, is_bare=status in BARE)
    except Exception:
        log_fault(sys.exc_info())
        html = PLAIN.format(title=_english(words.title), advice=_english(words.advice))
    response = make_response(html, status)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _english(text: LazyString) -> str:
    """Return the msgid itself: whatever failed may have been the translation."""
    return str(text._args[0])


def _plain_words(status: int) -> Words:
    phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Error"
    return Words(_l(phrase), WORDS[400].advice)
