"""The pages of key holders: one's own key, and opening the record of who sent a report."""

from collections.abc import Callable
from typing import Any, NoReturn, TypeVar, cast
from uuid import UUID

from flask import Blueprint, abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from warp_hub import access, db
from warp_hub.custody import holders, opening
from warp_hub.custody.circles import circles_of
from warp_hub.custody.forms import ChangePassphraseForm, MakeKeyForm, OpenForm, RetireForm, refuse
from warp_hub.custody.holders import HasKey, NoKey, WrongPassphrase
from warp_hub.custody.opening import NotOpened, SameOrganisation
from warp_hub.custody.promises import TEXTS, Promise
from warp_hub.custody.tries import TooManyTries
from warp_hub.pages.forms import Form

blueprint = Blueprint("custody", __name__)


@blueprint.get("/account/key")
@access.audience("coordinator")
def my_key() -> str:
    """Show whether one holds a key, and who else does in the WARPs one runs."""
    key = holders.find_key(_me())
    return render_template("custody/key.html", key=key, circles=circles_of(access.visitor().coordinates))


@blueprint.route("/account/key/make", methods=["GET", "POST"])
@access.audience("coordinator")
@access.freshly_proved
def make_key() -> ResponseReturnValue:
    """Make oneself a key."""
    form = MakeKeyForm().of(_me())
    if not form.validate_on_submit():
        return _show("make_key", form)

    try:
        holders.make_key(_me(), form.new_passphrase.data)
    except HasKey:
        return redirect(url_for("custody.my_key"), 303)
    db.session.commit()

    flash(_("Your key is made. Keep its passphrase where only you can find it."), "success")
    return redirect(url_for("custody.my_key"), 303)


@blueprint.route("/account/key/passphrase", methods=["GET", "POST"])
@access.audience("coordinator")
@access.freshly_proved
def change_passphrase() -> ResponseReturnValue:
    """Put one's key under another passphrase."""
    form = ChangePassphraseForm().of(_me())
    if not form.validate_on_submit():
        return _show("change_passphrase", form)

    change = (_me(), form.passphrase.data, form.new_passphrase.data)
    _with_key(lambda: holders.change_passphrase(*change), "change_passphrase", form)
    db.session.commit()

    flash(_("The passphrase of your key is changed."), "success")
    return redirect(url_for("custody.my_key"), 303)


@blueprint.route("/account/key/retire", methods=["GET", "POST"])
@access.audience("coordinator")
@access.freshly_proved
def retire_key() -> ResponseReturnValue:
    """Destroy one's key, after saying what that means."""
    if not RetireForm().validate_on_submit():
        return render_template("custody/retire.html")

    try:
        holders.retire(_me())
    except NoKey:
        return redirect(url_for("custody.my_key"), 303)
    db.session.commit()

    flash(_("Your key is destroyed."), "success")
    return redirect(url_for("custody.my_key"), 303)


@blueprint.route("/desk/records/<uuid:record_id>/open", methods=["GET", "POST"])
@access.audience("coordinator")
@access.freshly_proved
def open_record(record_id: UUID) -> ResponseReturnValue:
    """Say what opening a record means, and open it: the name is shown once and kept nowhere."""
    form = OpenForm()
    if holders.find_key(_me()) is None:
        return render_template("custody/no_key.html")
    if not form.validate_on_submit():
        return _show("open_record", form)

    ask = (record_id, _me(), form.reason.data, form.passphrase.data)
    opened = _with_key(lambda: opening.open_record(*ask), "open_record", form)
    db.session.commit()  # before anybody sees it: without its event there is no name

    return render_template("custody/opened.html", opened=opened)


@blueprint.get("/account/messages")
@access.audience("full")
def my_messages() -> str:
    """Show somebody what a letter only said was there."""
    return render_template("custody/messages.html", opened=opening.messages_to(_me()))


def _me() -> UUID:
    person = access.visitor().person
    assert person is not None
    return person


def _show(template: str, form: Form) -> ResponseReturnValue:
    status = 422 if form.errors else 200
    promise = TEXTS[Promise.ANONYMISED]
    return render_template(f"custody/{template}.html", form=form, promise=promise), status


Found = TypeVar("Found")


def _with_key(act: Callable[[], Found], template: str, form: Any) -> Found:
    """Do what needs the passphrase; otherwise answer with the form, keeping what counts: the try, the event."""
    try:
        return act()
    except TooManyTries as error:
        refuse(form.passphrase, _how_long(error))
        _answer(template, form, 429, error)
    except (WrongPassphrase, NoKey):
        fault = _("The passphrase is not right")
    except NotOpened:
        fault = _("This record cannot be opened with your key, or is not there")
    except SameOrganisation:
        db.session.commit()
        abort(make_response(render_template("custody/same_organisation.html")))
    refuse(form.passphrase, fault)
    return _answer(template, form, 422)


def _answer(template: str, form: Form, status: int, wait: TooManyTries | None = None) -> NoReturn:
    db.session.commit()
    page, _status = cast(tuple[str, int], _show(template, form))
    response = make_response(page, status)
    if wait is not None:
        response.headers["Retry-After"] = str(int(wait.wait.total_seconds()) + 1)
    abort(response)


def _how_long(error: TooManyTries) -> str:
    minutes = -(-int(error.wait.total_seconds()) // 60) or 1
    told = ngettext(
        "Too many tries. Wait %(num)d minute, then try again.",
        "Too many tries. Wait %(num)d minutes, then try again.",
        minutes,
    )
    return str(told)
