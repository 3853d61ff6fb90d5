"""Addresses found in a folded text: mailboxes, own domains and what imitates them, computers and accounts inside."""

import re
from collections.abc import Iterator
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from warp_hub.text.identifying_findings import SUGGESTIONS, Finding, Kind, Known
from warp_hub.text.identifying_folding import Folded
from warp_hub.text.identifying_misspelt import long_enough, misspells
from warp_hub.text.identifying_variants import Sureness, variants_of
from warp_hub.text.identifying_words import FILE_ENDINGS, INTERNAL_ENDINGS, NOT_ACCOUNTS, NOT_HOSTS, VERSION_WORDS

# Written so that nobody follows it by accident, a dot is one of these.
_DOT = r"(?:\.|\s?[\[({]\s?(?:\.|dot)\s?[\])}]\s?|\sdot\s)"
_AT = r"(?:@|\s?[\[({]\s?(?:@|at)\s?[\])}]\s?)"
_LABEL = r"[^\W_](?:[\w-]{0,62})"
_HOST = rf"{_LABEL}(?:{_DOT}{_LABEL}){{1,20}}"
_ANY_HOST = re.compile(rf"(?<![\w-]){_HOST}")
_MAILBOX = re.compile(rf"(?<![\w.%+'-])[\w.%+'-]++{_AT}{_HOST}")
_MAILBOX_SPELLED = re.compile(r"(?<![\w.+-])[\w.+-]++\s{0,2}(?:@|\bat\b|[\[({]\s?(?:@|at)\s?[\])}])\s{0,2}$")
_UNC = re.compile(r"(?<![\w\\%\])])(?<!\b[a-z]:)\\\\(?!\?\\|\.\\)([\w.$\-@]+)((?:\\[^\s\\/:*?\"<>|\ufffc]+)*)\\?")
_ACCOUNT = re.compile(r"(?<![\w\\/.:%-])([^\W\d_][\w-]{1,20})\\([^\W_][\w.$-]{1,63})(?![\w\\])")
_SID = re.compile(r"(?<![\w-])s-1-5-21(?:-\d{1,10}){3,4}(?![\w-])")
_COLON = r"(?:\[:\]|:)"
_IPV6 = re.compile(
    rf"(?<![\w:.])(?:[0-9a-f]{{0,4}}{_COLON}){{2,8}}(?:[0-9a-f]{{1,4}})?(?:%\w{{1,20}})?(?:/\d{{1,3}})?(?![\w:])"
)
_PORT = re.compile(r"/\d{1,2}(?!\d)")
_BEFORE = re.compile(r"([^\W_]+)[\s:]{1,2}$")
_BETWEEN_LABELS = re.compile(_DOT)
_POINTS = "'.,;!?%+-)"
_NOT_LETTERS = re.compile(r"[\W_]+")
_PRIVATE = tuple(
    map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16"))
) + tuple(map(ip_network, ("fc00::/7", "fe80::/10", "::1/128")))
_SIMILAR = str.maketrans("01345$", "oleass")
_SHORTEST_IMITATED, _LONG_ENOUGH = 4, 5
# What is put around a name to make an address, as a skeleton.
_USUAL = (
    "gov|councll|clty|county|borough|dlstrlct|cc|bc|dc|mbc|logln|mall|portal|secure|onllne|offlce|www|my|pay|uk|\\d"
)
_AROUND = re.compile(rf"^(?:{_USUAL})+|(?:{_USUAL})+$")


def find_addresses(folded: Folded, known: Known) -> Iterator[Finding]:
    """Yield every address that leads to a person, to a body known, or inside a network."""
    own = _domains(known.domains)
    for hit in _MAILBOX.finditer(folded.text):
        yield _finding(folded, *_trimmed(folded.text, *hit.span()), Kind.EMAIL)
    for hit in _ANY_HOST.finditer(folded.text):
        kind = _kind_of_host(folded.text, hit, own, known)
        if kind:
            yield _finding(folded, hit.start(), _with_range(folded.text, hit.end(), kind), kind)
    for domain in own:
        for hit in _spelled(domain).finditer(folded.text):
            before = _MAILBOX_SPELLED.search(folded.text, max(0, hit.start() - 100), hit.start())
            start, kind = (before.start(), Kind.OWN_EMAIL) if before else (hit.start(), Kind.DOMAIN)
            yield _finding(folded, start, hit.end(), kind)
    yield from _find_inside(folded, own)


def _find_inside(folded: Folded, own: tuple[str, ...]) -> Iterator[Finding]:
    for hit in _UNC.finditer(folded.text):
        if hit[1] not in NOT_ACCOUNTS and _is_inside(hit[1].partition("@")[0], own):
            yield _finding(folded, hit.start(), hit.start() + len(hit[0].rstrip(_POINTS)), Kind.HOST)
    for hit in _ACCOUNT.finditer(folded.text):
        if _is_account(folded, hit):
            yield _finding(folded, *hit.span(), Kind.ACCOUNT)
    for hit in _SID.finditer(folded.text):
        yield _finding(folded, *hit.span(), Kind.ACCOUNT)
    for hit in _IPV6.finditer(folded.text):
        if _is_private(hit[0].replace("[:]", ":").partition("%")[0].partition("/")[0]):
            yield _finding(folded, *hit.span(), Kind.PRIVATE_ADDRESS)


def _kind_of_host(text: str, hit: re.Match[str], own: tuple[str, ...], known: Known) -> Kind | None:
    kind = _kind_of(_BETWEEN_LABELS.sub(".", hit[0]), own, known.names)
    return None if kind is Kind.PRIVATE_ADDRESS and _is_version(text, hit) else kind


@lru_cache(maxsize=4096)
def _kind_of(host: str, own: tuple[str, ...], names: tuple[str, ...]) -> Kind | None:
    if host.replace(".", "").isdigit():
        return Kind.PRIVATE_ADDRESS if _is_private(host) else None
    if any(host == domain or host.endswith(f".{domain}") for domain in own):
        return Kind.DOMAIN
    last = host.rpartition(".")[2]
    if last in INTERNAL_ENDINGS:
        return None if host in NOT_HOSTS else Kind.HOST
    if last in FILE_ENDINGS or (not last.isalpha() and not last.startswith("xn--")):
        return None
    if _imitates(host, _imitated(names, own)) or _initials(names) & set(re.split(r"[.\-_]", host)):
        is_tenant = host.endswith(("onmicrosoft.com", "sharepoint.com"))
        return Kind.DOMAIN if is_tenant else Kind.LOOK_ALIKE
    return None


def _imitates(host: str, imitated: frozenset[str]) -> bool:
    """Say whether a host holds a name of ours, be it spelt with other signs; a short one only among usual words."""
    named = host.rpartition(".")[0]
    run = _skeleton(named)
    parts = {_AROUND.sub("", _skeleton(part)) for part in re.split(r"[.\-_]", named)}
    if any(name in run if len(name) > _LONG_ENOUGH else name in parts for name in imitated):
        return True
    return any(misspells(part, long_enough(imitated)) for part in parts)


@lru_cache(maxsize=256)
def _imitated(names: tuple[str, ...], own: tuple[str, ...]) -> frozenset[str]:
    """Return what an address that imitates us would hold: our names run together, the first word of our domains."""
    sure = (variant for variant in variants_of(names) if variant.sureness in (Sureness.SURE, Sureness.CAPITAL))
    found = {_skeleton("".join(word for word in variant.words if word != "and")) for variant in sure}
    found |= {_skeleton(domain.partition(".")[0]) for domain in own}
    return frozenset(name for name in found if len(name) >= _SHORTEST_IMITATED)


@lru_cache(maxsize=256)
def _initials(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset("".join(each.words) for each in variants_of(names) if each.sureness is Sureness.INITIALS)


def _skeleton(text: str) -> str:
    """Return letters as a hurried eye reads them."""
    return _NOT_LETTERS.sub("", text.translate(_SIMILAR)).replace("rn", "m").replace("vv", "w").replace("i", "l")


def _is_inside(host: str, own: tuple[str, ...]) -> bool:
    """Say whether a host can be reached only within a network, or is one of ours."""
    if _is_private(host) or "." not in host:
        return True
    return host.rpartition(".")[2] in INTERNAL_ENDINGS or any(host.endswith(domain) for domain in own)


def _is_private(address: str) -> bool:
    try:
        parsed: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in _PRIVATE if network.version == parsed.version)


def _is_version(text: str, hit: re.Match[str]) -> bool:
    before = _BEFORE.search(text, max(0, hit.start() - 20), hit.start())
    return before is not None and before[1] in VERSION_WORDS


def _is_account(folded: Folded, hit: re.Match[str]) -> bool:
    domain, user = hit[1], hit[2]
    if domain in NOT_ACCOUNTS or domain.startswith("hkey") or user.rpartition(".")[2] in FILE_ENDINGS:
        return False
    return folded.original(*hit.span(1)).isupper()


def _with_range(text: str, end: int, kind: Kind) -> int:
    """Return the end of an address with the size of the network that may follow it."""
    size = _PORT.match(text, end) if kind is Kind.PRIVATE_ADDRESS else None
    return size.end() if size else end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a passage without the quotes and points around a mailbox."""
    return end - len(text[start:end].lstrip(_POINTS)), end


def _domains(domains: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(domain.lower().strip(".@ ") for domain in domains if "." in domain.strip(". "))


@lru_cache(maxsize=256)
def _spelled(domain: str) -> re.Pattern[str]:
    """Return what finds a domain with blanks in it or with its dots spelt out."""
    dot = r"\s{0,2}(?:\.|[\[({]\s?(?:\.|dot)\s?[\])}]|dot)\s{0,2}"
    return re.compile(rf"(?<![\w.-]){dot.join(map(re.escape, domain.split('.')))}(?![\w-]|\.\w)")


def _finding(folded: Folded, start: int, end: int, kind: Kind) -> Finding:
    first, last = folded.span(start, end)
    return Finding(first, last, kind, folded.source[first:last], SUGGESTIONS[kind])
