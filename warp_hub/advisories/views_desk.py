"""A coordinator's queue: what waits, and one warning with all that can be decided about it."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from warp_hub import access
from warp_hub.access import visitor
from warp_hub.advisories import many, merging, queue, reading, source_reading
from warp_hub.advisories.forms import EarlyNoticeForm, LabelForm, NoteForm, SeverityForm, WithdrawForm
from warp_hub.advisories.models import Advisory
from warp_hub.alerts import askings
from warp_hub.alerts.answer_models import AskedOf
from warp_hub.db import session
from warp_hub.pages import labels, paging
from warp_hub.pages.forms import Form
from warp_hub.sharing.models import Item
from warp_hub.sharing.visibility import find_visible
from warp_hub.tlp import Marking, Outlet, Viewer

blueprint = Blueprint("desk_warnings", __name__, url_prefix="/desk/warnings")

Decide = Callable[[Item, UUID, Viewer], None]
CHOICES: dict[str, Decide] = {"pass_on": queue.pass_on, "keep": queue.keep, "not_for_us": queue.set_aside}
# What is easily undone is done at once; over the rest of several one is asked again.
UNASKED = "keep"
DONE = {
    "pass_on": _l("Passed on to members"),
    "keep": _l("Kept for later"),
    "not_for_us": _l("Put aside, not for us"),
}
SAME_AS = "same_as"


@blueprint.get("")
@access.audience("coordinator")
def list_waiting() -> str:
    """List the warnings to decide, newest first, or those kept for later."""
    place, kept = paging.asked_place(request.args), request.args.get("show") == "kept"
    asked = reading.select_queue(visitor().viewer, kept=kept)
    rows = session.execute(paging.turn_to(asked, Advisory.received_at, Item.id, place)).all()
    page = paging.cut(rows, place, lambda row: (row[0].received_at, row[1].id))

    alike = merging.alike([row[1] for row in page.rows], visitor().viewer)
    return render_template("advisories/queue.html", page=page, kept=kept, alike=alike)


@blueprint.post("")
@access.audience("coordinator")
def decide_many() -> ResponseReturnValue:
    """Decide over several warnings at once."""
    choice, viewer = request.form.get("choice", ""), visitor().viewer
    if choice not in (*CHOICES, SAME_AS):
        abort(400)
    try:
        rows = many.chosen(request.form.getlist("item"), viewer, with_others=choice == SAME_AS)
    except queue.NotOnThisDesk:
        abort(404)
    if choice != UNASKED and "confirmed" not in request.form:
        return render_template("advisories/decide_many.html", choice=choice, rows=rows)

    done, refused = many.join_all(rows, viewer) if choice == SAME_AS else many.decide_all(CHOICES[choice], rows, viewer)
    session.commit()

    flash(ngettext("%(num)d warning decided.", "%(num)d warnings decided.", done), "success" if done else "message")
    if refused:
        flash(ngettext("%(num)d could not be decided.", "%(num)d could not be decided.", refused))
    return redirect(url_for("desk_warnings.list_waiting"), 303)


@blueprint.get("/<uuid:item_id>")
@access.audience("coordinator")
def decide_warning(item_id: UUID) -> str:
    """Show a warning as members will see it, who they are, and what can be decided."""
    return _page(item_id)


@blueprint.post("/<uuid:item_id>/decision")
@access.audience("coordinator")
def decide(item_id: UUID) -> ResponseReturnValue:
    """Pass on, keep or set aside, for one WARP."""
    chosen = CHOICES.get(request.form.get("choice", "")) or abort(400)
    item = _item(item_id)
    if "quiet" in request.form and chosen is queue.pass_on:
        chosen = queue.pass_on_quietly
    upcoming = request.form.get("then")

    said = _decided(chosen, item, _uuid(request.form.get("warp", "")))
    if not said and chosen in (queue.pass_on, queue.pass_on_quietly) and request.form.get("ask") in set(AskedOf):
        askings.ask(item, _uuid(request.form["warp"]), visitor().viewer, AskedOf(request.form["ask"]))
    session.commit()

    flash(said or _done(request.form["choice"], item), "message" if said else "success")
    there = item_id if said else upcoming and _uuid(upcoming)
    return redirect(url_for("desk_warnings.decide_warning", item_id=there) if there else "/desk/warnings", 303)


@blueprint.post("/<uuid:item_id>/note")
@access.audience("coordinator")
def write_note(item_id: UUID) -> ResponseReturnValue:
    """Add a note for the WARP's own members."""
    item, form = _item(item_id), NoteForm()
    warp = _warp_of_mine(item)
    if not form.validate_on_submit():
        return _page(item_id, note_form=form)

    queue.write_note(item, warp, form.words(), visitor().viewer)
    session.commit()
    return _back(item_id, _("Your note is added."))


@blueprint.post("/<uuid:item_id>/label")
@access.audience("coordinator")
def choose_label(item_id: UUID) -> ResponseReturnValue:
    """Say which label a warning carries that the hub could not read, or make one stricter."""
    item, form = _item(item_id), LabelForm()
    if not form.validate_on_submit():
        return _page(item_id, label_form=form)

    marking = Marking(form.marking.data)
    if item.held is None and marking.rank <= item.marking.rank:
        form.marking.errors = [_("A label is lowered only with the consent of the source")]
        return _page(item_id, label_form=form)
    (queue.raise_label if item.held is None else queue.read_label)(item, marking, visitor().viewer)
    session.commit()
    return _back(item_id, _("The label is changed."))


@blueprint.post("/<uuid:item_id>/severity")
@access.audience("coordinator")
def choose_severity(item_id: UUID) -> ResponseReturnValue:
    """Say how soon to act."""
    item, form = _item(item_id), SeverityForm()
    if not form.validate_on_submit():
        return _page(item_id, severity_form=form)

    queue.set_severity(item, form.chosen(), form.reason.data, visitor().viewer)
    session.commit()
    return _back(item_id, _("Saved."))


@blueprint.post("/<uuid:item_id>/early-notice")
@access.audience("coordinator")
def give_early_notice(item_id: UUID) -> ResponseReturnValue:
    """Keep a warning to named people until a moment."""
    item, form = _item(item_id), EarlyNoticeForm()
    if item.published_at is not None:
        abort(409)
    if not form.validate_on_submit():
        return _page(item_id, early_form=form)

    queue.give_early_notice(item, form.moment, form.found, visitor().viewer)
    session.commit()
    return _back(item_id, _("Until then only the people you named can see it, once it is passed on."))


@blueprint.post("/<uuid:item_id>/withdraw")
@access.audience("coordinator")
def withdraw(item_id: UUID) -> ResponseReturnValue:
    """Take a warning back from everybody."""
    item, form = _item(item_id), WithdrawForm()
    if not form.validate_on_submit():
        return _page(item_id, withdraw_form=form)

    queue.withdraw(item, form.reason.data, visitor().viewer, tells=form.tells.data)
    session.commit()
    return _back(item_id, _("It is withdrawn: nobody can read it any more."))


def _page(item_id: UUID, **forms: Form) -> str:
    viewer = visitor().viewer
    warning = reading.find_warning(item_id, viewer, Outlet.DESK) or abort(404)
    if reading.record_view(warning, viewer):
        session.commit()
    waiting = reading.decisions_of(warning.item, viewer)
    shown = {
        "note_form": NoteForm(formdata=None),
        "label_form": LabelForm(formdata=None),
        "severity_form": SeverityForm(formdata=None, severity=warning.item.severity),
        "early_form": EarlyNoticeForm(formdata=None),
        "withdraw_form": WithdrawForm(formdata=None),
    }
    return render_template(
        "advisories/decide.html",
        warning=warning,
        language=str(get_locale() or "en")[:2],
        waiting=[(one, queue.who_will_see(warning.item, one.warp.id)) for one in waiting],
        neighbours=reading.neighbours(warning, viewer),
        gone_from=source_reading.departed(item_id, viewer),
        form=next(iter(forms.values()), None),
        **{**shown, **forms},
    )


def _item(item_id: UUID) -> Item:
    found: Item = find_visible(Item, item_id, visitor().viewer, Outlet.DESK) or abort(404)
    return found


def _decided(decide: Decide, item: Item, warp: UUID) -> str:
    """Decide, and return what to tell the coordinator when it was refused."""
    try:
        decide(item, warp, visitor().viewer)
    except queue.NotOnThisDesk:
        abort(404)
    except queue.HeldItem:
        return str(_("Its label could not be read: choose one first."))
    except queue.NoRecipients:
        return str(_("It is TLP:RED and names nobody."))
    return ""


def _done(choice: str, item: Item) -> str:
    # What is said on the next page waits for it in a cookie.
    title = labels.title_for_browser(item, "")
    return f"{DONE[choice]}: {title}" if title else f"{DONE[choice]}."


def _warp_of_mine(item: Item) -> UUID:
    mine = sorted(visitor().coordinates & set(item.keepers))
    asked = request.form.get("warp")
    return _uuid(asked) if asked and _uuid(asked) in mine else (mine or abort(404))[0]


def _back(item_id: UUID, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for("desk_warnings.decide_warning", item_id=item_id), 303)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        abort(404)
