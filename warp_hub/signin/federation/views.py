"""To a provider and back: signing in, proving oneself once more, and whatever else somebody went there for.

Coming back is the one GET that signs somebody in: only the browser that set out can do it, once, within minutes.
"""

import logging

from flask import abort, redirect, render_template, request
from flask import session as browser
from flask.typing import ResponseReturnValue

from warp_hub import access, db
from warp_hub.memberships.viewers import Proof
from warp_hub.signin import throttle, visitors
from warp_hub.signin.federation import accounts, flows
from warp_hub.signin.federation.flows import Flow, Purpose
from warp_hub.signin.federation.identities import SKEW, Identity, NotBelieved, identity_behind
from warp_hub.signin.federation.providers import Provider, ProviderDown
from warp_hub.signin.federation.views_trips import TRIP, enter, provider_of, refused, set_out, show_to_owner
from warp_hub.signin.proving import proved_by_hand
from warp_hub.signin.sessions import ByAccount
from warp_hub.signin.views_answers import onward, source

log = logging.getLogger(__name__)
STATUS = {"failed": 400, "unknown": 403, "connect": 403, "again": 403, "down": 503}


@access.audience("public")
def go_to_provider(slug: str) -> ResponseReturnValue:
    """Go and sign in at a provider."""
    return set_out(slug, Purpose.SIGN_IN, onward())


@access.audience("public")
def come_back(slug: str) -> ResponseReturnValue:
    """Take in who comes back from a provider."""
    provider = provider_of(slug)
    trip = flows.read(browser.pop(TRIP, None), slug, request.args.get("state", ""))
    if trip is None or not flows.use_up(trip):
        return refused(provider, "failed")
    has_to_wait = throttle.turn_of("provider", "", source()).waits()
    db.session.commit()

    try:
        if has_to_wait:
            raise NotBelieved("too many came from there in vain")
        identity = identity_behind(request.args.get("code", ""), trip, provider)
    except (NotBelieved, ProviderDown) as fault:
        return _came_back_in_vain(provider, fault)
    return _AFTERWARDS[trip.purpose](identity, trip)


@access.audience("public")
def refused_by_provider(slug: str, why: str) -> ResponseReturnValue:
    """Say why nobody came in, and what to do."""
    if why not in STATUS:
        abort(404)
    return render_template("signin/federation_refused.html", provider=provider_of(slug), why=why), STATUS[why]


@access.audience("signed-in")
@proved_by_hand
def prove_with_provider(slug: str) -> ResponseReturnValue:
    """Go and prove oneself at a provider once more, before something that matters."""
    return set_out(slug, Purpose.AGAIN, onward())


def _came_back_in_vain(provider: Provider, fault: NotBelieved | ProviderDown) -> ResponseReturnValue:
    throttle.turn_of("provider", "", source()).failed()
    db.session.commit()
    log.warning("%s: %s", provider.slug, fault)
    return refused(provider, "down" if isinstance(fault, ProviderDown) else "failed")


def _signed_in(identity: Identity, trip: Flow) -> ResponseReturnValue:
    known = accounts.find_known(identity)
    if known is None:
        return refused(provider_of(identity.provider), "unknown")
    return enter(known, ByAccount(known.account.id, identity.authenticated_at), trip.onward)


def _proved(identity: Identity, trip: Flow) -> ResponseReturnValue:
    visitor, known = access.visitor(), accounts.find_known(identity)
    proved_at = identity.authenticated_at
    is_new = proved_at is not None and proved_at.timestamp() >= trip.started.timestamp() - SKEW
    if known is None or known.person.id != visitor.person or not is_new:
        return refused(provider_of(identity.provider), "again")
    if visitor.proof not in (known.proof, Proof.PASSWORD):
        return refused(provider_of(identity.provider), "again")

    visitors.prove(Proof(visitor.proof))
    db.session.commit()
    return redirect(trip.onward, 303)


_AFTERWARDS = {
    Purpose.SIGN_IN: _signed_in,
    Purpose.CONNECT: show_to_owner,
    Purpose.INVITATION: show_to_owner,
    Purpose.AGAIN: _proved,
}

ROUTES = (
    ("/sign-in/with/<slug>", "go_to_provider", go_to_provider, ["GET"]),
    ("/sign-in/with/<slug>/back", "come_back", come_back, ["GET"]),
    ("/sign-in/with/<slug>/refused/<why>", "refused_by_provider", refused_by_provider, ["GET"]),
    ("/sign-in/again/with/<slug>", "prove_with_provider", prove_with_provider, ["GET"]),
)
