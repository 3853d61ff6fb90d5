"""A mail server as the way out, verb by verb, so that each answer is understood for what it is.

`smtps://` encrypts from the start, `smtp+starttls://` insists on STARTTLS, both with a certificate that
verifies. `smtp://` is for a relay close by: it encrypts where the relay offers it and never sends a password.
"""

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from warp_hub.config import ConfigurationError
from warp_hub.mail.message import one_line
from warp_hub.mail.outbox import domain
from warp_hub.mail.troubles import CarrierDown, PutOff, Refused, Unclear

PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
STEP_SECONDS = 30.0
SEND_SECONDS = 300.0
LEAVE_SECONDS = 3.0
LONGEST_ANSWER = 200
TAKEN, GO_AHEAD, DEFERRAL, GOING_AWAY, REFUSAL, TOO_BIG = 200, 354, 400, 421, 500, 552
NO_SUCH_MAILBOX = (550, 551, 553)


@dataclass(frozen=True)
class Server:
    """Where the mail server is and how it is spoken to."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = ""

    @classmethod
    def of(cls, url: str) -> "Server":
        """Read WARP_HUB_SMTP_URL; raise ConfigurationError with one clear line."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port or PORTS[parts.scheme]
        except (KeyError, ValueError):
            raise ConfigurationError(
                "WARP_HUB_SMTP_URL must begin with smtps://, smtp+starttls:// or smtp:// and name a server"
            ) from None
        if not host:
            raise ConfigurationError("WARP_HUB_SMTP_URL names no server")
        if parts.username and parts.scheme == "smtp":
            raise ConfigurationError(
                "WARP_HUB_SMTP_URL would send a password in the clear: use smtps:// or smtp+starttls://"
            )
        return cls(parts.scheme, host, port, unquote(parts.username or ""), unquote(parts.password or ""))


class SmtpCarrier:
    """Hands each message to a mail server."""

    def __init__(self, url: str, *, step: float = STEP_SECONDS, whole: float = SEND_SECONDS) -> None:
        self._server = Server.of(url)
        self._step = step
        self._whole = whole

    def send(self, message: EmailMessage, name: str, *, again: bool) -> None:  # noqa: ARG002
        """Hand one message over; a try that was cut off shows by its Message-ID alone."""
        with _said_plainly(self._server):
            connection = _connect(self._server, self._step)
        cut = threading.Event()
        deadline = threading.Timer(self._whole, _cut, [connection, cut])
        deadline.daemon = True
        deadline.start()
        try:
            with _said_plainly(self._server):
                _introduce(connection, self._server)
                _envelope(connection, message)
                _begin_text(connection, message)
            _end_text(connection, cut)
        finally:
            deadline.cancel()
            _take_leave(connection)


def _connect(server: Server, step: float) -> smtplib.SMTP:
    if server.scheme == "smtps":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(server.host, server.port, local_hostname=domain(), timeout=step, context=context)
    return smtplib.SMTP(server.host, server.port, local_hostname=domain(), timeout=step)


def _introduce(connection: smtplib.SMTP, server: Server) -> None:
    connection.ehlo_or_helo_if_needed()
    if server.scheme == "smtp+starttls":
        connection.starttls(context=ssl.create_default_context())
        connection.ehlo()
    elif server.scheme == "smtp" and connection.has_extn("starttls"):
        connection.starttls(context=_unverified())
        connection.ehlo()
    if server.user:
        connection.login(server.user, server.password)


def _envelope(connection: smtplib.SMTP, message: EmailMessage) -> None:
    size = [f"size={len(message.as_bytes())}"] if connection.has_extn("size") else []
    code, answer = connection.mail(message["From"].addresses[0].addr_spec, size)
    if code >= REFUSAL and code != TOO_BIG:
        raise CarrierDown(f"the mail server does not take letters from us: {_plain(code, answer)}")
    _judge(code, answer)
    code, answer = connection.rcpt(message["To"].addresses[0].addr_spec)
    _judge(code, answer, of_address=True)


def _begin_text(connection: smtplib.SMTP, message: EmailMessage) -> None:
    code, answer = connection.docmd("DATA")
    if code != GO_AHEAD:
        _judge(code, answer)
        raise CarrierDown(f"the mail server says what none says: {_plain(code, answer)}")
    connection.send(re.sub(rb"(?m)^\.", b"..", message.as_bytes()))


def _end_text(connection: smtplib.SMTP, cut: threading.Event) -> None:
    """From the final dot on the server may have the letter whatever happens to its answer."""
    try:
        connection.send(b"\r\n.\r\n")
        code, answer = connection.getreply()
    except (smtplib.SMTPException, OSError):
        code, answer = 0, b""
    if code < TAKEN or cut.is_set():  # what was read of an answer that was cut off is none
        raise Unclear("the connection broke at the very end: nobody knows whether it arrived")
    _judge(code, answer)


def _judge(code: int, answer: bytes, *, of_address: bool = False) -> None:
    if code == GOING_AWAY:
        raise CarrierDown(f"the mail server is going away: {_plain(code, answer)}")
    if code >= REFUSAL:
        raise Refused(_plain(code, answer), address=of_address and _is_about_the_address(code, answer))
    if code >= DEFERRAL:
        raise PutOff(_plain(code, answer))
    if not TAKEN <= code < GO_AHEAD:
        raise CarrierDown(f"the mail server says what none says: {_plain(code, answer)}")


def _is_about_the_address(code: int, answer: bytes) -> bool:
    """Tell an address that does not exist from a policy: 5.1.x and 5.2.x are about the mailbox (RFC 3463)."""
    status = re.match(rb"5\.(\d+)\.\d+", answer)
    return status[1] in (b"1", b"2") if status else code in NO_SUCH_MAILBOX


@contextmanager
def _said_plainly(server: Server) -> Iterator[None]:
    """Turn whatever goes wrong before the text is complete into one sentence: no letter was taken."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise CarrierDown(f"the certificate of {server.host} does not verify: {error.verify_message}") from None
    except smtplib.SMTPAuthenticationError as error:
        raise CarrierDown(f"{server.host} refuses our user or password: {error.smtp_code}") from None
    except smtplib.SMTPNotSupportedError as error:
        raise CarrierDown(f"{server.host} does not offer what is needed: {one_line(str(error))}") from None
    except smtplib.SMTPResponseException as error:
        raise CarrierDown(f"{server.host} answers {_plain(error.smtp_code, error.smtp_error)}") from None
    except smtplib.SMTPException as error:
        raise CarrierDown(f"{server.host} broke off: {one_line(str(error))[:LONGEST_ANSWER]}") from None
    except TimeoutError:
        raise CarrierDown(f"{server.host} does not answer on port {server.port}") from None
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise CarrierDown(f"{server.host} cannot be reached on port {server.port}: {why}") from None


def _plain(code: int, answer: bytes | str) -> str:
    words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return one_line(f"{code} {words}")[:LONGEST_ANSWER]


def _unverified() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _cut(connection: smtplib.SMTP, cut: threading.Event) -> None:
    """End a conversation that drips on for too long."""
    cut.set()
    with suppress(OSError):
        if connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)


def _take_leave(connection: smtplib.SMTP) -> None:
    with suppress(smtplib.SMTPException, OSError):
        if connection.sock is not None:
            connection.sock.settimeout(LEAVE_SECONDS)
            connection.quit()
    connection.close()
