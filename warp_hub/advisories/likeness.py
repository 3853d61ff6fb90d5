"""By what a warning is known again when another source sends it: what it calls itself, not what it resembles.

A copy of the same object, its STIX id, its number at whoever issued it, exactly the same CVEs, or the same title
with the same address.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

COPY, NOTICE, STIX_ID, CVES, PAGE = "copy", "notice", "stix", "cves", "page"
KINDS = (COPY, NOTICE, STIX_ID, CVES, PAGE)
# A coordinator said that it is no other's: nothing links it by itself any more.
APART = "apart"

_MOST_PAGES, _LONGEST = 10, 200
# Numbers of weaknesses, techniques and the like name what a warning is about, not the warning.
_NO_NOTICE = re.compile(r"(?:CVE|CWE|CAPEC|EUVD)-.*|[A-Z]{1,3}\d{4}(?:\.\d{3})?|AML\.[A-Z0-9.]+", re.IGNORECASE)
_NO_ISSUER = re.compile(r"mitre|capec|cwe\b|cve\b|nvd\b", re.IGNORECASE)
_NOTICE = re.compile(r"(?=.*\d)(?=.*[a-z]).{6,}")
_GOES_WITH_THE_LINK = re.compile(r"(?:^|&)(?:utm_[^&=]*|fbclid|gclid|ref|source)=[^&]*")


def keys_of(
    stix_id: str, digest: bytes, title: str, links: Iterable[Mapping[str, Any]], about: Iterable[str]
) -> list[str]:
    """Return the keys of a warning: whoever shares one with it may tell the same."""
    links = list(links)
    keys = [f"{COPY} {digest.hex()}", f"{STIX_ID} {stix_id}"]
    if number := _number(links):
        keys.append(f"{NOTICE} {number}")
    if cves := sorted(name for name in set(about) if name.startswith("CVE-")):
        keys.append(f"{CVES} {_short(' '.join(cves))}")
    if words := _plain(title):
        pages = dict.fromkeys(_page(link["url"]) for link in links if link["url"])
        keys += [f"{PAGE} {_short(f'{words} {page}')}" for page in list(pages)[:_MOST_PAGES]]
    return keys


def kind_of(key: str) -> str:
    """Return which kind of likeness a key stands for."""
    return key.split(" ", 1)[0]


def _number(links: Iterable[Mapping[str, Any]]) -> str:
    """Return the first number that is one of a notice: the others name what it refers to."""
    for link in links:
        number = re.sub(r"[\s_]+", "-", (link["external_id"] or "").strip()).casefold()
        of_an_issuer = not _NO_ISSUER.search(link["name"])
        if of_an_issuer and _NOTICE.fullmatch(number) and not _NO_NOTICE.fullmatch(number):
            return _short(number)
    return ""


def _page(url: str) -> str:
    parts = urlsplit(url)
    query = _GOES_WITH_THE_LINK.sub("", parts.query).lstrip("&")
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}{'?' + query if query else ''}"


def _plain(title: str) -> str:
    folded = unicodedata.normalize("NFKD", title).casefold()
    return " ".join(re.findall(r"[^\W_]+", folded))


def _short(words: str) -> str:
    """Return what fits an index: what is long by a hash of it."""
    return words if len(words) <= _LONGEST else hashlib.blake2b(words.encode(), digest_size=16).hexdigest()
