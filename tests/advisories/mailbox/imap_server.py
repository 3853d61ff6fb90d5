"""A real IMAP server for the tests: pymap in a process of its own, with TLS put before it, on loopback."""

import asyncio
import contextlib
import imaplib
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.mail.servers import CERTIFICATE, free_port

USER, PASSWORD = "midshire", "a password for the tests"


@dataclass
class ImapServer:
    """Where it listens, and what lies in its mailbox; `conversations` counts who came over TLS."""

    port: int
    plain_port: int
    conversations: int = 0

    def put(self, *mails: bytes) -> None:
        """Put mails into the mailbox."""
        with self._signed_in() as connection:
            for content in mails:
                connection.append("INBOX", "", "", content)

    def count(self) -> int:
        """Return how many mails lie in the mailbox."""
        with self._signed_in() as connection:
            _, (count, *_rest) = connection.select("INBOX", readonly=True)
            return int(count or b"0")

    @contextlib.contextmanager
    def _signed_in(self) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self.plain_port, timeout=30) as connection:
            connection.login(USER, PASSWORD)
            yield connection


@contextlib.contextmanager
def imap_server() -> Iterator[ImapServer]:
    """Run an empty mailbox behind TLS."""
    plain_port = free_port()
    command = [
        str(Path(sys.executable).with_name("pymap")),
        "--host",
        "127.0.0.1",
        "--port",
        str(plain_port),
        "--no-tls",
    ]
    account = ["dict", "--demo-user", USER, "--demo-password", PASSWORD]
    command += ["--no-service", "managesieve", "--no-service", "admin", *account]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(plain_port)
        server = ImapServer(0, plain_port)
        with _behind_tls(server):
            yield server
    finally:
        process.terminate()
        process.wait(30)


@contextlib.contextmanager
def _behind_tls(server: ImapServer) -> Iterator[None]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    loop = asyncio.new_event_loop()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.conversations += 1
        there, back = await asyncio.open_connection("127.0.0.1", server.plain_port)
        await asyncio.gather(_copy(reader, back), _copy(there, writer), return_exceptions=True)

    listening = loop.run_until_complete(asyncio.start_server(pass_on, "127.0.0.1", 0, ssl=context))
    server.port = listening.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(_close(listening), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, ssl.SSLError):
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
    writer.close()


async def _close(listening: asyncio.Server) -> None:
    listening.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def _wait_for(port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise AssertionError("the IMAP server does not come up")
