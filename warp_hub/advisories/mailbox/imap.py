"""A mailbox over IMAP: encrypted from the start, at a checked address, with bounds on what its server may say."""

import contextlib
import imaplib
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from feeds import addresses
from feeds.addresses import Origin
from feeds.contract import FeedError
from warp_hub.advisories.mailbox import opening
from warp_hub.text import one_line

STEP_SECONDS, WHOLE_SECONDS = 30.0, 240.0
MOST_A_RUN = 200
_SLACK = 64 * 1024
_UID = re.compile(rb"[1-9]\d{0,9}")


class MailboxDown(Exception):
    """A mailbox cannot be looked into; the text is one sentence without any secret."""

    for_the_command_line = True


@dataclass(frozen=True)
class Place:
    """Where a mailbox is and how it is opened."""

    host: str
    port: int
    username: str
    password: str
    folder: str
    allow_private: bool


class Box:
    """An open mailbox."""

    def __init__(self, connection: imaplib.IMAP4) -> None:
        self._connection = connection
        _kind, offered = connection.capability()  # more of them once somebody has signed in
        self._removes_one = any(b"UIDPLUS" in line.upper() for line in offered if isinstance(line, bytes))

    def waiting(self) -> list[str]:
        """Return the names of the mails in it, oldest first, no more than one run takes.

        Of more these are the oldest and the newest, so that those which must wait keep no others waiting.
        """
        _kind, answers = self._connection.uid("SEARCH", "UNDELETED")
        words = b" ".join(answer for answer in answers if isinstance(answer, bytes)).split()
        found = [word.decode() for word in words if _UID.fullmatch(word)]
        half = MOST_A_RUN // 2
        return found if len(found) <= MOST_A_RUN else [*found[:half], *found[-half:]]

    def read(self, uid: str) -> bytes | None:
        """Return a mail as it came, no more of it than is ever read; None where it is gone."""
        _kind, answers = self._connection.uid("FETCH", uid, f"(BODY.PEEK[]<0.{opening.LARGEST + 1}>)")
        return next((answer[1] for answer in answers if isinstance(answer, tuple)), None)

    def throw_away(self, uid: str) -> None:
        """Remove a mail for good."""
        self._connection.uid("STORE", uid, "+FLAGS.SILENT", "(\\Deleted)")
        if self._removes_one:
            self._connection.uid("EXPUNGE", uid)
        else:
            self._connection.expunge()


@contextlib.contextmanager
def opened(place: Place, *, step: float = STEP_SECONDS, whole: float = WHOLE_SECONDS) -> Iterator[Box]:
    """Have a mailbox open for the length of a `with`; raise MailboxDown with one sentence for whatever goes wrong."""
    with _said_plainly(place):
        connection = _Bounded(place, step)
        deadline = threading.Timer(whole, connection.cut)
        deadline.daemon = True
        deadline.start()
        try:
            connection.login(place.username, place.password)
            kind, _answer = connection.select(_quoted(place.folder))
            if kind != "OK":
                raise MailboxDown(f"{place.host} has no folder {place.folder} for this user.")
            yield Box(connection)
        finally:
            deadline.cancel()
            with contextlib.suppress(imaplib.IMAP4.error, OSError):
                connection.logout()


class _Bounded(imaplib.IMAP4_SSL):
    """Connects to the address that was checked and takes no more than a mail may be long."""

    def __init__(self, place: Place, step: float) -> None:
        origin = Origin("https", place.host, place.port)
        (self._address, *_others) = addresses.resolve(origin, place.allow_private, step)
        super().__init__(place.host, place.port, ssl_context=ssl.create_default_context(), timeout=step)

    def _create_socket(self, timeout: float | None) -> ssl.SSLSocket:
        plain = socket.create_connection((str(self._address), self.port), timeout)
        encrypted: ssl.SSLSocket = self.ssl_context.wrap_socket(plain, server_hostname=self.host)
        return encrypted

    def read(self, size: int) -> bytes:
        """Read a literal, unless it is longer than any that was asked for."""
        if size > opening.LARGEST + _SLACK:
            raise self.abort("a mail longer than was asked for")
        return super().read(size)

    def cut(self) -> None:
        """End a conversation that drips on for too long."""
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def _said_plainly(place: Place) -> Iterator[None]:
    try:
        yield
    except FeedError as error:
        raise MailboxDown(error.sentence.replace("source", "mailbox")) from None
    except ssl.SSLCertVerificationError as error:
        raise MailboxDown(f"The certificate of {place.host} does not verify: {error.verify_message}.") from None
    except TimeoutError:
        raise MailboxDown(f"{place.host} does not answer in time.") from None
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise MailboxDown(f"{place.host} cannot be reached on port {place.port}: {why}.") from None
    except imaplib.IMAP4.abort:
        raise MailboxDown(f"{place.host} broke off.") from None
    except imaplib.IMAP4.error as error:
        said = str(error).replace(place.password, "…")
        raise MailboxDown(f"{place.host} refuses: {one_line(said, 120)}.") from None


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
