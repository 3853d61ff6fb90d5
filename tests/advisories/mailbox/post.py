"""Mails as they reach a WARP's address, signed by their domain or not; and the name service of the test."""

import functools
from email.message import EmailMessage, Message
from email.utils import format_datetime
from typing import Any
from uuid import uuid4

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from warp_hub import clock
from warp_hub.advisories.mailbox.proving import NameServiceSilent

ADVISORY = """TLP:GREEN

FortiOS: out-of-bounds write in sslvpnd, CVE-2024-21762

An attacker may execute code on FortiGate without signing in. Affected versions: 7.4.0 to 7.4.2.

## What to do

Upgrade to 7.4.3 today.
"""
REPORT = (
    "Our file servers are encrypted since 4 o'clock and there is a note of LockBit on every desktop. Please ring me."
)


class Names:
    """A name service that knows what a test tells it; whatever is silent does not answer."""

    def __init__(self, *domains: str, policy: bytes = b"v=DMARC1; p=reject", **given: bytes) -> None:
        self.records = {f"_dmarc.{domain}": policy for domain in domains}
        self.records |= {f"s1._domainkey.{domain}": public_key() for domain in domains} | given
        self.silent = False
        self.asked: list[str] = []

    def __call__(self, name: str) -> bytes | None:
        self.asked.append(name)
        if self.silent:
            raise NameServiceSilent(name)
        return self.records.get(name)


@functools.cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def public_key() -> bytes:
    """Return the record of the key that all senders of the tests sign with."""
    shape = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    lines = _key().public_key().public_bytes(*shape).splitlines()
    return b"v=DKIM1; k=rsa; p=" + b"".join(lines[1:-1])


def mail(sender: str, body: str = ADVISORY, subject: str = "FW: FortiOS", **headers: str) -> EmailMessage:
    """Return a mail, not signed yet."""
    made = EmailMessage()
    made["From"] = sender
    made["To"] = "warnings@midshire.example"
    made["Subject"] = subject
    made["Date"] = format_datetime(clock.now())
    made["Message-ID"] = f"<{uuid4()}@testham.example>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(body)
    return made


def raw(made: Message) -> bytes:
    """Return a mail as it travels."""
    return made.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def signed(made: Message | bytes, by: str = "", **options: Any) -> bytes:
    """Return a mail signed by its sender's domain, or another."""
    given = made if isinstance(made, bytes) else raw(made)
    domain = by or str(made["From"]).rpartition("@")[2].strip(">")  # type: ignore[index]
    shape = (serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
    key = _key().private_bytes(*shape)
    options = {"include_headers": [b"from", b"subject", b"date", b"message-id"]} | options
    return bytes(dkim.sign(given, b"s1", domain.encode(), key, **options)) + given
