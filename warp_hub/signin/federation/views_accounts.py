"""Which accounts at providers are whose: connecting one, taking it away, accepting an invitation with one."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access, clock, db
from warp_hub.memberships import invitations
from warp_hub.memberships.invitations import InvitationOver
from warp_hub.memberships.reading import mask
from warp_hub.signin import factors
from warp_hub.signin.federation import accounts, providers
from warp_hub.signin.federation.accounts import CannotConnect, Known
from warp_hub.signin.federation.flows import Purpose
from warp_hub.signin.federation.identities import Identity
from warp_hub.signin.federation.views_trips import FOUND, enter, provider_of, refused, set_out, shown
from warp_hub.signin.forms import NothingForm
from warp_hub.signin.sessions import ByAccount
from warp_hub.signin.views_answers import show
from warp_hub.signin.views_letters import kept_token


@access.audience("fresh")
def list_accounts() -> ResponseReturnValue:
    """Show which accounts at providers sign one in."""
    person = access.visitor().person
    assert person is not None
    return show("federation_accounts", accounts=accounts.connected(person), providers=providers.offered())


@access.audience("fresh")
def connect_account(slug: str) -> ResponseReturnValue:
    """Go and show which account at a provider is one's own."""
    return set_out(slug, Purpose.CONNECT, url_for("signin.confirm_account", slug=slug))


@access.audience("fresh")
def confirm_account(slug: str) -> ResponseReturnValue:
    """Connect the account that was shown, after a look at which one it is."""
    provider, identity, person = provider_of(slug), shown(slug, Purpose.CONNECT), access.visitor().person
    assert person is not None
    if identity is None:
        return redirect(url_for("signin.accounts"), 303)
    if not NothingForm().validate_on_submit():
        return show("federation_confirm", provider=provider, identity=identity, masked=None)

    try:
        accounts.connect(person, identity)
    except CannotConnect:
        return refused(provider, "connect")
    browser.pop(FOUND, None)
    db.session.commit()

    flash(_("Your %(name)s account is connected.", name=provider.name), "success")
    return redirect(url_for("signin.accounts"), 303)


@access.audience("fresh")
def end_account(account_id: UUID) -> ResponseReturnValue:
    """Take an account of one's own away again."""
    person = access.visitor().person
    assert person is not None
    if not accounts.disconnect(account_id, person):
        abort(404)
    db.session.commit()

    flash(_("The account is not connected any more."), "success")
    return redirect(url_for("signin.accounts"), 303)


@access.audience("public")
def accept_with_provider(slug: str) -> ResponseReturnValue:
    """Go and accept an invitation with an account at a provider, in place of a password."""
    if invitations.find(kept_token("accept_invitation")) is None:
        return render_template("signin/link_over.html", view="accept_invitation"), 410
    return set_out(slug, Purpose.INVITATION, url_for("signin.confirm_invitation", slug=slug))


@access.audience("public")
def confirm_invitation(slug: str) -> ResponseReturnValue:
    """Accept an invitation with the account that was shown, after a look at which one it is."""
    provider, identity, secret = provider_of(slug), shown(slug, Purpose.INVITATION), kept_token("accept_invitation")
    person = invitations.find(secret)
    if person is None or identity is None:
        return render_template("signin/link_over.html", view="accept_invitation"), 410
    if not NothingForm().validate_on_submit():
        return show("federation_confirm", provider=provider, identity=identity, masked=mask(person.email))

    try:
        known = _accepted(secret, identity)
    except (InvitationOver, CannotConnect):
        db.session.rollback()
        return refused(provider, "connect")
    return enter(known, ByAccount(known.account.id, clock.now()), "/")


def _accepted(secret: str, identity: Identity) -> Known:
    """Return whom the invitation is for, known by this account from now on.

    It is for whoever has nothing else yet: with a mailbox and an account of one's own nobody gets past what somebody
    else signs in with.
    """
    person = invitations.redeem(secret)
    known = accounts.find_known(identity)
    if known is None or known.person.id != person.id:
        if factors.is_guarded(person.id):
            raise CannotConnect
        accounts.connect(person.id, identity)
        known = accounts.find_known(identity)
    if known is None:
        raise CannotConnect
    return known


ROUTES = (
    ("/invitation/with/<slug>", "accept_with_provider", accept_with_provider, ["GET"]),
    ("/invitation/with/<slug>/confirm", "confirm_invitation", confirm_invitation, ["GET", "POST"]),
    ("/account/keys/accounts", "accounts", list_accounts, ["GET"]),
    ("/account/keys/accounts/<uuid:account_id>/end", "end_account", end_account, ["POST"]),
    ("/account/keys/connect/<slug>", "connect_account", connect_account, ["GET"]),
    ("/account/keys/connect/<slug>/confirm", "confirm_account", confirm_account, ["GET", "POST"]),
)
