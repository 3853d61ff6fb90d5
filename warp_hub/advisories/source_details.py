"""What is said of a source when it is added or changed, read strictly: each fault is one sentence, and says of what."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count
from pathlib import Path
from urllib.parse import SplitResult, urlsplit
from uuid import UUID

from sqlalchemy import select

from feeds.addresses import origin_of
from feeds.contract import AddressRefused
from warp_hub import stix
from warp_hub.advisories.models import Source, SourceKind, SourceWarp
from warp_hub.db import session
from warp_hub.memberships.authority import runs_now
from warp_hub.memberships.models import Coordinator, Warp
from warp_hub.tlp import Marking

N_ = str  # marks a sentence for the translators
LONGEST_NAME, LONGEST_PEM = 80, 64 * 1024
SHORTEST_INTERVAL, LONGEST_INTERVAL = 1, 7 * 24 * 60
MOST_EARLY_DAYS = 90
# Kinds that may lie in a file or folder; said on the command line alone.
ON_THIS_MACHINE = (SourceKind.BUNDLE, SourceKind.CSAF, SourceKind.RSS, SourceKind.KEV, SourceKind.MISP)


class SourceRefused(Exception):
    """A source cannot be added or changed so; the text is one sentence that says why, `field` of what it speaks.

    For translators the sentence and its values are kept apart.
    """

    for_the_command_line = True

    def __init__(self, sentence: str, field: str = "", **values: object) -> None:
        super().__init__(sentence % values)
        self.sentence, self.field, self.values = sentence, field, values


@dataclass(frozen=True)
class Certificate:
    """A client certificate with its key, as PEM, and until when it is good."""

    pem: str
    until: datetime


def read_name(name: str, by: UUID | None, of: Source | None = None) -> str:
    """Return the name as it is kept; among the sources that `by` may see, or the operator, it is taken once."""
    kept = " ".join(name.split())
    if not _plain(kept) or len(name) > LONGEST_NAME:
        raise SourceRefused(
            N_("The name of a source has letters or digits, at most %(most)s characters."), "name", most=LONGEST_NAME
        )
    if of is not None and kept == of.name:
        return kept
    seen = select(Source.name) if of is None else select(Source.name).where(Source.id != of.id)
    if by is not None:
        run = select(Coordinator.warp_id).where(Coordinator.person_id == by, runs_now())
        # Of a source of other WARPs a coordinator is not to learn by its name that it is there.
        seen = seen.where(Source.id.in_(select(SourceWarp.source_id).where(SourceWarp.warp_id.in_(run))))
    if _plain(kept) in map(_plain, session.scalars(seen)):
        raise SourceRefused(N_("There is a source called %(name)s already."), "name", name=name)
    return kept


def free_slug(name: str) -> str:
    """Return the short name of a new source, with a number where another has it; commands take it, no page shows it."""
    plain = _plain(name)
    taken = set(session.scalars(select(Source.slug).where(Source.slug.startswith(plain, autoescape=True))))
    numbered = (f"{plain}-{number}" for number in count(2))
    return next(slug for slug in chain((plain,), numbered) if slug not in taken)


def read_marking(marking: str) -> Marking:
    """Return the label of what comes without one."""
    label = stix.read_label(marking).marking
    if label is None:
        raise SourceRefused(
            "%(given)r is not one of the labels TLP:CLEAR, GREEN, AMBER, AMBER+STRICT and RED.",
            "marking",
            given=marking,
        )
    return label


def read_interval(minutes: int) -> int:
    """Return how many minutes lie between two good runs."""
    if not SHORTEST_INTERVAL <= minutes <= LONGEST_INTERVAL:
        raise SourceRefused(
            N_("It is asked every 1 to %(most)s minutes."), "interval_minutes", most=f"{LONGEST_INTERVAL:,}"
        )
    return minutes


def read_early_days(days: int | None) -> int | None:
    """Return for how many days what comes is early notice; none of them is no rule."""
    if days is not None and not 0 <= days <= MOST_EARLY_DAYS:
        raise SourceRefused(N_("It is early for at most %(most)s days."), "early_days", most=MOST_EARLY_DAYS)
    return days or None


def read_address(url: str, kind: SourceKind, *, allow_private: bool) -> tuple[str, str]:
    """Return an address as an operator may give it, with its origin; "" is the origin of a file or folder."""
    url = url.strip()
    parts = _split(url)
    if parts.username or parts.password:
        raise SourceRefused(N_("Leave user and password out of the address: there is another place for them."), "url")
    if kind in ON_THIS_MACHINE and parts.scheme == "":
        return str(Path(url).absolute()), ""  # whoever pulls may stand in another folder
    if kind in ON_THIS_MACHINE and parts.scheme == "file":
        return url, ""
    if parts.scheme == "http" and not allow_private:
        raise SourceRefused("The address must begin with https; --allow-private permits http.", "url")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SourceRefused("The address must be a web address that begins with https.", "url")
    return url, _origin(url)


def read_web_address(url: str) -> tuple[str, str]:
    """Return an address as a coordinator may give it: https, nothing on this machine."""
    if not url.strip().lower().startswith("https://"):
        raise SourceRefused(N_("Enter an address that begins with https://"), "url")
    return read_address(url, SourceKind.TAXII21, allow_private=False)


def read_certificate(pem: str) -> Certificate:
    """Return a client certificate whose key is with it and open; the key's passphrase has to be taken off before."""
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    given = _short_enough(pem, "certificate").encode()
    try:
        first = x509.load_pem_x509_certificates(given)[0]
    except (ValueError, IndexError):
        raise SourceRefused(N_("There is no certificate in PEM form in this text."), "certificate") from None
    try:
        key = load_pem_private_key(_key_in(given), None)
    except TypeError:
        raise SourceRefused(N_("The key is locked with a passphrase. Take that off first."), "certificate") from None
    except Exception:  # what cannot be read as a key fails in many ways
        raise SourceRefused(N_("There is no key in PEM form in this text."), "certificate") from None
    if key.public_key() != first.public_key():
        raise SourceRefused(N_("The key does not belong to the certificate."), "certificate")
    return Certificate(pem.strip() + "\n", first.not_valid_after_utc)


def read_authority(pem: str) -> str:
    """Return the certificates of the authority that a source's own certificate is checked against."""
    from cryptography import x509  # noqa: PLC0415

    given = _short_enough(pem, "authority")
    try:
        found = x509.load_pem_x509_certificates(given.encode())
    except ValueError:
        found = []
    if not found or "PRIVATE KEY" in given:
        raise SourceRefused(N_("There is no certificate of an authority in PEM form in this text."), "authority")
    return given.strip() + "\n"


def read_warps(slugs: Sequence[str]) -> list[Warp]:
    """Return the WARPs of these short names in their order, each once; at least one."""
    found = {warp.slug: warp for warp in session.scalars(select(Warp).where(Warp.slug.in_(slugs)))}
    missing = [slug for slug in slugs if slug not in found]
    if missing or not slugs:
        raise SourceRefused(
            "There is no WARP %(slug)s." if missing else N_("A source serves at least one WARP."),
            "warps",
            slug="".join(missing[:1]),
        )
    return [found[slug] for slug in dict.fromkeys(slugs)]


def _origin(url: str) -> str:
    try:
        return f"{origin_of(url).scheme}://{origin_of(url)}"
    except AddressRefused as refused:
        raise SourceRefused(refused.sentence, "url") from None


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        raise SourceRefused(N_("The address cannot be read."), "url") from None


def _short_enough(pem: str, field: str) -> str:
    if len(pem) > LONGEST_PEM or not pem.isascii():
        raise SourceRefused(N_("This is not a certificate in PEM form."), field)
    return pem


def _key_in(pem: bytes) -> bytes:
    found = re.search(rb"-----BEGIN ([A-Z ]*PRIVATE KEY)-----.*?-----END \1-----", pem, re.DOTALL)
    return found[0] if found else b""
