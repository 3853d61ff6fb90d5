"""The message that travels: headers that cannot be broken, labels that stay readable, nothing that tracks."""

import socket
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mail.letters import settings
from warp_hub import clock, mail
from warp_hub.config import Settings
from warp_hub.mail import message
from warp_hub.mail.outbox import _message_id
from warp_hub.tlp import NOBODY, Marking

LETTER = mail.Letter(id=UUID(int=7), kind="note", message_id="<7@localhost>")
ROBIN = mail.Recipient("robin@testham.example", "Robin Test", "en", NOBODY)
anything = st.text(st.characters(codec=None), max_size=300)


def _built(subject: str = "TLP:GREEN A note", text: str = "Text\n", html: str = "<p>Text</p>", **given: Any) -> bytes:
    recipient = given.pop("recipient", ROBIN)
    return message.build(LETTER, recipient, mail.Rendered(subject, text, html, **given)).as_bytes()


def _read(raw: bytes) -> Any:
    return message_from_bytes(raw, policy=policy.default)


def test_a_letter_has_one_recipient_both_forms_and_says_that_a_machine_wrote_it(hub_settings: Settings) -> None:
    with clock.at(datetime(2026, 6, 1, 12, tzinfo=UTC)):
        read = _read(_built())

    assert read["To"] == "Robin Test <robin@testham.example>"
    assert read["From"] == "WARP Hub <no-reply@localhost>"
    assert read["Subject"] == "TLP:GREEN A note"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Content-Language"] == "en"
    assert read["Date"] == "Mon, 01 Jun 2026 12:00:00 +0000"
    assert [part.get_content_type() for part in read.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert [part.get_content().split() for part in read.iter_parts()] == [["Text"], ["<p>Text</p>"]]
    assert {"Bcc", "Cc", "List-Id", "List-Unsubscribe", "X-Mailer", "User-Agent"}.isdisjoint(read.keys())


def test_a_letter_of_a_list_can_be_unsubscribed_by_one_click(hub_settings: Settings) -> None:
    read = _read(_built(unsubscribe_url="https://hub.example/unsubscribe/abc", list_name="digest.Midshire WARP"))

    assert read["List-Id"] == "<digest.midshire-warp.localhost>"
    assert read["List-Unsubscribe"] == "<https://hub.example/unsubscribe/abc>"
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    ("base_url", "domain"),
    [
        ("https://hub.midshire.example", "hub.midshire.example"),
        ("http://localhost:8000", "localhost"),
        ("http://192.0.2.7:8000", "warp-hub.invalid"),
        ("http://[2001:db8::1]", "warp-hub.invalid"),
    ],
)
def test_the_message_id_names_the_hub_and_never_the_machine(hub_settings: Settings, base_url: str, domain: str) -> None:
    with settings(base_url=base_url):
        assert _message_id(UUID(int=7)) == f"<{UUID(int=7)}@{domain}>"
        assert _message_id(UUID(int=7)) == _message_id(UUID(int=7))
        assert socket.gethostname() not in _message_id(UUID(int=7)) or socket.gethostname() in base_url


@given(subject=anything, name=anything, url=anything, list_name=anything)
def test_nothing_in_a_letter_can_add_a_header(
    hub_settings: Settings, subject: str, name: str, url: str, list_name: str
) -> None:
    smuggled = "\r\nBcc: everyone@evil.example\r\n\r\n"
    plain = _read(_built(unsubscribe_url="u", list_name="l")).keys()
    recipient = mail.Recipient(ROBIN.address, name + smuggled, "en", NOBODY)
    raw = _built(
        subject + smuggled, recipient=recipient, unsubscribe_url=url + smuggled, list_name=list_name + smuggled
    )

    assert sorted(_read(raw).keys()) == sorted(plain)
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))


@given(marking=st.sampled_from(list(Marking)), rest=st.text(max_size=250))
def test_a_label_that_opens_the_subject_is_neither_folded_nor_encoded(
    hub_settings: Settings, marking: Marking, rest: str
) -> None:
    raw = _built(f"{marking} {rest}")

    headers = raw.split(b"\r\n\r\n")[0]
    assert f"\r\nSubject: {marking.value}".encode() in headers


def test_a_welsh_subject_keeps_its_words(hub_settings: Settings) -> None:
    subject = "TLP:AMBER+STRICT Crynodeb dyddiol WARP y Canolbarth: tri rhybudd newydd yr wythnos hon, gŵyl y tŷ â sêr"

    assert _read(_built(subject))["Subject"] == subject


@pytest.mark.parametrize(
    "address", ["", "nobody", "a b@c.example", "a@b\r\nBcc: c@d.example", "@c.example", "a@", "ŵ@c.example", "a@b..c"]
)
def test_an_address_that_cannot_be_used_is_said_to_be_so(hub_settings: Settings, address: str) -> None:
    with pytest.raises(message.UnusableAddress):
        _built(recipient=mail.Recipient(address, "Robin", "en", NOBODY))


def test_an_international_domain_is_written_in_its_plain_form(hub_settings: Settings) -> None:
    read = _read(_built(recipient=mail.Recipient("robin@cyngor-môn.cymru", "Robin", "cy", NOBODY)))

    assert read["To"] == "Robin <robin@xn--cyngor-mn-n7a.cymru>"


@given(text=anything, html=anything)
def test_any_text_can_be_sent(hub_settings: Settings, text: str, html: str) -> None:
    raw = _built(text=text, html=html)

    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert raw.isascii()
