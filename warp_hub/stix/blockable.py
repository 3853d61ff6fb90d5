"""Values as a firewall takes them: one plain line each, and none that would block nothing or too much."""

import ipaddress
import re
from urllib.parse import quote, urlsplit

from warp_hub.stix.values import IndicatorKind

WIDEST_IPV4, WIDEST_IPV6 = 16, 32

# Who blocks one of these cuts off themselves: this host, private and local networks, everybody at once.
_NOT_PUBLIC_IPV4 = ["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"]
_NOT_PUBLIC_IPV4 += ["192.168.0.0/16", "224.0.0.0/3"]
_NOT_PUBLIC_IPV6 = ["::/127", "::ffff:0:0/96", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"]
_NOT_PUBLIC = [ipaddress.ip_network(network) for network in (*_NOT_PUBLIC_IPV4, *_NOT_PUBLIC_IPV6)]
_DOMAIN = re.compile(r"(?=.{3,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}")
_EMAIL = re.compile(r"[a-z0-9_][!-?A-~]{0,63}@(?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}")
_HASH = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}")
_MAY_STAND_IN_URL = "!#$%&'()*+,/:;=?@[]~"
_HASHES = frozenset({IndicatorKind.MD5, IndicatorKind.SHA1, IndicatorKind.SHA256})


def fit(kind: str, value: str) -> str | None:
    """Return the value as it may stand on a line of a block list, or None when it may not."""
    if kind in (IndicatorKind.IPV4, IndicatorKind.IPV6):
        return _fit_network(value)
    if kind == IndicatorKind.DOMAIN:
        return _fit_domain(value)
    if kind == IndicatorKind.URL:
        return _fit_url(value)
    if kind == IndicatorKind.EMAIL:
        return value.lower() if _EMAIL.fullmatch(value.lower()) else None
    return value.lower() if kind in _HASHES and _HASH.fullmatch(value.lower()) else None


def _fit_network(value: str) -> str | None:
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return None
    widest = WIDEST_IPV4 if network.version == 4 else WIDEST_IPV6
    if network.prefixlen < widest or not _is_public(network):
        return None
    is_host = network.prefixlen == network.max_prefixlen
    return str(network.network_address if is_host else network)


def _is_public(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    return not any(network.version == inner.version and network.overlaps(inner) for inner in _NOT_PUBLIC)


def _fit_domain(value: str) -> str | None:
    name = value.lower().rstrip(".")
    if not name.isascii():
        try:
            name = name.encode("idna").decode()
        except UnicodeError:
            return None
    # A name whose last part is a number is an address that nobody could read.
    return name if _DOMAIN.fullmatch(name) and not name.rpartition(".")[2].isdigit() else None


def _fit_url(value: str) -> str | None:
    if re.search(r"[\x00-\x20\x7f\s\u200b-\u200f\u2028-\u202f]", value):
        return None
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https", "ftp") or not (_fit_network(host) or _fit_domain(host)):
        return None
    return quote(value, safe=_MAY_STAND_IN_URL)
