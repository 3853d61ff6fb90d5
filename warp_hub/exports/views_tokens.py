"""My account → Connect a tool: make a token, see it once, stop it."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access, clock
from warp_hub.access import visitor
from warp_hub.db import session
from warp_hub.exports.forms import TokenForm
from warp_hub.memberships import tokens
from warp_hub.memberships.tokens import NameTaken, TooManyTokens
from warp_hub.pages import labels


@access.audience("full")
def list_tokens() -> ResponseReturnValue:
    """Show somebody their tokens and how to use one."""
    person = visitor().person or abort(404)

    return render_template("exports/tokens.html", tokens=tokens.tokens_of(person), now=clock.now())


@access.audience("fresh")
def make_token() -> ResponseReturnValue:
    """Make a token and show it, this once; asked for by someone who has just proved who they are."""
    form = TokenForm()
    secret = _minted(form) if form.validate_on_submit() else None
    if secret is None:
        hints = {marking.value: labels.may_do(marking) for marking in tokens.CEILINGS}
        return render_template("exports/new_token.html", form=form, hints=hints), 422 if form.errors else 200
    session.commit()

    return render_template("exports/token_made.html", secret=secret, name=form.name.data, email=visitor().email)


@access.audience("full")
def stop_token(token_id: UUID) -> ResponseReturnValue:
    """Stop one of one's own tokens; nobody need prove anything again to have less."""
    if not tokens.revoke(token_id, visitor().person or abort(404)):
        abort(404)
    session.commit()

    flash(_("The token is stopped. The tool that used it gets nothing more."), "success")
    return redirect(url_for("exports.tokens"), 303)


def _minted(form: TokenForm) -> str | None:
    """Return the new token; None with the fault in the form."""
    person = visitor().person or abort(404)
    try:
        return tokens.mint(person, form.name.data, form.ceiling(), form.expires_at(), by=person)
    except NameTaken:
        fault = _("You have a token of this name. Give each tool a token of its own, or stop the old one first.")
    except TooManyTokens:
        fault = _("You have as many tokens as one person may have. Stop one first.")
    form.name.errors = [*form.name.errors, str(fault)]
    return None


ROUTES = (
    ("/account/tokens", "tokens", list_tokens, ["GET"]),
    ("/account/tokens/new", "make_token", make_token, ["GET", "POST"]),
    ("/account/tokens/<uuid:token_id>/stop", "stop_token", stop_token, ["POST"]),
)
