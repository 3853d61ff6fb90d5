"""What the domain of a mail address tells about an organisation: the exact ones it belongs to, and hints.

Only an exact match with a verified domain counts, and it may be several. An ending such as .gov.uk is a hint for
the coordinator who decides and never more: departments, parishes, partnerships and websites all have it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from warp_hub.db import session
from warp_hub.memberships.models import Organisation, OrganisationDomain
from warp_hub.memberships.organisations import find_organisations_by_address
from warp_hub.memberships.reading import SHARED_DOMAINS, Unreadable, domain_of, read_domain

_PUBLIC_ENDINGS = ("gov.uk", "gov.wales", "llyw.cymru", "gov.scot", "police.uk", "nhs.uk", "ac.uk", "mod.uk")
_LOOK_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s", "-": "", ".": ""})


class Hint(StrEnum):
    """What the ending of a domain suggests; none of them admits anyone."""

    PUBLIC_BODY = "public body"
    SHARED = "shared"
    IMITATES = "imitates"
    NOTHING = "nothing"


@dataclass(frozen=True)
class DomainCheck:
    """What is known of an address's domain: whose it is, what its ending suggests, what it could be taken for."""

    domain: str
    verified: Sequence[Organisation]
    hint: Hint
    taken_for: str
    has_plus: bool
    may_be_noted: bool


def check(address: str) -> DomainCheck:
    """Return what the domain of an address that was read before tells."""
    domain = domain_of(address)
    taken_for = _taken_for(domain)
    return DomainCheck(
        domain=domain,
        verified=find_organisations_by_address(address),
        hint=_hint(domain, taken_for),
        taken_for=taken_for,
        has_plus="+" in address.rpartition("@")[0],
        may_be_noted=_may_be_noted(domain),
    )


def _hint(domain: str, taken_for: str) -> Hint:
    if not _may_be_noted(domain):
        return Hint.SHARED
    if taken_for:
        return Hint.IMITATES
    return Hint.PUBLIC_BODY if _has_public_ending(domain) else Hint.NOTHING


def _may_be_noted(domain: str) -> bool:
    try:
        read_domain(domain)
    except Unreadable:
        return False
    return True


def _has_public_ending(domain: str) -> bool:
    return any(domain.endswith(f".{ending}") for ending in _PUBLIC_ENDINGS)


def _taken_for(domain: str) -> str:
    """Return what a domain could be taken for: another organisation's, or a public body's ending in the wrong place."""
    if domain in SHARED_DOMAINS:
        return ""
    known = set(session.scalars(select(OrganisationDomain.domain).where(OrganisationDomain.is_former.is_(False))))
    if domain in known:
        return ""
    looks = _skeleton(domain)
    for other in sorted(known):
        # A name below one of theirs ("it.council.gov.uk") is theirs to give, so it imitates nobody.
        is_below = domain.endswith(f".{other}")
        if not is_below and (looks == _skeleton(other) or f".{other}." in f".{domain}."):
            return other
    return "" if _has_public_ending(domain) else next((one for one in _PUBLIC_ENDINGS if _is_faked(domain, one)), "")


def _is_faked(domain: str, ending: str) -> bool:
    return f".{ending}." in f".{domain}." or domain.replace("-", "").endswith(ending) or f"{ending}." in domain


def _skeleton(domain: str) -> str:
    return domain.translate(_LOOK_ALIKE).replace("rn", "m").replace("vv", "w")
