"""Moving in, at the desk: putting a list in, writing to those on it, and who has not answered."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from warp_hub import access, clock
from warp_hub.access import visitor
from warp_hub.db import session
from warp_hub.memberships.models import Warp
from warp_hub.moving import inviting, letters, putting_in
from warp_hub.moving.forms import PUT_IN, ListForm
from warp_hub.moving.letters import BOTH
from warp_hub.moving.putting_in import PutIn

MOST_SHOWN = 200
MORE = ("language", "short_name", "code", "kind", "region", "domains", "former_domains", "also_known_as", "membership")

blueprint = Blueprint("moving", __name__, url_prefix="/desk/people")


@blueprint.route("/import", methods=["GET", "POST"])
@access.audience("coordinator")
def put_in_list() -> ResponseReturnValue:
    """Put a list in: what is pasted is looked at first, and put in when its reader says so."""
    warps, form = _my_warps(), ListForm()
    warp = warps.get(form.warp.data or "", next(iter(warps.values())))
    if form.offer(warps.values()).is_submitted() and form.warp.data not in warps:
        abort(404)
    if not form.validate_on_submit():
        return _list_page(form, warp)
    if form.do.data != PUT_IN:
        return _list_page(form, warp, _put_in(form, warp, dry_run=True))

    done = _put_in(form, warp, dry_run=False)
    session.commit()

    return _say_what_was_done(form, warp, done)


@blueprint.get("/invite")
@access.audience("coordinator")
def choose_whom() -> str:
    """Show who has not been written to, who has not answered, and the letter they get."""
    warp = _asked_for(request.args.get("warp"))
    guests = inviting.guests_of(warp.id)
    first = next(iter((*guests.new, *guests.again)), None)
    name = first.person.name if first else visitor().name

    shown = [(language, letters.preview(name, warp, language)) for language in BOTH]
    return render_template(
        "moving/invite.html", warp=warp, warps=_my_warps().values(), guests=guests, shown=shown, most_shown=MOST_SHOWN
    )


@blueprint.post("/invite")
@access.audience("coordinator")
def write_to_them() -> ResponseReturnValue:
    """Write to all who may be written to, or to those who are ticked."""
    warp = _asked_for(request.form.get("warp"))
    only = None if request.form.get("do") == "all" else _ticked()

    count = inviting.write_to(warp, visitor().person, only)
    session.commit()

    told = ngettext("%(num)s letter is on its way.", "%(num)s letters are on their way.", count)
    flash(*((told, "success") if count else (_("No letter was sent: tick somebody first."),)))
    return redirect(url_for("moving.choose_whom", warp=warp.slug), 303)


@blueprint.get("/invite/sheet")
@access.audience("coordinator")
def print_sheet() -> str:
    """Show who has not answered, by organisation, to be printed and worked through by telephone."""
    warp = _asked_for(request.args.get("warp"))
    return render_template("moving/sheet.html", warp=warp, sheet=inviting.by_organisation(warp.id), now=clock.now())


def _put_in(form: ListForm, warp: Warp, *, dry_run: bool) -> PutIn:
    by = visitor().person
    assert form.sheet is not None
    assert by is not None
    notes = bool(form.notes_domains.data)
    return putting_in.put_in(form.sheet, form.places(), warp, by, dry_run=dry_run, notes_domains=notes)


def _say_what_was_done(form: ListForm, warp: Warp, done: PutIn) -> ResponseReturnValue:
    """Go on to the letters, or stay with the lines that were left out, so that nobody has to look for them."""
    if not done.needs_you or form.sheet is None:
        flash(_("The people are added. Nobody has been written to yet."), "success")
        return redirect(url_for("moving.choose_whom", warp=warp.slug), 303)
    form.start_again_with(putting_in.left_over(form.sheet, done.needs_you))
    return _list_page(form, warp, done, is_done=True)


def _list_page(form: ListForm, warp: Warp, done: PutIn | None = None, *, is_done: bool = False) -> str:
    return render_template(
        "moving/import.html",
        form=form,
        warp=warp,
        warps=_my_warps().values(),
        done=done,
        is_done=is_done,
        more_fields=MORE,
        more_are_chosen=any(form[name].errors for name in MORE),
        most_shown=MOST_SHOWN,
    )


def _my_warps() -> dict[str, Warp]:
    mine = select(Warp).where(Warp.id.in_(visitor().coordinates)).order_by(Warp.name)
    return {str(warp.id): warp for warp in session.scalars(mine)}


def _asked_for(slug: str | None) -> Warp:
    """Return the WARP that was asked for, the first of theirs when none was."""
    warps = list(_my_warps().values())
    return next((warp for warp in warps if slug in (None, warp.slug)), None) or abort(404)


def _ticked() -> set[UUID]:
    found = set()
    for text in request.form.getlist("person"):
        try:
            found.add(UUID(text))
        except ValueError:
            abort(404)
    return found
