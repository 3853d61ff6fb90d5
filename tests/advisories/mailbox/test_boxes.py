"""A WARP's mailbox over IMAP, from a real server: fetched, dealt with, removed there only afterwards."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.advisories.mailbox.conftest import COORDINATOR, Address
from tests.advisories.mailbox.imap_server import PASSWORD, USER, ImapServer, imap_server
from tests.advisories.mailbox.post import REPORT, mail, raw, signed
from tests.mail.letters import settings
from tests.mail.servers import CERTIFICATE, scripted
from warp_hub import clock, db
from warp_hub.advisories.mailbox import boxes, commands, imap, proving, tasks
from warp_hub.advisories.mailbox.boxes import MailboxRefused
from warp_hub.advisories.mailbox.imap import MailboxDown, Place
from warp_hub.advisories.mailbox.models import Mailbox
from warp_hub.operations import doctor


@pytest.fixture(scope="module")
def server() -> Iterator[ImapServer]:
    with imap_server() as running:
        yield running


@pytest.fixture(autouse=True)
def _trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    monkeypatch.setenv("MAILBOX_PASSWORD", PASSWORD)


def _add(address: Address, port: int, **given: Any) -> str:
    options = {"host": "localhost", "port": port, "username": USER, "password_env": "MAILBOX_PASSWORD"}
    options |= {"folder": "INBOX", "allow_private": True, "untried": False} | given
    said = commands.add(address.warp.slug, **options)
    db.session.commit()
    return said


def _box(address: Address) -> Mailbox:
    db.session.rollback()
    found = boxes.find(address.warp.id)
    assert found is not None
    return found


def test_a_mailbox_is_emptied_of_what_was_dealt_with_and_of_nothing_else(address: Address, server: ImapServer) -> None:
    assert _add(address, server.port).endswith("0 mails wait")
    warning = signed(mail(COORDINATOR))
    server.put(warning, warning, signed(mail(COORDINATOR, REPORT)), raw(mail("forged@testham.gov.uk")))
    assert commands.try_out(address.warp.slug).endswith("it opens, 4 mails wait")

    address.names.silent = True
    left = tasks.look(_box(address).id, address.names)
    assert left == "4 mails, 3 of them to be tried again."
    assert [finding.ok for finding in doctor._mailboxes()] == [False]
    assert "3 mails could not be dealt with yet" in _box(address).fault
    address.names.silent = False
    assert tasks.look(_box(address).id, address.names) == "3 mails, 0 of them to be tried again."

    assert server.count() == 0
    assert address.fates() == {"taken": 1, "twice": 1, "report": 1, "unproved": 1}
    assert PASSWORD not in address.everything()
    (line,) = commands.listing()
    assert line == f"{address.warp.slug}: {USER} at localhost, looked into 0 minutes ago: all is well"
    assert commands.remove(address.warp.slug).endswith("stays there")


def test_what_our_mail_server_finds_is_no_proof_in_a_mailbox_of_another_provider(
    address: Address, server: ImapServer
) -> None:
    _add(address, server.port)
    forged = mail(COORDINATOR, Authentication_Results="mx.hub.example; dmarc=pass header.from=testham.gov.uk")
    server.put(raw(forged), signed(mail(COORDINATOR)))
    with settings(mail_authserv_id="mx.hub.example"):
        tasks.look(_box(address).id, address.names)
    assert address.fates() == {"taken": 1, "unproved": 1}
    assert [
        proving.is_of("mx.hub.example", host) for host in ("imap.hub.example", "imap.kent.example", "localhost")
    ] == [
        True,
        False,
        False,
    ]


def test_mails_that_must_wait_keep_no_newer_one_waiting_however_many_they_are(
    address: Address, server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "MOST_A_RUN", 2)
    _add(address, server.port)
    server.put(*(signed(mail(COORDINATOR)) for _ in range(3)), raw(mail("forged@testham.gov.uk")))
    address.names.silent = True
    tasks.look(_box(address).id, address.names)
    assert address.fates() == {"unproved": 1}
    address.names.silent = False
    while server.count():
        tasks.look(_box(address).id, address.names)
    assert address.fates() == {"unproved": 1, "taken": 3}


def test_killed_between_the_commit_and_the_removal_a_mail_is_known_again(
    address: Address, server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    _add(address, server.port)
    server.put(signed(mail(COORDINATOR)))

    def cut(*_: object) -> None:
        raise MailboxDown("cut off")

    with monkeypatch.context() as cut_off:
        cut_off.setattr(imap.Box, "throw_away", cut)
        assert tasks.look(_box(address).id, address.names) == "cut off"
    assert server.count() == 1
    assert _box(address).failures == 1
    assert tasks.look(_box(address).id, address.names).startswith("1 mails")
    assert server.count() == 0
    assert address.fates() == {"taken": 1, "twice": 1}


def test_whatever_is_wrong_with_a_mailbox_is_one_sentence_without_its_password(
    address: Address, server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(**given: Any) -> str:
        place = {"host": "localhost", "port": server.port, "username": USER, "password": PASSWORD, "folder": "INBOX"}
        with (
            pytest.raises(MailboxDown) as fault,
            imap.opened(Place(**{"allow_private": True} | place | given), step=5, whole=9),
        ):
            pass  # pragma: no cover - it never opens
        assert PASSWORD not in str(fault.value)
        return str(fault.value)

    assert "leads inside a network" in refused(allow_private=False)
    assert "localhost refuses:" in refused(password="wrong")
    assert "no folder" in refused(folder='Reports" (EXAMINE')
    assert "is not known" in refused(host="no-such-host.invalid")
    assert "leads inside a network" in refused(host="169.254.169.254")
    monkeypatch.delenv("SSL_CERT_FILE")
    assert "does not verify" in refused()
    assert refused(port=server.plain_port)  # never without TLS
    with scripted(None) as silent:
        assert "does not answer" in refused(port=silent)

    box_id = _box_that_fails(address)
    for failures in (1, 2):
        tasks.look(box_id)
        box = _box(address)
        assert box.failures == failures
        assert box.next_try_at is not None
        assert box.next_try_at > clock.now()


def _box_that_fails(address: Address) -> Any:
    _add(address, 1, untried=True)
    return _box(address).id


def test_a_server_that_says_too_much_is_cut_off(address: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = imap._Bounded.__new__(imap._Bounded)
    with pytest.raises(imap.imaplib.IMAP4.abort):
        connection.read(10**12)


def test_what_cannot_be_a_mailbox_is_refused(address: Address, server: ImapServer) -> None:
    for given in (
        {"host": "http://localhost"},
        {"host": "user@localhost"},
        {"host": "0x7f.1"},
        {"port": 0},
        {"username": "a\r\nb"},
        {"folder": "Caf\xe9"},
        {"password_env": "NO_SUCH_VARIABLE"},
    ):
        with pytest.raises(MailboxRefused):
            _add(address, **{"port": server.port} | given)
        db.session.rollback()
    with pytest.raises(MailboxRefused):
        boxes.warp_of("nowhere")
    assert list(commands.listing()) == []


def test_each_mailbox_is_asked_in_its_time_by_a_job(address: Address) -> None:
    _add(address, 1, untried=True)
    assert boxes.start_due() == "1 begun"
    assert boxes.start_due() == ""
    db.session.commit()
    with clock.at(clock.now() + boxes.INTERVAL):
        assert boxes.start_due() == "1 begun"
    db.session.rollback()
