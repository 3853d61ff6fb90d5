"""What a WARP sets for itself, on one page and a short form for each group: for whoever runs it for good.

A stand-in decides what waits, not how it goes on.
"""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access
from warp_hub.access import visitor
from warp_hub.db import session
from warp_hub.desk.forms_contacts import ContactsForm
from warp_hub.desk.forms_schedules import DigestForm, IncidentsForm, RenewalsForm
from warp_hub.desk.forms_settings import JoiningForm, PublicPageForm, SettingsForm, SigningInForm
from warp_hub.desk.wording_settings import groups_of
from warp_hub.memberships import authority
from warp_hub.memberships.directory import run_for_good
from warp_hub.memberships.editions import ChangedMeanwhile
from warp_hub.memberships.models import Warp
from warp_hub.memberships.settings import settings_of
from warp_hub.memberships.warps import change_settings, find_warp
from warp_hub.signin import passkeys

blueprint = Blueprint("desk_settings", __name__, url_prefix="/desk/settings")


@blueprint.get("")
@access.audience("coordinator")
def list_settings() -> str:
    """Show what each WARP has set that whoever asks runs for good."""
    warps = run_for_good(_me()) or abort(404)
    told = [(warp, groups_of(settings_of(warp))) for warp in warps]
    return render_template("desk/settings.html", told=told)


@blueprint.route("/<slug>/public-page", methods=["GET", "POST"])
@access.audience("coordinator")
def change_public_page(slug: str) -> ResponseReturnValue:
    """Say what anybody may read of a WARP."""
    return _change(slug, PublicPageForm)


@blueprint.route("/<slug>/joining", methods=["GET", "POST"])
@access.audience("coordinator")
def change_joining(slug: str) -> ResponseReturnValue:
    """Say who may join, and what it costs."""
    return _change(slug, JoiningForm)


@blueprint.route("/<slug>/renewals", methods=["GET", "POST"])
@access.audience("coordinator")
def change_renewals(slug: str) -> ResponseReturnValue:
    """Say when people are asked whether they are still there."""
    return _change(slug, RenewalsForm)


@blueprint.route("/<slug>/digest", methods=["GET", "POST"])
@access.audience("coordinator")
def change_digest(slug: str) -> ResponseReturnValue:
    """Say on which days the digest goes out."""
    return _change(slug, DigestForm)


@blueprint.route("/<slug>/incidents", methods=["GET", "POST"])
@access.audience("coordinator")
def change_incidents(slug: str) -> ResponseReturnValue:
    """Say when incidents go out."""
    return _change(slug, IncidentsForm)


@blueprint.route("/<slug>/contacts", methods=["GET", "POST"])
@access.audience("coordinator")
def change_contacts(slug: str) -> ResponseReturnValue:
    """Say whom members ring while something is happening."""
    return _change(slug, ContactsForm)


@blueprint.route("/<slug>/signing-in", methods=["GET", "POST"])
@access.audience("coordinator")
@access.freshly_proved
def change_signing_in(slug: str) -> ResponseReturnValue:
    """Say by what coordinators sign in."""
    return _change(slug, SigningInForm)


def _change(slug: str, kind: type[SettingsForm]) -> ResponseReturnValue:
    """Show the form of one group, or change what it says."""
    warp = _mine(slug)
    form = kind.of(settings_of(warp))
    if not form.validate_on_submit() or _locks_out(form):
        return render_template("desk/settings_form.html", form=form, warp=warp)
    try:
        change_settings(warp, _me(), form.seen.data, **form.said())
    except ChangedMeanwhile:
        form.overtaken(settings_of(warp))
        return render_template("desk/settings_form.html", form=form, warp=warp), 409
    session.commit()

    flash(_("Saved."), "success")
    return redirect(url_for(".list_settings"), 303)


def _locks_out(form: SettingsForm) -> bool:
    """Say at the field that whoever asks coordinators for a passkey needs one first."""
    if not isinstance(form, SigningInForm):
        return False
    if form.said()["coordinators_need_passkeys"] and not passkeys.has_any(_me()):
        form.coordinators_need_passkeys.errors = [_("Add a passkey of your own first, under “How I sign in”")]
    return bool(form.errors)


def _mine(slug: str) -> Warp:
    warp = find_warp(slug)
    if warp is None or not authority.runs_for_good(_me(), warp.id):
        abort(404)
    return warp


def _me() -> UUID:
    return visitor().person or abort(404)
