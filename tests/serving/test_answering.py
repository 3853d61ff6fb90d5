"""The web server: answers what has begun before it leaves, and is not stopped by clients that never finish."""

import http.client
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.mail.servers import free_port

ROOT = Path(__file__).parents[2]
Server = tuple[int, "subprocess.Popen[str]"]


@pytest.fixture
def server() -> Iterator[Server]:
    """Run the small web server."""
    port = free_port()
    command = [sys.executable, "-m", "tests.serving.small_web", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "listening\n"
        yield port, process
    finally:
        process.kill()
        process.communicate()


def test_an_answer_that_was_begun_is_sent_whole_before_the_server_leaves(server: Server) -> None:
    port, process = server
    got: list[bytes] = []
    asking = threading.Thread(target=lambda: got.append(_get(port, "/slow")))
    asking.start()
    _wait_for_request(process)

    begun = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    asking.join(5)

    assert got == [b"s" * 3_000_000]
    assert time.monotonic() - begun < 6
    with pytest.raises(OSError):  # noqa: PT011 - refused or reset, as the system has it
        _get(port, "/")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_server_stops_at_once_also_with_connections_kept_open(server: Server, number: signal.Signals) -> None:
    port, process = server
    with _kept_open(port):
        begun = time.monotonic()
        process.send_signal(number)
        assert process.wait(10) == 0
        assert time.monotonic() - begun < 2


def test_a_request_that_never_ends_is_left_behind(server: Server) -> None:
    port, process = server
    asking = threading.Thread(target=_get_or_lose, args=(port, "/stuck"))
    asking.start()
    _wait_for_request(process)

    begun = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(12) == 0
    asking.join(5)
    assert time.monotonic() - begun < 9


def test_three_hundred_clients_that_never_finish_their_request_stop_nobody(server: Server) -> None:
    port, _ = server
    with ExitStack() as open_ones:
        for _number in range(300):
            client = open_ones.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
            client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        begun = time.monotonic()
        assert _get(port, "/") == b"fast"
        assert time.monotonic() - begun < 2


def test_the_server_does_not_say_what_it_is(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server[0], timeout=5)
    connection.request("GET", "/")
    answer = connection.getresponse()
    answer.read()
    connection.close()

    assert answer.getheader("Server") is None


def _get(port: int, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path)
        return connection.getresponse().read()
    finally:
        connection.close()


def _get_or_lose(port: int, path: str) -> None:
    try:
        _get(port, path)
    except (OSError, http.client.HTTPException):
        return


@contextmanager
def _kept_open(port: int) -> Iterator[None]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", "/")
    connection.getresponse().read()
    try:
        yield
    finally:
        connection.close()


def _wait_for_request(process: "subprocess.Popen[str]") -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
