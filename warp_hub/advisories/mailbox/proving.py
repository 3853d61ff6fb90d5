"""Whether a mail is from whom it says: DMARC, as our own mail server found it, or by the mail's own signature.

What the mail server found counts only under the name that the settings give it, and of several such findings
the topmost alone: whoever writes a mail can write such a header into it. Without one the DKIM signatures are
verified here and compared with the domain of the sender. SPF cannot be, since by then nobody knows whose
connection it was. Nothing is asked of domains that do not belong together with the sender's.
"""

import email.message
import logging
import re
from collections.abc import Callable
from enum import Enum
from functools import cache
from typing import Any

from warp_hub.advisories.mailbox import findings

MOST_SIGNATURES = 8
PATIENCE = 5
POLICY = re.compile(r"\s*v\s*=\s*DMARC1\s*;", re.IGNORECASE)
DAMAGED_BY_AGE = re.compile(rb"sha1", re.IGNORECASE)

# Asks the name service for the text under a name; None where there is none.
AskDns = Callable[[str], bytes | None]


class Proof(Enum):
    """What is known of a sender; `unknown` is when the name service kept silent, and asking again may help."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class NameServiceSilent(Exception):
    """The name service did not answer."""


def prove(
    raw: bytes, headers: email.message.Message, domain: str, authserv_id: str | None, ask: AskDns | None = None
) -> Proof:
    """Say whether DMARC passes for a mail from this domain; `ask` stands in for the name service."""
    if authserv_id:
        found = findings.of_server(headers.get_all("Authentication-Results", []), authserv_id)
        if found is not None:
            return Proof.PASSED if found.passes_dmarc(domain) else Proof.FAILED
    try:
        return _verified(raw, headers, domain, ask or ask_dns)
    except NameServiceSilent:
        return Proof.UNKNOWN


def is_of(authserv_id: str, host: str) -> bool:
    """Say whether a mailbox is where this mail server is: elsewhere anyone may have written under its name."""
    return _belongs(authserv_id, host)


def ask_dns(name: str) -> bytes | None:
    """Return the text record under a name, or None; raise NameServiceSilent where nobody answers in time."""
    import dns.exception  # noqa: PLC0415
    import dns.name  # noqa: PLC0415
    import dns.resolver  # noqa: PLC0415

    try:
        asked = dns.name.from_text(name)
    except (dns.exception.DNSException, UnicodeError):  # nothing can have such a name
        return None
    try:
        answer = dns.resolver.resolve(asked, "TXT", lifetime=PATIENCE, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return None
    except dns.exception.DNSException:
        raise NameServiceSilent(name) from None
    records = [b"".join(record.strings) for record in answer]
    return next((record for record in records if record.lower().startswith((b"v=dkim1", b"v=dmarc1"))), records[0])


def _verified(raw: bytes, headers: email.message.Message, domain: str, ask: AskDns) -> Proof:
    signatures = headers.get_all("DKIM-Signature", [])[:MOST_SIGNATURES]
    near = [number for number, text in enumerate(signatures) if _signed_by_kin(str(text), domain)]
    strict = _alignment(domain, ask) if near else None
    if strict is None:
        return Proof.FAILED
    good = any(_is_good(raw, number, domain, strict, ask) for number in near)
    return Proof.PASSED if good else Proof.FAILED


def _signed_by_kin(signature: str, domain: str) -> bool:
    found = re.search(r"(?:^|;)\s*d\s*=\s*([^;]*)", signature)
    return found is not None and _belongs(re.sub(r"\s", "", found[1]), domain)


def _is_good(raw: bytes, number: int, domain: str, strict: bool, ask: AskDns) -> bool:
    import dkim  # noqa: PLC0415

    def key(name: bytes, timeout: int = PATIENCE) -> bytes | None:  # noqa: ARG001 - dkimpy's own way of asking
        return ask(name.decode("ascii", "replace").rstrip("."))

    try:
        signed = dkim.DKIM(raw, logger=_unheard(), minkey=1024, timeout=PATIENCE)
        passed = signed.verify(number, dnsfunc=key)
    except NameServiceSilent:
        raise
    except Exception:  # whatever a hostile signature makes of the library, it is not a good one
        return False
    fields = {name: re.sub(rb"\s", b"", value) for name, value in signed.signature_fields.items()}
    # Whatever is added below a length, and whatever is signed with SHA-1, anyone may have written.
    if not passed or b"l" in fields or DAMAGED_BY_AGE.search(fields.get(b"a", b"")):
        return False
    if b"subject" not in fields.get(b"h", b"").lower().split(b":"):
        return False  # whoever has the mail may bring it under a title of their own
    by = fields.get(b"d", b"").decode("ascii", "replace").lower()
    return by == domain if strict else _belongs(by, domain)


def _alignment(domain: str, ask: AskDns) -> bool | None:
    """Say whether the sender's policy wants the very same domain; None where it has no policy."""
    for name in dict.fromkeys((domain, registered(domain) or domain)):
        record = (ask(f"_dmarc.{name}") or b"").decode("ascii", "replace")
        if POLICY.match(record):
            return re.search(r";\s*adkim\s*=\s*s\s*(;|$)", record, re.IGNORECASE) is not None
    return None


def _belongs(one: str, other: str) -> bool:
    mine = registered(one.lower())
    return mine is not None and mine == registered(other.lower())


def registered(domain: str) -> str | None:
    """Return the domain that somebody registered, of which this one is part: "kent.gov.uk" of "mail.kent.gov.uk"."""
    found: str | None = _list_of_suffixes().privatesuffix(domain.rstrip("."))
    return found


@cache
def _unheard() -> logging.Logger:
    """Return a log that nobody keeps: the library names the domains it looks at, and one may be a reporter's."""
    unheard = logging.Logger("signatures")
    unheard.addHandler(logging.NullHandler())
    return unheard


@cache
def _list_of_suffixes() -> Any:
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415

    return PublicSuffixList()
