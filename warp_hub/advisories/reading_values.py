"""Addresses, names and hashes to look for, and links to read, told apart in a text.

A value counts as one to look for when somebody made it harmless, when it is a hash, or when it stands under a heading
that says so. Other web addresses are links. What belongs to governments, makers of software or the sender is a link
even where a mail gateway made it harmless: whoever blocked it would cut off their own members.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from warp_hub import text
from warp_hub.stix import IndicatorKind, IndicatorValue, safe_url
from warp_hub.stix.blockable import fit
from warp_hub.stix.values import value_of

MOST_VALUES, MOST_LINKS = 1000, 30

_TOKEN = re.compile(r"[^\s<>\"'|,;`]+")
_APART = re.compile(r"\[\s*(\.|dot|:|at|@)\s*\]|\(\s*(\.|dot|@)\s*\)|\{\s*(\.)\s*\}", re.IGNORECASE)
_HARMLESS = re.compile(r"\bh(?:xx|XX|\*\*)ps?(?=\[?:)|\[(?:\.|dot|:|at|@|://)\]|\((?:\.|dot|@)\)|\{\.\}", re.IGNORECASE)
_EDGES = "()[]{}.:!?*_“”‘’…"
_HASH = re.compile(r"[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32}|[0-9a-f]{128}", re.IGNORECASE)
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?(?::\d{1,5})?")
_VERSION = re.compile(
    r"(?:\bv|versions?|firmware|builds?|releases?|updates?|upgraded?|to|before|prior|than|through|until|and|or|below)[\s:]*\Z",
    re.IGNORECASE,
)
_WATCHED = re.compile(
    r"indicators?\b|\biocs?\b|observables|look (?:out )?for|block(?:ed|ing)?\b|malicious", re.IGNORECASE
)
_HEADING = re.compile(r"^(?:#{1,6}\s+(?P<words>[^\n]+)|(?P<colon>[^\n:]{3,80}):)\s*$", re.MULTILINE)
_MARKDOWN_LINK = re.compile(r"\]\(<?(https?://[^\s)<>]+)>?\)")
_ESCAPED = re.compile(r"\\([\\`*_\[\]<>#+=~.-])")
_UNWANTED = re.compile(r"unsubscribe|/optout|manage[-_]?preferences", re.IGNORECASE)
_PROOFPOINT = re.compile(r"https://urldefense\.com/v3/__(.+?)__;")

# Nobody's members may be cut off from these by a mistake in reading.
_PUBLIC: tuple[str, ...] = (
    "gov.uk",
    "gov.scot",
    "gov.wales",
    "llyw.cymru",
    "nhs.uk",
    "nhs.wales",
    "police.uk",
    "parliament.uk",
    "mod.uk",
)
_PUBLIC += ("cisa.gov", "us-cert.gov", "nist.gov", "mitre.org", "cve.org", "first.org", "europa.eu", "ac.uk", "sch.uk")
_MAKERS: tuple[str, ...] = (
    "microsoft.com",
    "fortinet.com",
    "fortiguard.com",
    "cisco.com",
    "ivanti.com",
    "citrix.com",
    "vmware.com",
)
_MAKERS += ("broadcom.com", "paloaltonetworks.com", "juniper.net", "adobe.com", "oracle.com", "sap.com", "apple.com")
_MAKERS += ("sophos.com", "checkpoint.com", "sonicwall.com", "f5.com", "progress.com", "veeam.com", "atlassian.com")
_MAKERS += ("mozilla.org", "chromium.org", "debian.org", "ubuntu.com", "redhat.com", "virustotal.com")
# Anybody may keep something bad there: a whole address counts, the name of the host alone does not.
_HOSTS: tuple[str, ...] = (
    "google.com",
    "github.com",
    "githubusercontent.com",
    "sharepoint.com",
    "onedrive.com",
    "live.com",
    "office.com",
)
_HOSTS += (
    "dropbox.com",
    "amazonaws.com",
    "windows.net",
    "cloudflare.com",
    "googleapis.com",
    "discord.com",
    "t.me",
    "bit.ly",
)
_RESOLVERS = frozenset({"8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "208.67.222.222", "208.67.220.220"})


@dataclass(frozen=True)
class Found:
    """What a text says to look for, and where it says to read on."""

    indicators: tuple[IndicatorValue, ...]
    links: tuple[str, ...]


def read_values(told: str, sender: str = "") -> Found:
    """Return the values of a text and its links, each once and in order; `sender` is the domain of who sent it."""
    values: dict[IndicatorValue, None] = {}
    links: dict[str, None] = {}
    for line, is_watched in _lines(_MARKDOWN_LINK.sub(r"] \1 ", _APART.sub(_closed_up, _ESCAPED.sub(r"\1", told)))):
        for token in _TOKEN.finditer(line):
            meant, is_harmless = _meant(token[0])
            found = _value(meant, line[: token.start()], is_suspect=is_harmless or is_watched)
            if found is not None and not _is_known_good(found, sender):
                values[found] = None
            elif link := _link(meant):
                links[link] = None
    return Found(tuple(values)[:MOST_VALUES], tuple(links)[:MOST_LINKS])


def _lines(told: str) -> list[tuple[str, bool]]:
    """Return each line, and whether it stands under a heading that speaks of what to look for."""
    lines, is_watched = [], False
    for line in told.split("\n"):
        if heading := _HEADING.match(line.strip()):
            words = heading["words"] or heading["colon"]
            is_watched = bool(_WATCHED.search(words)) or (is_watched and heading["words"] is None)
        lines.append((line, is_watched))
    return lines


def _meant(token: str) -> tuple[str, bool]:
    is_harmless = _HARMLESS.search(token) is not None
    bare = token.strip(_EDGES) if not is_harmless else token.rstrip(".:!?*_”’…").lstrip("({*_“‘")
    return _unwrapped(text.refang(bare).strip(_EDGES)), is_harmless


def _value(meant: str, before: str, *, is_suspect: bool) -> IndicatorValue | None:
    if _HASH.fullmatch(meant):
        return value_of(IndicatorKind.SHA256, meant)
    if _ADDRESS.fullmatch(meant):
        return _number(meant.partition(":")[0], before, is_suspect=is_suspect)
    if not is_suspect or ("." not in meant and ":" not in meant):
        return None
    kind = IndicatorKind.URL if "://" in meant else IndicatorKind.DOMAIN
    found = value_of(kind, meant)
    return found if found and fit(found.kind, found.value) else None


def _number(meant: str, before: str, *, is_suspect: bool) -> IndicatorValue | None:
    """Return an internet address, unless it is rather the number of a version, or somebody's own network."""
    if not is_suspect and _VERSION.search(before):
        return None
    found = value_of(IndicatorKind.IPV4, meant)
    return found if found and found.value not in _RESOLVERS and fit(found.kind, found.value) else None


def _is_known_good(found: IndicatorValue, sender: str) -> bool:
    host = _host_of(found)
    if not host:
        return False
    own = (sender,) if sender else ()
    if _is_within(host, (*_PUBLIC, *_MAKERS, *own)):
        return True
    return found.kind is IndicatorKind.DOMAIN and host in _HOSTS


def _host_of(found: IndicatorValue) -> str:
    if found.kind is IndicatorKind.URL:
        return (urlsplit(found.value).hostname or "").lower()
    return found.value.rpartition("@")[2] if found.kind in (IndicatorKind.DOMAIN, IndicatorKind.EMAIL) else ""


def _is_within(host: str, names: tuple[str, ...]) -> bool:
    return any(host == name or host.endswith(f".{name}") for name in names)


def _link(meant: str) -> str | None:
    url = safe_url(meant) if meant.lower().startswith(("http://", "https://")) else None
    return url if url and not _UNWANTED.search(url) else None


def _unwrapped(url: str) -> str:
    """Return where a link leads that a mail gateway has wrapped in its own."""
    if ".safelinks.protection.outlook.com/" in url:
        return next(iter(parse_qs(urlsplit(url).query).get("url", [])), url)
    wrapped = _PROOFPOINT.match(url)
    return wrapped[1] if wrapped else url


def _closed_up(found: re.Match[str]) -> str:
    return f"[{next(filter(None, found.groups()))}]"
