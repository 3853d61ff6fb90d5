"""What the views of providers share: setting out, what a browser was shown, how somebody comes in or is refused."""

import logging
from dataclasses import asdict

from flask import abort, redirect, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue

from warp_hub import access, clock, db
from warp_hub.memberships.viewers import Proof
from warp_hub.signin import visitors
from warp_hub.signin.federation import flows, providers
from warp_hub.signin.federation.accounts import Known
from warp_hub.signin.federation.flows import Flow, Purpose
from warp_hub.signin.federation.identities import Identity
from warp_hub.signin.federation.providers import Provider, ProviderDown
from warp_hub.signin.sessions import ByAccount

log = logging.getLogger(__name__)
TRIP, FOUND = "provider trip", "provider identity"


def provider_of(slug: str) -> Provider:
    """Return the provider of an address, or answer 404."""
    return providers.find(slug) or abort(404)


def set_out(slug: str, purpose: Purpose, where_to: str) -> ResponseReturnValue:
    """Go to a provider for this purpose, and afterwards there."""
    provider = provider_of(slug)
    try:
        trip, address = flows.begin(provider, purpose, where_to)
    except ProviderDown as fault:
        log.warning("%s does not answer: %s", provider.slug, fault)
        return refused(provider, "down")
    browser[TRIP] = trip.kept()
    return redirect(address, 303)


def enter(known: Known, by: ByAccount, where_to: str) -> ResponseReturnValue:
    """Sign somebody in, and ask for a second step where the provider proved none."""
    visitors.enter(known.person.id, known.proof, by)
    db.session.commit()
    if known.proof is Proof.FULL:
        return redirect(where_to, 303)
    return redirect(url_for("signin.second_step", next=where_to), 303)


def refused(provider: Provider, why: str) -> ResponseReturnValue:
    """Say it on a page of its own, so that no code of the provider's stays in the address."""
    return redirect(url_for("signin.refused_by_provider", slug=provider.slug, why=why), 303)


def show_to_owner(identity: Identity, trip: Flow) -> ResponseReturnValue:
    """Keep who was shown in the browser's signed cookie until the button is pressed."""
    kept = asdict(identity) | {"authenticated_at": None, "purpose": trip.purpose.value, "by": _asker()}
    browser[FOUND] = kept | {"at": int(clock.now().timestamp())}
    return redirect(trip.onward, 303)


def shown(slug: str, purpose: Purpose) -> Identity | None:
    """Return the identity that this browser was shown a moment ago, for this purpose and as this person."""
    kept = dict(browser.get(FOUND) or {})
    wanted, by, at = kept.pop("purpose", None), kept.pop("by", None), kept.pop("at", 0)
    is_ours = wanted == purpose.value and by == _asker() and kept["provider"] == slug
    is_in_time = clock.now().timestamp() - at <= flows.LIVES.total_seconds()
    return Identity(**kept) if is_ours and is_in_time else None


def _asker() -> str:
    return str(access.visitor().person)
