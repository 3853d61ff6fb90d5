"""What people type about people: addresses, domains and names, read strictly and kept in one form.

A domain belongs to an organisation only by an exact match: "leeds.gov.uk.evil.example" and "leedsgov.uk"
share nothing with "leeds.gov.uk" but letters.
"""

import re
import unicodedata

from flask_babel import gettext as _

LONGEST_ADDRESS = 254
LONGEST_LOCAL_PART = 64
LONGEST_DOMAIN = 253
LONGEST_NAME = 200

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL_PART = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+[a-z]{{2,63}}")
_SPREADSHEET_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")

# Under these whoever asks gets a name or a mailbox: none of them says which organisation someone is from.
_SHARED = """
    gov.uk gov.wales llyw.cymru gov.scot police.uk nhs.uk nhs.net ac.uk sch.uk mod.uk parish.gov.uk service.gov.uk
    co.uk org.uk me.uk ltd.uk plc.uk net.uk cymru.uk
    gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk live.com live.co.uk msn.com yahoo.com yahoo.co.uk
    icloud.com me.com aol.com btinternet.com btopenworld.com sky.com talktalk.net virginmedia.com ntlworld.com
    protonmail.com proton.me gmx.com gmx.co.uk mail.com zoho.com fastmail.com
"""
SHARED_DOMAINS = frozenset(_SHARED.split())


class Unreadable(Exception):
    """What was typed cannot be used; the text is a short reason that names what is wrong."""

    for_the_command_line = True


def read_address(text: str) -> str:
    """Return a mail address with its domain in small letters and without a trailing dot."""
    local, at, domain = text.strip().rpartition("@")
    if not at or not _LOCAL_PART.fullmatch(local) or len(local) > LONGEST_LOCAL_PART:
        raise Unreadable(_("is not an e-mail address"))
    address = f"{local}@{_read_host(domain)}"
    if len(address) > LONGEST_ADDRESS:
        raise Unreadable(_("is too long for an e-mail address"))
    return address


def read_domain(text: str) -> str:
    """Return a mail domain that may stand for one organisation; shared and website domains may not."""
    domain = _read_host(text.strip().removeprefix("@"))
    if domain in SHARED_DOMAINS:
        raise Unreadable(_("%(domain)s is shared by many organisations", domain=domain))
    if domain.endswith(".service.gov.uk"):
        raise Unreadable(_("%(domain)s is the address of a website, not of mailboxes", domain=domain))
    return domain


def domain_of(address: str) -> str:
    """Return the domain of an address that was read before."""
    return address.rpartition("@")[2].lower()


def read_name(text: str, *, longest: int = LONGEST_NAME) -> str:
    """Return a name on one line, without characters that hide or reorder others."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name:
        raise Unreadable(_("is empty"))
    if len(name) > longest:
        raise Unreadable(_("has more than %(longest)s characters", longest=longest))
    if any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn") for character in name):
        raise Unreadable(_("has characters that cannot be seen"))
    if name.startswith(_SPREADSHEET_FORMULA):
        raise Unreadable(_("begins with %(sign)s, which a spreadsheet would run as a formula", sign=name[0]))
    return name


def mask(address: str) -> str:
    """Return an address that its owner knows again and nobody else learns: s•••@council.example."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}"


def _read_host(text: str) -> str:
    domain = text.lower().removesuffix(".")
    if not domain.isascii() or any(label.startswith("xn--") for label in domain.split(".")):
        raise Unreadable(_("has letters in its domain that look like others"))
    if len(domain) > LONGEST_DOMAIN or not _DOMAIN.fullmatch(domain):
        raise Unreadable(_("has no valid domain"))
    return domain
