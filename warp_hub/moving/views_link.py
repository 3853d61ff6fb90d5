"""What the welcome letter leads to: one button that says yes, and one that asks for more.

The first visit moves the token out of the address. Programs that look at mail open every link, so looking
changes nothing.
"""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access
from warp_hub.db import session
from warp_hub.memberships.reading import mask
from warp_hub.moving import letters, staying
from warp_hub.moving.forms import NothingForm

blueprint = Blueprint("moving_link", __name__, url_prefix="/keep-sending")
_KEPT = "keep sending token"


@blueprint.route("", methods=["GET", "POST"])
@access.audience("public")
def keep_sending() -> ResponseReturnValue:
    """Ask whether mail is to go on coming, and take the answer."""
    if "token" in request.args:
        browser[_KEPT] = request.args["token"]
        return redirect(url_for("moving_link.keep_sending"), 303)
    answer, form = staying.by_link(browser.get(_KEPT, "")), NothingForm()
    if answer is None:
        return _over()
    if answer.is_given or not form.validate_on_submit():
        address = mask(answer.person.email)
        of = letters.name_of(answer.warp)
        waits = staying.waits_for(answer) if answer.is_given else []
        return render_template("moving/keep_sending.html", answer=answer, address=address, warp_name=of, waits=waits)

    staying.say_yes(answer)
    session.commit()

    return redirect(url_for("moving_link.keep_sending"), 303)


@blueprint.post("/invitation")
@access.audience("public")
def send_invitation() -> ResponseReturnValue:
    """Send whoever said yes what they need to sign in."""
    answer = staying.by_link(browser.get(_KEPT, ""))
    if answer is None:
        return _over()

    is_sent = staying.ask_for_invitation(answer)
    session.commit()

    if is_sent:
        flash(_("Your invitation is on its way to %(address)s.", address=mask(answer.person.email)), "success")
    return redirect(url_for("moving_link.keep_sending"), 303)


def _over() -> ResponseReturnValue:
    return render_template("moving/link_over.html"), 410
