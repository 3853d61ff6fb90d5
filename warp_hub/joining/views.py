"""Applying: an address, a letter, one question a page, check, send."""

from typing import NoReturn

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access
from warp_hub.db import session
from warp_hub.joining import applicants, requests, tasklist, wording
from warp_hub.joining.forms import QUESTIONS, AddressForm, NothingForm, ReplyQuestion, refuse
from warp_hub.memberships import applications, deciding
from warp_hub.memberships.application_models import UNSENT, Application
from warp_hub.memberships.models import Warp
from warp_hub.memberships.reading import mask

blueprint = Blueprint("joining", __name__, url_prefix="/apply")


@blueprint.route("", methods=["GET", "POST"])
@access.audience("public")
def apply() -> ResponseReturnValue:
    """Ask for which WARP, then for an address; say the same whatever is known of it."""
    warp = tasklist.find_open_warp(request.args.get("warp", ""))
    if warp is None:
        return render_template("joining/choose_warp.html", warps=tasklist.open_warps(), mine=applicants.here())
    form = AddressForm()
    if not form.validate_on_submit():
        return _answer("joining/apply.html", form, warp=warp, name=wording.warp_name(warp))

    try:
        requests.ask(warp.id, form.email.data, request.remote_addr or "")
    except requests.TooManyRequests as error:
        _let_wait(form, warp, error)
    session.commit()

    return render_template("joining/link_sent.html", address=form.email.data)


@blueprint.route("/open", methods=["GET", "POST"])
@access.audience("public")
def open_application() -> ResponseReturnValue:
    """Lead whoever has the letter back to their application; only the button changes anything."""
    if "link" in request.args:
        browser["apply link"] = request.args["link"]
        return redirect(url_for("joining.open_application"), 303)
    application = applicants.by_link(browser.get("apply link", ""))
    if application is None:
        return render_template("joining/link_over.html"), 410
    if not NothingForm().validate_on_submit():
        return render_template("joining/open.html", address=mask(application.email))

    applications.confirm(application)
    applicants.enter(application)
    session.commit()

    return redirect(url_for("joining.list_tasks"), 303)


@blueprint.get("/tasks")
@access.audience("public")
def list_tasks() -> ResponseReturnValue:
    """Show what has been told and what is left to tell."""
    application = _mine()
    if application.state not in UNSENT:
        return render_template("joining/status.html", **tasklist.status(application))
    return render_template("joining/tasks.html", **tasklist.tasks(application))


@blueprint.route(f"/tasks/<any({', '.join(QUESTIONS)}):question>", methods=["GET", "POST"])
@access.audience("public")
def tell(question: str) -> ResponseReturnValue:
    """Ask one question, and keep its answer."""
    application = _unsent()
    _words, field, form_of = QUESTIONS[question]
    form = form_of()
    if not form.is_submitted():
        form.answer.data = getattr(application, field)
    if not form.validate_on_submit():
        return _answer("joining/question.html", form, back=_back())

    applications.save(application.id, **{field: form.told()})
    session.commit()

    return redirect(_back(), 303)


@blueprint.route("/reply", methods=["GET", "POST"])
@access.audience("public")
def reply() -> ResponseReturnValue:
    """Take the answer to what a coordinator asked."""
    application, form = _unsent(), ReplyQuestion()
    if not application.correspondence:
        abort(404)
    if not form.validate_on_submit():
        return _answer("joining/reply.html", form, asked=application.correspondence[-1]["text"])

    applications.answer(application.id, form.told() or "")
    session.commit()

    return redirect(url_for("joining.check"), 303)


@blueprint.route("/check", methods=["GET", "POST"])
@access.audience("public")
def check() -> ResponseReturnValue:
    """Show everything once more, then send it."""
    application, form = _unsent(), NothingForm()
    if applications.missing(application):
        return redirect(url_for("joining.list_tasks"), 303)
    if not form.validate_on_submit():
        return _answer("joining/check.html", form, **tasklist.answers(application))

    deciding.tell_deciders(applications.send(application.id))
    session.commit()

    return redirect(url_for("joining.list_tasks"), 303)


@blueprint.post("/leave")
@access.audience("public")
def leave() -> ResponseReturnValue:
    """Forget the application on this device; it stays where it is kept."""
    applicants.leave()

    flash(_("Your answers are saved. The link in our letter leads back to them; you can close this page."), "success")
    return redirect(url_for("joining.apply"), 303)


def _mine() -> Application:
    """Return the application of this browser; whoever has none begins, or asks for a link."""
    return applicants.here() or abort(redirect(url_for("joining.apply"), 303))


def _unsent() -> Application:
    application = _mine()
    if application.state not in UNSENT:
        abort(redirect(url_for("joining.list_tasks"), 303))
    return application


def _back() -> str:
    return url_for("joining.check" if request.args.get("then") == "check" else "joining.list_tasks")


def _answer(template: str, form: object, **context: object) -> ResponseReturnValue:
    status = 422 if getattr(form, "errors", None) else 200
    return render_template(template, form=form, **context), status


def _let_wait(form: AddressForm, warp: Warp, error: requests.TooManyRequests) -> NoReturn:
    """Answer with the form and how long to wait: 429 with Retry-After."""
    refuse(form.email, wording.how_long(error.wait))
    page = render_template("joining/apply.html", form=form, warp=warp, name=wording.warp_name(warp))
    response = make_response(page, 429)
    response.headers["Retry-After"] = str(int(error.wait.total_seconds()) + 1)
    abort(response)
