"""To a provider and back: signing in, connecting an account, an invitation, and once more.

Coming back is the one GET that signs somebody in: only the browser that set out can do it, once, within minutes.
"""

import logging
from dataclasses import asdict
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access, clock, db
from warp_hub.memberships import invitations
from warp_hub.memberships.invitations import InvitationOver
from warp_hub.memberships.reading import mask
from warp_hub.memberships.viewers import Proof
from warp_hub.signin import visitors
from warp_hub.signin.federation import accounts, flows, providers
from warp_hub.signin.federation.accounts import CannotConnect, Known
from warp_hub.signin.federation.flows import Flow, Purpose
from warp_hub.signin.federation.identities import SKEW, Identity, NotBelieved, identity_behind
from warp_hub.signin.federation.providers import Provider, ProviderDown
from warp_hub.signin.forms import NothingForm
from warp_hub.signin.proving import proved_by_hand
from warp_hub.signin.sessions import ByAccount
from warp_hub.signin.views_answers import onward, show

log = logging.getLogger(__name__)
STATUS = {"failed": 400, "unknown": 403, "connect": 403, "again": 403, "down": 503}
TRIP, FOUND, INVITED = "provider trip", "provider identity", "accept_invitation token"


@access.audience("public")
def go_to_provider(slug: str) -> ResponseReturnValue:
    """Go and sign in at a provider."""
    return _set_out(slug, Purpose.SIGN_IN, onward())


@access.audience("public")
def come_back(slug: str) -> ResponseReturnValue:
    """Take in who comes back from a provider."""
    provider = _provider(slug)
    trip = flows.read(browser.pop(TRIP, None), slug, request.args.get("state", ""))
    if trip is None or not flows.use_up(trip):
        return _refused(provider, "failed")
    db.session.commit()

    try:
        identity = identity_behind(request.args.get("code", ""), trip, provider)
    except NotBelieved as fault:
        log.warning("%s: %s", slug, fault)
        return _refused(provider, "failed")
    except ProviderDown as fault:
        return _down(provider, fault)
    return _AFTERWARDS[trip.purpose](identity, trip)


@access.audience("public")
def refused_by_provider(slug: str, why: str) -> ResponseReturnValue:
    """Say why nobody came in, and what to do."""
    if why not in STATUS:
        abort(404)
    return render_template("signin/federation_refused.html", provider=_provider(slug), why=why), STATUS[why]


@access.audience("fresh")
def list_accounts() -> ResponseReturnValue:
    """Show which accounts at providers sign one in."""
    person = access.visitor().person
    assert person is not None
    return show("federation_accounts", accounts=accounts.connected(person), providers=providers.offered())


@access.audience("fresh")
def connect_account(slug: str) -> ResponseReturnValue:
    """Go and show which account at a provider is one's own."""
    return _set_out(slug, Purpose.CONNECT, url_for("signin.confirm_account", slug=slug))


@access.audience("fresh")
def confirm_account(slug: str) -> ResponseReturnValue:
    """Connect the account that was shown, after a look at which one it is."""
    provider, identity, person = _provider(slug), _found(slug), access.visitor().person
    assert person is not None
    if identity is None:
        return redirect(url_for("signin.accounts"), 303)
    if not NothingForm().validate_on_submit():
        return show("federation_confirm", provider=provider, identity=identity, masked=None)

    try:
        accounts.connect(person, identity)
    except CannotConnect:
        return _refused(provider, "connect")
    browser.pop(FOUND, None)
    db.session.commit()

    flash(_("Your %(name)s account is connected.", name=provider.name), "success")
    return redirect(url_for("signin.accounts"), 303)


@access.audience("fresh")
def end_account(account_id: Any) -> ResponseReturnValue:
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
    if invitations.find(browser.get(INVITED, "")) is None:
        return render_template("signin/link_over.html", view="accept_invitation"), 410
    return _set_out(slug, Purpose.INVITATION, url_for("signin.confirm_invitation", slug=slug))


@access.audience("public")
def confirm_invitation(slug: str) -> ResponseReturnValue:
    """Accept an invitation with the account that was shown, after a look at which one it is."""
    provider, identity, secret = _provider(slug), _found(slug), browser.get(INVITED, "")
    person = invitations.find(secret)
    if person is None or identity is None:
        return render_template("signin/link_over.html", view="accept_invitation"), 410
    if not NothingForm().validate_on_submit():
        return show("federation_confirm", provider=provider, identity=identity, masked=mask(person.email))

    try:
        known = _accepted(secret, identity)
    except (InvitationOver, CannotConnect):
        db.session.rollback()
        return _refused(provider, "connect")
    return _enter(known, ByAccount(known.account.id, clock.now()), "/")


@access.audience("signed-in")
@proved_by_hand
def prove_with_provider(slug: str) -> ResponseReturnValue:
    """Go and prove oneself at a provider once more, before something that matters."""
    return _set_out(slug, Purpose.AGAIN, onward())


def _set_out(slug: str, purpose: Purpose, where_to: str) -> ResponseReturnValue:
    provider = _provider(slug)
    try:
        trip, address = flows.begin(provider, purpose, where_to)
    except ProviderDown as fault:
        return _down(provider, fault)
    browser[TRIP] = trip.kept()
    return redirect(address, 303)


def _signed_in(identity: Identity, trip: Flow) -> ResponseReturnValue:
    known = accounts.find_known(identity)
    if known is None:
        return _refused(_provider(identity.provider), "unknown")
    return _enter(known, ByAccount(known.account.id, identity.authenticated_at), trip.onward)


def _enter(known: Known, by: ByAccount, where_to: str) -> ResponseReturnValue:
    visitors.enter(known.person.id, known.proof, by)
    db.session.commit()
    if known.proof is Proof.FULL:
        return redirect(where_to, 303)
    return redirect(url_for("signin.second_step", next=where_to), 303)


def _shown(identity: Identity, trip: Flow) -> ResponseReturnValue:
    """Keep who was shown in the browser's signed cookie until the button is pressed."""
    kept = asdict(identity) | {"authenticated_at": None, "purpose": trip.purpose.value, "by": _asker()}
    browser[FOUND] = kept | {"at": int(clock.now().timestamp())}
    return redirect(trip.onward, 303)


def _proved(identity: Identity, trip: Flow) -> ResponseReturnValue:
    visitor, known = access.visitor(), accounts.find_known(identity)
    proved_at = identity.authenticated_at
    is_new = proved_at is not None and proved_at.timestamp() >= trip.started.timestamp() - SKEW
    if known is None or known.person.id != visitor.person or not is_new:
        return _refused(_provider(identity.provider), "again")
    if visitor.proof not in (known.proof, Proof.PASSWORD):
        return _refused(_provider(identity.provider), "again")

    visitors.prove(Proof(visitor.proof))
    db.session.commit()
    return redirect(trip.onward, 303)


def _accepted(secret: str, identity: Identity) -> Known:
    person = invitations.redeem(secret)
    accounts.connect(person.id, identity)
    known = accounts.find_known(identity)
    if known is None:
        raise CannotConnect
    return known


def _found(slug: str) -> Identity | None:
    """Return the identity that this browser showed a moment ago, for this purpose and as this person."""
    kept = dict(browser.get(FOUND) or {})
    purpose, by, at = kept.pop("purpose", None), kept.pop("by", None), kept.pop("at", 0)
    wanted = Purpose.INVITATION if request.endpoint == "signin.confirm_invitation" else Purpose.CONNECT
    is_ours = purpose == wanted.value and by == _asker() and kept["provider"] == slug
    is_in_time = clock.now().timestamp() - at <= flows.LIVES.total_seconds()
    return Identity(**kept) if is_ours and is_in_time else None


def _asker() -> str:
    return str(access.visitor().person)


def _provider(slug: str) -> Provider:
    return providers.find(slug) or abort(404)


def _refused(provider: Provider, why: str) -> ResponseReturnValue:
    """Say it on a page of its own, so that no code of the provider's stays in the address."""
    return redirect(url_for("signin.refused_by_provider", slug=provider.slug, why=why), 303)


def _down(provider: Provider, fault: ProviderDown) -> ResponseReturnValue:
    log.warning("%s does not answer: %s", provider.slug, fault)
    return _refused(provider, "down")


_AFTERWARDS = {
    Purpose.SIGN_IN: _signed_in,
    Purpose.CONNECT: _shown,
    Purpose.INVITATION: _shown,
    Purpose.AGAIN: _proved,
}

ROUTES = (
    ("/sign-in/with/<slug>", "go_to_provider", go_to_provider, ["GET"]),
    ("/sign-in/with/<slug>/back", "come_back", come_back, ["GET"]),
    ("/sign-in/with/<slug>/refused/<why>", "refused_by_provider", refused_by_provider, ["GET"]),
    ("/sign-in/again/with/<slug>", "prove_with_provider", prove_with_provider, ["GET"]),
    ("/invitation/with/<slug>", "accept_with_provider", accept_with_provider, ["GET"]),
    ("/invitation/with/<slug>/confirm", "confirm_invitation", confirm_invitation, ["GET", "POST"]),
    ("/account/keys/accounts", "accounts", list_accounts, ["GET"]),
    ("/account/keys/accounts/<uuid:account_id>/end", "end_account", end_account, ["POST"]),
    ("/account/keys/connect/<slug>", "connect_account", connect_account, ["GET"]),
    ("/account/keys/connect/<slug>/confirm", "confirm_account", confirm_account, ["GET", "POST"]),
)
