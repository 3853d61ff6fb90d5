"""Who a provider says somebody is: the code is exchanged for an ID token, and the token is believed or not.

OpenID Connect Core 1.0, 3.1.3: signed by a key of the provider's with an asymmetric algorithm, issued by whom we
asked, for us, for this trip, now. Nothing is read of it before; the address it may hold is never read at all.
"""

import re
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

from warp_hub import clock, outbound
from warp_hub.signin.federation.flows import Flow
from warp_hub.signin.federation.providers import TENANT, Provider, ProviderDown, keys, published

ALGORITHMS = frozenset({f"{family}{size}" for family in ("RS", "PS", "ES") for size in (256, 384, 512)})
SKEW = 120
LONGEST_TOKEN = 64 * 1024
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SUBJECT = re.compile(r"[\x21-\x7e]{1,255}")


class NotBelieved(Exception):
    """What came back proves nothing; the text says why, for the log."""


@dataclass(frozen=True)
class Identity:
    """Who somebody is at a provider; `authenticated_at` is when they last proved it there, where the token says."""

    provider: str
    issuer: str
    tenant: str
    subject: str
    label: str
    second_factor: bool
    authenticated_at: datetime | None


def identity_behind(code: str, flow: Flow, at: Provider) -> Identity:
    """Return who came back with this code; raise NotBelieved or ProviderDown."""
    token, access_token = _exchange(code, flow, at)
    header, claims = _opened(token, at)
    return _checked(header, claims, access_token, flow, at)


def _exchange(code: str, flow: Flow, at: Provider) -> tuple[str, str | None]:
    said = published(at)
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": at.back,
        "client_id": at.client_id,
        "code_verifier": flow.verifier,
    }
    headers = {}
    if "client_secret_post" in (said.get("token_endpoint_auth_methods_supported") or ()):
        fields["client_secret"] = at.client_secret
    else:
        pair = f"{quote_plus(at.client_id)}:{quote_plus(at.client_secret)}"
        headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    try:
        answer = outbound.post_form(said["token_endpoint"], at.about, fields, headers)
    except outbound.OutboundFault as fault:
        raise (NotBelieved if fault.answered else ProviderDown)(fault.sentence) from None
    token, access_token = answer.get("id_token"), answer.get("access_token")
    if not isinstance(token, str) or len(token) > LONGEST_TOKEN:
        raise NotBelieved("no ID token came")
    return token, access_token if isinstance(access_token, str) else None


def _opened(token: str, at: Provider) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return header and claims of a token that a key of this provider's signed."""
    from joserfc import jws, jwt  # noqa: PLC0415
    from joserfc.errors import JoseError  # noqa: PLC0415

    try:
        header = jws.extract_compact(token.encode()).headers()
        if header.get("alg") not in ALGORITHMS:
            raise NotBelieved("the token is not signed by an algorithm we take")
        key = _key(header.get("kid"), at, anew=False) or _key(header.get("kid"), at, anew=True)
        if key is None:
            raise NotBelieved("no key of the provider signed the token")
        opened = jwt.decode(token, _loaded(key), algorithms=[header["alg"]])
    except (JoseError, ValueError, TypeError, KeyError) as fault:
        raise NotBelieved(f"the token cannot be read: {type(fault).__name__}") from None
    claims = dict(opened.claims)
    _require_key_of_tenant(key, claims, at)
    return dict(header), claims


def _key(kid: object, at: Provider, *, anew: bool) -> dict[str, Any] | None:
    usable = [key for key in keys(at, anew=anew) if key.get("kty") in ("RSA", "EC") and key.get("use") != "enc"]
    found = [key for key in usable if key.get("kid") == kid] if kid is not None else usable
    return found[0] if len(found) == 1 else None


def _loaded(key: dict[str, Any]) -> Any:
    from joserfc.jwk import ECKey, RSAKey  # noqa: PLC0415

    # What is in the key besides its numbers (an algorithm of its own, certificates) is not asked.
    parts: dict[str, str | list[str]] = {name: key[name] for name in ("kty", "n", "e", "crv", "x", "y") if name in key}
    loaded: Any = (RSAKey if key["kty"] == "RSA" else ECKey).import_key(parts)
    if loaded.is_private or (key["kty"] == "RSA" and loaded.public_key.key_size < 2048):
        raise NotBelieved("the key is none we take")
    return loaded


def _require_key_of_tenant(key: dict[str, Any], claims: dict[str, Any], at: Provider) -> None:
    """Refuse a key that Microsoft publishes for one issuer alone under a token of another."""
    issuer = str(key.get("issuer", at.issuer)).replace(TENANT, str(claims.get("tid")))
    if at.has_tenants and issuer != claims.get("iss"):
        raise NotBelieved("the key signs for another tenant")


def _checked(
    header: dict[str, Any], claims: dict[str, Any], access_token: str | None, flow: Flow, at: Provider
) -> Identity:
    from authlib.oidc.core import CodeIDToken  # noqa: PLC0415
    from joserfc.errors import JoseError  # noqa: PLC0415

    tenant = _guid(claims, "tid") if at.has_tenants else ""
    issuer = at.issuer.replace(TENANT, tenant)
    expected = {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": at.client_id}}
    given = {"nonce": flow.nonce, "client_id": at.client_id, "access_token": access_token}
    try:
        CodeIDToken(claims, header, expected, given).validate(now=int(clock.now().timestamp()), leeway=SKEW)
    except (JoseError, ValueError, TypeError) as fault:
        raise NotBelieved(f"the token is not for this: {fault}") from None
    if claims["iat"] < flow.started.timestamp() - SKEW:
        raise NotBelieved("the token is older than the question")
    return Identity(
        provider=at.slug,
        issuer=issuer,
        tenant=tenant,
        subject=_guid(claims, "oid") if at.has_tenants else _subject(claims),
        label=_label(claims),
        second_factor="mfa" in (claims.get("amr") or ()) or _has_acr(claims, at),
        authenticated_at=_moment(claims.get("auth_time")),
    )


def _guid(claims: dict[str, Any], name: str) -> str:
    found = claims.get(name)
    if not isinstance(found, str) or not GUID.fullmatch(found.lower()):
        raise NotBelieved(f"the token has no {name}")
    return found.lower()


def _subject(claims: dict[str, Any]) -> str:
    if not _SUBJECT.fullmatch(claims["sub"]):
        raise NotBelieved("the token has no subject we take")
    return str(claims["sub"])


def _has_acr(claims: dict[str, Any], at: Provider) -> bool:
    acr = claims.get("acr")
    return isinstance(acr, str) and acr in at.second_factor_acr


def _label(claims: dict[str, Any]) -> str:
    told = claims.get("preferred_username") or claims.get("name") or ""
    return " ".join(told.split())[:100] if isinstance(told, str) and told.isprintable() else ""


def _moment(told: object) -> datetime | None:
    if isinstance(told, bool) or not isinstance(told, int | float) or not 0 < told < 2**37:
        return None
    return datetime.fromtimestamp(told, UTC)
