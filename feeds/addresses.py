"""Which addresses a source may have: nothing inside our own network unless the source is marked so."""

import logging
import re
import socket
import threading
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from feeds.contract import AddressRefused, SourceUnreachable

Address = IPv4Address | IPv6Address
log = logging.getLogger(__name__)
DEFAULT_PORTS = {"http": 80, "https": 443}

_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)[^\s\\]*")
_NAME = re.compile(
    r"(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*"
)
_ENDS_IN_A_NUMBER = re.compile(r"(.*\.)?([0-9]+|0[xX][0-9A-Fa-f]*)")

# Refused even for a source that permits private addresses: no honest feed lives here.
_NEVER: dict[IPv4Network | IPv6Network, str] = {
    IPv4Network("169.254.0.0/16"): "a link-local address",
    IPv6Network("fe80::/10"): "a link-local address",
    IPv4Network("0.0.0.0/8"): "an address of nobody",
    IPv6Network("::/128"): "an address of nobody",
    IPv4Network("224.0.0.0/4"): "a multicast address",
    IPv6Network("ff00::/8"): "a multicast address",
    IPv4Network("240.0.0.0/4"): "a reserved address",
    IPv4Network("192.88.99.0/24"): "a 6to4 relay",
    IPv6Network("64:ff9b::/96"): "a NAT64 address that stands for another one",
    IPv6Network("64:ff9b:1::/48"): "a NAT64 address that stands for another one",
    IPv6Network("2002::/16"): "a 6to4 address that stands for another one",
    IPv6Network("2001::/32"): "a Teredo address that stands for another one",
    IPv6Network("fec0::/10"): "a site-local address",
}


@dataclass(frozen=True)
class Origin:
    """Scheme, host and port: what credentials and every later request are tied to."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def origin_of(url: str) -> Origin:
    """Return the origin of an http(s) URL; refuse credentials in it and every odd spelling of an address."""
    if not url.isascii() or not url.isprintable():
        raise AddressRefused("Write the address in plain letters (a host name in its xn-- form).")
    found = _URL.fullmatch(url)
    if found is None or found["scheme"].lower() not in DEFAULT_PORTS:
        raise AddressRefused("The address must begin with https:// or http://.")
    if "@" in found["authority"]:
        raise AddressRefused("Give the user name and password apart from the address.")
    scheme = found["scheme"].lower()
    host, port = _split(found["authority"])
    return Origin(scheme, host, port or DEFAULT_PORTS[scheme])


def resolve(origin: Origin, allow_private: bool, patience: float) -> tuple[Address, ...]:
    """Look the host up once and return its addresses, all of them permitted."""
    addresses = _look_up(origin, patience)
    for address in addresses:
        fault = objection(address, allow_private)
        if fault:
            # Whoever may try addresses out is not told what our name service knows of the inside.
            log.warning("%s leads to %s, which is %s", origin.host, address, fault)
            raise AddressRefused(f"{origin.host} leads inside a network: we do not send requests there.")
    return addresses


def objection(address: Address, allow_private: bool) -> str | None:
    """Say what is wrong with an address as the home of a source, or None."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    for network, what in _NEVER.items():
        if address in network:
            return what
    if allow_private:
        return None
    if address.is_loopback:
        return "a loopback address (this source does not permit private addresses)"
    return None if address.is_global else "a private address (this source does not permit them)"


def _split(authority: str) -> tuple[str, int | None]:
    host, colon, port = authority, "", ""
    if authority.startswith("["):
        host, closed, rest = authority[1:].partition("]")
        colon, port = rest[:1], rest[1:]
        if not closed or "%" in host:
            raise AddressRefused("The address in square brackets is not an IPv6 address.")
    elif ":" in authority:
        host, colon, port = authority.partition(":")
    number = int(port) if port.isdigit() and len(port) <= 5 else 0
    if colon not in ("", ":") or (colon and not 0 < number < 65536):
        raise AddressRefused("The port in the address is not a port.")
    return _plain_host(host, authority.startswith("[")), number or None


def _plain_host(host: str, bracketed: bool) -> str:
    if bracketed:
        try:
            return str(IPv6Address(host))
        except ValueError:
            raise AddressRefused("The address in square brackets is not an IPv6 address.") from None
    host = host.removesuffix(".").lower()
    if not _NAME.fullmatch(host):
        raise AddressRefused("The address has no host name that can be read.")
    if _ENDS_IN_A_NUMBER.fullmatch(host):
        try:
            return str(IPv4Address(host))
        except ValueError:
            raise AddressRefused("Write an IP address as four plain numbers, such as 192.0.2.1.") from None
    return host


def _look_up(origin: Origin, patience: float) -> tuple[Address, ...]:
    try:
        return (ip_address(origin.host),)
    except ValueError:
        pass
    answers: list[Address] = []

    def ask() -> None:
        try:
            found = socket.getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        for *_, where in found:
            address = ip_address(str(where[0]).partition("%")[0])
            if address not in answers:
                answers.append(address)

    # The system's resolver has no time limit of its own.
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(patience)
    if asking.is_alive() or not answers:
        raise SourceUnreachable(f"The name {origin.host} is not known to the name service.")
    return tuple(answers)
