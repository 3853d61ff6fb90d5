"""A mail server as the way out: each of its answers is understood for what it is."""

import time
from pathlib import Path
from uuid import UUID

import pytest

from tests.mail.letters import settings
from tests.mail.servers import CERTIFICATE, free_port, office, scripted
from warp_hub import mail
from warp_hub.config import ConfigurationError, Settings
from warp_hub.mail import message
from warp_hub.mail.smtp import Server, SmtpCarrier
from warp_hub.mail.troubles import CarrierDown, PutOff, Refused, Unclear
from warp_hub.tlp import NOBODY

LETTER = mail.Letter(id=UUID(int=7), kind="note", message_id="<7@hub.example>")
ROBIN = mail.Recipient("robin@testham.example", "Robin Test", "en", NOBODY)
HELLO, EHLO, OK, GO = "220 hub ESMTP", "250 hub", "250 OK", "354 go ahead"


def _send(port: int, scheme: str = "smtp", user: str = "", text: str = "Text\n", **limits: float) -> None:
    limits = {"step": 5.0, "whole": 20.0} | limits
    ready = message.build(LETTER, ROBIN, mail.Rendered("TLP:GREEN A note", text, "<p>Text</p>"))
    SmtpCarrier(f"{scheme}://{user}localhost:{port}", **limits).send(ready, "note", again=False)


def test_a_letter_arrives_whole_and_the_machine_is_not_named(hub_settings: Settings) -> None:
    text = ".\n.. dots at the beginning\n.\nbye\n"
    with settings(base_url="https://hub.midshire.example"), office() as server:
        _send(server.port, text=text)

    assert server.recipients == [["robin@testham.example"]]
    assert server.senders == ["no-reply@localhost"]
    assert server.greetings == ["hub.midshire.example"]
    plain = server.letters[0].get_body(("plain",))
    assert plain is not None
    assert plain.get_content().splitlines() == text.splitlines()


@pytest.mark.parametrize(
    ("answers", "error", "says"),
    [
        ({"MAIL": "450 busy"}, PutOff, "450 busy"),
        ({"MAIL": "452 no space now"}, PutOff, "452"),
        ({"MAIL": "552 too big"}, Refused, "552"),
        ({"MAIL": "550 who are you"}, CarrierDown, "does not take letters from us"),
        ({"MAIL": "421 closing"}, CarrierDown, "going away"),
        ({"RCPT": "450 4.2.0 greylisted"}, PutOff, "greylisted"),
        ({"RCPT": "451 try later"}, PutOff, "451"),
        ({"RCPT": "421 closing"}, CarrierDown, "going away"),
        ({"RCPT": "550 5.1.1 no such user"}, Refused, "550 5.1.1"),
        ({"DATA": "451 try later"}, PutOff, "451"),
        ({"DATA": "554 looks like spam"}, Refused, "554"),
        ({"DATA": "421 closing"}, CarrierDown, "going away"),
        ({"DATA": "drop"}, Unclear, "nobody knows"),
    ],
)
def test_every_answer_is_understood(
    hub_settings: Settings, answers: dict[str, str], error: type[Exception], says: str
) -> None:
    with office(answers=answers) as server, pytest.raises(error, match=says):
        _send(server.port)


@pytest.mark.parametrize(
    ("answer", "about_the_address"),
    [
        ("550 no such user", True),
        ("550 5.1.1 unknown", True),
        ("553 5.1.3 bad address", True),
        ("550 5.2.1 disabled", True),
        ("550 5.7.1 blocked by policy", False),
        ("554 5.7.1 relay access denied", False),
        ("554 no", False),
    ],
)
def test_a_policy_is_told_from_an_address_that_does_not_exist(
    hub_settings: Settings, answer: str, about_the_address: bool
) -> None:
    with office(answers={"RCPT": answer}) as server, pytest.raises(Refused) as refused:
        _send(server.port)

    assert refused.value.address is about_the_address


def test_what_a_server_says_is_kept_short_and_on_one_line(hub_settings: Settings) -> None:
    with office(answers={"RCPT": "550 " + "x" * 400}) as server, pytest.raises(Refused) as refused:
        _send(server.port)

    assert len(str(refused.value)) <= 200


@pytest.mark.parametrize(
    "script",
    [
        ["554 no service"],
        ["421 too busy"],
        ["drop"],
        [HELLO, "drop"],
        [HELLO, "502 what", "502 what"],
        [HELLO, EHLO, "drop"],
        [HELLO, EHLO, OK, "drop"],
        [HELLO, EHLO, OK, OK, "drop"],
        [HELLO, EHLO, OK, OK, "421 closing"],
    ],
)
def test_a_server_that_breaks_off_before_the_text_has_no_letter(
    hub_settings: Settings, script: list[str | None]
) -> None:
    with scripted(*script) as port, pytest.raises(CarrierDown):
        _send(port)


@pytest.mark.parametrize("replies", range(5))
def test_a_server_that_hangs_is_left(hub_settings: Settings, replies: int) -> None:
    script: list[str | None] = [HELLO, EHLO, OK, OK, GO]
    begun = time.monotonic()
    with scripted(*script[:replies], None) as port, pytest.raises(CarrierDown, match=r"does not answer|broke off"):
        _send(port, step=0.3)
    assert time.monotonic() - begun < 5


def test_a_server_that_hangs_after_the_text_leaves_it_unclear(hub_settings: Settings) -> None:
    with scripted(HELLO, EHLO, OK, OK, GO, None) as port, pytest.raises(Unclear):
        _send(port, step=0.3)


@pytest.mark.parametrize("replies", [1, 2, 5])
def test_a_server_that_drips_for_ever_is_cut_off(hub_settings: Settings, replies: int) -> None:
    script: list[str | None] = [HELLO, EHLO, OK, OK, GO]
    begun = time.monotonic()
    with scripted(*script[:replies], "…") as port, pytest.raises((CarrierDown, Unclear)):
        _send(port, step=2, whole=0.5)
    assert time.monotonic() - begun < 5


def test_a_server_that_is_not_there_is_said_to_be_so(hub_settings: Settings) -> None:
    port = free_port()
    with pytest.raises(CarrierDown, match=f"localhost cannot be reached on port {port}"):
        _send(port)


@pytest.mark.parametrize(("scheme", "tls"), [("smtps", "smtps"), ("smtp+starttls", "starttls")])
def test_a_password_travels_encrypted_to_a_server_whose_certificate_verifies(
    hub_settings: Settings, monkeypatch: pytest.MonkeyPatch, scheme: str, tls: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with office(tls=tls, password="p@ss/word") as server:
        _send(server.port, scheme, "hub:p%40ss%2Fword@")

    assert (server.encrypted, server.signed_in) == ([True], [True])


@pytest.mark.parametrize(("scheme", "tls"), [("smtps", "smtps"), ("smtp+starttls", "starttls")])
def test_a_certificate_that_does_not_verify_stops_everything(hub_settings: Settings, scheme: str, tls: str) -> None:
    with office(tls=tls) as server, pytest.raises(CarrierDown, match="does not verify"):
        _send(server.port, scheme)

    assert server.letters == []


def test_a_stripped_starttls_is_noticed_and_nothing_is_sent(hub_settings: Settings) -> None:
    with office() as server, pytest.raises(CarrierDown, match="does not offer what is needed"):
        _send(server.port, "smtp+starttls", "hub:secret@")

    assert server.letters == []


def test_a_relay_close_by_is_spoken_to_encrypted_where_it_offers_that(hub_settings: Settings) -> None:
    with office(tls="starttls") as server:
        _send(server.port)

    assert server.encrypted == [True]


def test_a_wrong_password_is_a_trouble_of_the_hub(hub_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with office(tls="starttls", password="right") as server, pytest.raises(CarrierDown) as down:
        _send(server.port, "smtp+starttls", "hub:wrong@")

    assert "refuses our user or password" in str(down.value)
    assert "wrong" not in str(down.value)


@pytest.mark.parametrize(
    "url",
    ["", "localhost:25", "http://localhost", "smtp://", "smtp://localhost:99999", "smtp://hub:secret@localhost"],
)
def test_a_setting_that_cannot_be_used_is_one_clear_line(url: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        Server.of(url)

    assert "WARP_HUB_SMTP_URL" in str(error.value)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("given", [{"smtp_url": "smtp://"}, {"mail_from": "nobody"}, {"mail_from": ""}])
def test_settings_by_which_no_letter_could_leave_are_found_at_the_start(
    hub_settings: Settings, given: dict[str, str]
) -> None:
    mail.check_settings()
    with settings(**given), pytest.raises(ConfigurationError, match=r"WARP_HUB_(SMTP_URL|MAIL_FROM) "):
        mail.check_settings()


def test_the_usual_ports_are_known() -> None:
    ports = [Server.of(f"{scheme}://mail.example").port for scheme in ("smtp", "smtp+starttls", "smtps")]

    assert ports == [25, 587, 465]


def test_letters_in_a_folder_are_whole_private_and_named_without_people(hub_settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "mail"
    ready = message.build(LETTER, ROBIN, mail.Rendered("TLP:GREEN A note", "Text\n", "<p>Text</p>"))
    with settings(mail_folder=folder):
        mail.carrier().send(ready, f"note-{LETTER.id}", again=False)
        mail.carrier().send(ready, f"note-{LETTER.id}", again=True)

    (file,) = folder.iterdir()
    assert file.name.endswith(f"Z-note-{LETTER.id}.eml") or file.name.endswith(f"-note-{LETTER.id}.eml")
    assert "robin" not in file.name
    assert file.stat().st_mode & 0o077 == 0
    assert file.read_bytes().startswith(b"From: WARP Hub")


def test_a_folder_that_cannot_be_written_keeps_letters_waiting(hub_settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ready = message.build(LETTER, ROBIN, mail.Rendered("TLP:GREEN A note", "Text\n", "<p>Text</p>"))
    with settings(mail_folder=tmp_path / "file" / "mail"), pytest.raises(CarrierDown, match="mail folder"):
        mail.carrier().send(ready, "note-7", again=False)
