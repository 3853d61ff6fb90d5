"""Who a mail is from: what our own mail server found, and else what its signature proves."""

import email

import pytest

from tests.advisories.mailbox.post import Names, mail, raw, signed
from warp_hub.advisories.mailbox import findings, opening
from warp_hub.advisories.mailbox.proving import Proof, ask_dns, prove

ROBIN = "robin@mail.testham.gov.uk"
OURS = "mx.hub.example"
PASS = f"{OURS}; spf=none; dkim=pass header.d=testham.gov.uk; dmarc=pass (p=reject) header.from=testham.gov.uk"


def _proved(content: bytes, names: Names, domain: str = "mail.testham.gov.uk", server: str | None = None) -> Proof:
    return prove(content, email.message_from_bytes(content), domain, server, names)


@pytest.mark.parametrize(
    ("headers", "proved"),
    [
        ([PASS], True),
        ([PASS.replace(OURS, OURS.upper() + " 1")], True),
        ([f'"{OURS}"; dmarc=pass'], True),
        ([f"(our own) {OURS};\r\n\tdmarc=pass"], True),
        (["mx.elsewhere.example; dmarc=fail", PASS], True),  # others' findings are nobody's
        ([f"{OURS}; dmarc=fail header.from=testham.gov.uk", PASS], False),  # the topmost of ours counts
        ([f"{OURS}; none", PASS], False),
        ([f"{OURS}; dkim=pass header.d=testham.gov.uk"], False),
        ([f"{OURS}; dmarc=none"], False),
        ([f"{OURS}; dmarc=fail (dmarc=pass)"], False),
        ([f'{OURS}; dkim=fail reason="; dmarc=pass"; dmarc=fail'], False),
        ([f"{OURS}; dmarc=fail; dmarc=pass"], False),
        ([f"{OURS}; dmarc=pass header.from=other.example"], False),
        ([f"{OURS}; spf=pass smtp.mailfrom=dmarc=pass"], False),
        ([f"{OURS}; dmarc=fail ((((dmarc=pass)"], False),
        ([f"{OURS}" + " " * 20_000 + "; dmarc=pass"], False),
    ],
)
def test_what_our_mail_server_found_is_read_by_its_grammar(headers: list[str], proved: bool) -> None:
    found = findings.of_server(headers, OURS)
    assert found is not None
    assert found.passes_dmarc("testham.gov.uk") is proved


def test_what_another_server_claims_is_not_looked_at() -> None:
    assert findings.of_server(["mx.hub.example.evil.example; dmarc=pass", "; dmarc=pass", ""], OURS) is None

    forged = raw(mail(ROBIN, Authentication_Results="mx.evil.example; dmarc=pass header.from=mail.testham.gov.uk"))
    assert _proved(forged, Names("mail.testham.gov.uk"), server=OURS) is Proof.FAILED
    assert _proved(forged, Names("mail.testham.gov.uk")) is Proof.FAILED


def test_a_signature_proves_the_domain_it_belongs_together_with() -> None:
    names = Names("testham.gov.uk", "mail.testham.gov.uk", "news.testham.gov.uk")
    for by in ("mail.testham.gov.uk", "testham.gov.uk", "news.testham.gov.uk"):
        assert _proved(signed(mail(ROBIN), by), names) is Proof.PASSED, by

    strict = Names("testham.gov.uk", "mail.testham.gov.uk", policy=b"v=DMARC1; p=none; adkim=s")
    assert _proved(signed(mail(ROBIN), "testham.gov.uk"), strict) is Proof.FAILED
    assert _proved(signed(mail(ROBIN), "mail.testham.gov.uk"), strict) is Proof.PASSED


def test_a_neighbour_under_the_same_suffix_proves_nothing_and_is_not_asked() -> None:
    names = Names("testham.gov.uk", "otherham.gov.uk", "gov.uk", "evil.example")
    for by in ("otherham.gov.uk", "gov.uk", "evil.example", "uk"):
        names.asked.clear()
        assert _proved(signed(mail(ROBIN), by), names) is Proof.FAILED, by
        assert names.asked == []


def test_what_is_not_whole_not_signed_as_it_should_be_or_without_a_policy_proves_nothing() -> None:
    names = Names("mail.testham.gov.uk")
    good = signed(mail(ROBIN))
    assert _proved(good, names) is Proof.PASSED
    bad = {
        "changed": good.replace(b"CVE-2024-21762", b"CVE-2024-99999"),
        "only the first part is signed": signed(mail(ROBIN), length=True) + b"\r\nand more\r\n",
        "not signed": raw(mail(ROBIN)),
        "a second sender": b"From: evil@evil.example\r\n" + good,
        "no signature at all": good.replace(b"b=", b"z=", 2),
        "many": b"DKIM-Signature: v=1; d=mail.testham.gov.uk; s=s1; a=x\r\n" * 50 + good,
    }
    for what, content in bad.items():
        assert _proved(content, names) is Proof.FAILED, what
    del names.records["_dmarc.mail.testham.gov.uk"]
    assert _proved(good, names) is Proof.FAILED
    names.silent = True
    assert _proved(good, names) is Proof.UNKNOWN


def test_a_sender_is_one_address_in_one_header() -> None:
    assert opening.open_mail(raw(mail("Robin Test <Robin@Testham.gov.uk>"))).sender == "robin@testham.gov.uk"
    plain = raw(mail(ROBIN))
    for what, content in {
        "two addresses": plain.replace(ROBIN.encode(), b"a@evil.example, " + ROBIN.encode()),
        "two headers": b"From: a@evil.example\r\n" + plain,
        "one that only some programs see": b"FROM : a@evil.example\r\n" + plain,
        "a group": plain.replace(ROBIN.encode(), b"friends: a@evil.example, b@evil.example;"),
        "none": plain.replace(b"From: ", b"X-From: "),
        "no domain": plain.replace(ROBIN.encode(), b"robin"),
        "very long": plain.replace(b"From: ", b"From: " + b"a" * 5000 + b" "),
    }.items():
        assert opening.open_mail(content).sender is None, what


def test_a_name_that_nobody_can_have_is_no_silence_or_a_forged_mail_would_wait_for_ever() -> None:
    for name in ("a." * 150 + "_domainkey.testham.gov.uk", "s\\._domainkey.testham.gov.uk\\", "a..b", "a" * 64 + ".uk"):
        assert ask_dns(name) is None
