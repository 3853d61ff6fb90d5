"""Pages about digests: stop one, choose how often they come, see what yours will say."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub.access import audience, visitor
from warp_hub.db import session
from warp_hub.digests import previews, unsubscribing
from warp_hub.digests.choosing import form_for, save
from warp_hub.mail.addresses import UNSUBSCRIBE_PATH
from warp_hub.pages.forms import without_token

blueprint = Blueprint("digests", __name__)


@blueprint.get(UNSUBSCRIBE_PATH)
@audience("public")
def confirm_unsubscribe() -> ResponseReturnValue:
    """Ask, since programs that look for harm open every link; nothing changes."""
    offer = unsubscribing.read(request.args.get("token", "")) or abort(404)

    return render_template("digests/confirm_unsubscribe.html", offer=offer)


@blueprint.post(UNSUBSCRIBE_PATH)
@audience("public")
@without_token
def unsubscribe() -> ResponseReturnValue:
    """Stop one list: by the button of the page or by a mail program's own (RFC 8058), without any cookie."""
    offer = unsubscribing.read(request.args.get("token", "")) or abort(404)

    unsubscribing.accept(offer)
    session.commit()

    return render_template("digests/unsubscribed.html", offer=offer)


@blueprint.route("/digests/settings", methods=["GET", "POST"])
@audience("signed-in")
def choose_mails() -> ResponseReturnValue:
    """Choose how often each WARP's digest comes, and whether to be told at once."""
    person_id = visitor().person or abort(404)
    form, questions = form_for(person_id)

    if form.validate_on_submit():
        save(person_id, form, questions)
        session.commit()
        flash(_("Your choice is saved."), "success")
        return redirect(url_for("digests.choose_mails"), 303)

    return render_template("digests/settings.html", form=form, questions=questions)


@blueprint.get("/desk/digest")
@audience("coordinator")
def preview_digest() -> ResponseReturnValue:
    """Show a coordinator the digest they would get now."""
    warps = previews.warps_of_desk(visitor().coordinates)
    warp = previews.chosen(warps, request.args.get("warp")) or abort(404)

    letter = previews.letter_for(visitor().viewer, warp)
    text = previews.on_page(letter) if letter else ""
    return render_template("digests/preview.html", warps=warps, warp=warp, letter=letter, text=text)


@blueprint.post("/desk/digest")
@audience("coordinator")
def send_test_digest() -> ResponseReturnValue:
    """Send a coordinator the digest they would get now; it counts for nothing."""
    warps = previews.warps_of_desk(visitor().coordinates)
    warp = previews.chosen(warps, request.form.get("warp")) or abort(404)

    previews.post_test(visitor().person or abort(404), warp)
    session.commit()
    flash(_("The letter is on its way to %(email)s.", email=visitor().email), "success")

    return redirect(url_for("digests.preview_digest", warp=warp.slug), 303)
