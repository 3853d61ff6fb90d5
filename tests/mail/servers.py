# ruff: noqa: N802
"""Mail servers for the tests: one that behaves, and ones that do not, all real and on loopback."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

CERTIFICATE = Path(__file__).parent / "localhost.pem"


@dataclass
class Office:
    """Takes letters; `answers` maps a verb, or a recipient, to what is answered instead of yes."""

    answers: dict[str, str] = field(default_factory=dict)
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    greetings: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    signed_in: list[bool] = field(default_factory=list)
    at: Callable[[str], None] = lambda _verb: None
    port: int = 0

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.greetings.append(hostname)
        session.host_name = hostname
        self.at("EHLO")
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.at("MAIL")
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.at("RCPT")
        answer = self.answers.get(address) or self.answers.get("RCPT", "250 OK")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.answers.get("DATA", "250 OK")
        if answer.startswith("2") or answer == "drop":
            content = envelope.content
            assert isinstance(content, bytes)
            self.letters.append(message_from_bytes(content, policy=policy.default))  # type: ignore[arg-type]
            self.recipients.append(list(envelope.rcpt_tos))
            self.senders.append(envelope.mail_from or "")
            assert server.transport is not None
            self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
            self.signed_in.append(bool(session.authenticated))
        self.at("DATA")
        if answer == "drop":
            assert server.transport is not None
            server.transport.abort()
        return answer


@contextmanager
def office(**options: Any) -> Iterator[Office]:
    """Run a mail server; `tls` is "starttls" or "smtps", `password` asks for it after encryption."""
    tls, password = options.pop("tls", None), options.pop("password", None)
    handler = Office(**options)
    handler.port = free_port()
    context = _context() if tls else None

    def protocol() -> SMTP:
        return SMTP(
            handler,
            hostname="localhost",
            loop=loop,
            tls_context=context if tls == "starttls" else None,
            require_starttls=tls == "starttls",
            authenticator=_checking(password) if password else None,
            auth_required=bool(password) and tls == "starttls",
            auth_require_tls=tls == "starttls",
        )

    loop = asyncio.new_event_loop()
    listening = loop.create_server(protocol, "localhost", handler.port, ssl=context if tls == "smtps" else None)
    server = loop.run_until_complete(listening)
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield handler
    finally:
        asyncio.run_coroutine_threadsafe(_close(server), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


async def _close(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def _checking(password: str) -> Callable[..., AuthResult]:
    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == password.encode(), handled=False)

    return check


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


@contextmanager
def scripted(*answers: str | None) -> Iterator[int]:
    """Run a server that answers each line by the next of these; None hangs, "drop" breaks off, "…" drips for ever."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()
    thread = threading.Thread(target=_recite, args=(listener, answers, over), daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        over.set()
        listener.close()
        thread.join(5)


def _recite(listener: socket.socket, answers: tuple[str | None, ...], over: threading.Event) -> None:
    listener.settimeout(0.1)
    while not over.is_set():
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            continue
        except OSError:
            return
        with connection:
            connection.settimeout(5)
            try:
                _converse(connection, answers, over)
            except OSError:
                continue


def _converse(connection: socket.socket, answers: tuple[str | None, ...], over: threading.Event) -> None:
    lines = connection.makefile("rb")
    for number, answer in enumerate(answers):
        if number and not _heard(lines, answers[number - 1]):
            return
        if answer == "drop":
            return
        if answer == "…":
            while not over.wait(0.05):
                connection.sendall(b"2")
            return
        if answer is None:
            over.wait(30)
            return
        connection.sendall(answer.encode() + b"\r\n")
    while lines.readline():
        connection.sendall(b"221 bye\r\n")


def _heard(lines: Any, last: str | None) -> bool:
    """Read the client's next line, or its whole text after the go-ahead."""
    if last is None or not last.startswith("354"):
        return bool(lines.readline())
    while (line := lines.readline()) not in (b".\r\n", b""):
        pass
    return bool(line)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


__all__ = ["CERTIFICATE", "Office", "free_port", "office", "scripted"]
