"""Which providers this installation has, and what each publishes of itself: addresses and keys, kept for an hour."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from warp_hub import clock, config, outbound

MICROSOFT = "microsoft"
KEPT_FOR = timedelta(hours=1)
TENANT = "{tenantid}"


class ProviderDown(Exception):
    """The provider does not answer, or not as one does; the text says why, for the log."""


@dataclass(frozen=True)
class Provider:
    """Somebody else who says who a person is. Microsoft's issuer holds a place for the tenant: `{tenantid}`."""

    slug: str
    name: str
    issuer: str
    about: str
    client_id: str
    client_secret: str = field(repr=False)
    second_factor_acr: frozenset[str] = frozenset()

    @property
    def has_tenants(self) -> bool:
        """Say whether one registration serves the directories of many organisations."""
        return TENANT in self.issuer

    @property
    def back(self) -> str:
        """Return where the provider sends people back to: to each its own, so that none answers for another."""
        return f"{config.current().base_url}/sign-in/with/{self.slug}/back"


Require = Callable[[Provider, dict[str, Any]], None]


def offered() -> list[Provider]:
    """Return the providers of this installation, Microsoft first."""
    settings = config.current()
    others = [
        Provider(
            of.slug, of.name, of.issuer, _about(of.issuer), of.client_id, of.client_secret.get_secret_value(),
            of.second_factor_acr,
        )
        for of in settings.sign_in_providers
    ]  # fmt: skip
    if settings.microsoft_client_id is None or settings.microsoft_client_secret is None:
        return others
    home = settings.microsoft_authority
    secret = settings.microsoft_client_secret.get_secret_value()
    about = _about(f"{home}/organizations/v2.0")
    return [
        Provider(MICROSOFT, "Microsoft", f"{home}/{TENANT}/v2.0", about, settings.microsoft_client_id, secret),
        *others,
    ]


def find(slug: str) -> Provider | None:
    """Return the provider of this name, or None."""
    return next((provider for provider in offered() if provider.slug == slug), None)


def published(of: Provider) -> dict[str, Any]:
    """Return what a provider says of itself (OpenID Connect Discovery 1.0, 3); raise ProviderDown without it."""
    return _read(of, of.about, _require_metadata, anew=False)


def keys(of: Provider, *, anew: bool) -> list[dict[str, Any]]:
    """Return the keys by which a provider signs, asked for anew where the ones at hand do not do."""
    found = _read(of, published(of)["jwks_uri"], _require_keys, anew=anew)["keys"]
    return [key for key in found if isinstance(key, dict)]


def forget() -> None:
    """Forget what was read of every provider."""
    _kept.clear()


_kept: dict[str, tuple[datetime, dict[str, Any]]] = {}


def _read(of: Provider, url: str, require: Require, *, anew: bool) -> dict[str, Any]:
    """Return a document of the provider's; what is no good is never kept."""
    until, found = _kept.get(url, (None, {}))
    if until is not None and until > clock.now() and not anew:
        return found
    try:
        found = outbound.read_json(url, of.about)
    except outbound.OutboundFault as fault:
        raise ProviderDown(fault.sentence) from None
    require(of, found)
    _kept[url] = (clock.now() + KEPT_FOR, found)
    return found


def _require_metadata(of: Provider, said: dict[str, Any]) -> None:
    needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if said.get("issuer") != of.issuer:
        raise ProviderDown(f"{of.about} speaks for another issuer")
    if not all(isinstance(said.get(name), str) and outbound.is_guarded(said[name], of.about) for name in needed):
        raise ProviderDown(f"{of.about} names no guarded address")


def _require_keys(of: Provider, said: dict[str, Any]) -> None:
    if not isinstance(said.get("keys"), list):
        raise ProviderDown(f"the keys of {of.slug} cannot be read")


def _about(issuer: str) -> str:
    return f"{issuer.rstrip('/')}/.well-known/openid-configuration"
