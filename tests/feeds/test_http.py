"""The guarded caller: time, bytes, credentials, TLS, retries."""

import contextlib
import gzip
import io
import itertools
import json
import random
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from feeds.contract import (
    ConnectionLost,
    Endpoint,
    FeedError,
    Limits,
    NotStix,
    PageTooLarge,
    RunTooLong,
    SourceBusy,
    SourceLied,
    SourceRefused,
    SourceTooSlow,
    SourceUnreachable,
)
from feeds.http import GuardedSession
from tests.feeds.conftest import Certificates
from tests.feeds.hostile import SECRET
from tests.feeds.servers import Reply, Script, serving


def _get(url: str, limits: Limits, **endpoint: object) -> bytes:
    with GuardedSession(Endpoint(url, allow_private=True, **endpoint), limits) as session:  # type: ignore[arg-type]
        return session.get(url).content


def _drip(pause: float) -> Iterator[bytes | float]:
    while True:
        yield b"x"
        yield pause


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"


@pytest.mark.parametrize("script", ["headers", "body", "silence", "TLS"])
def test_the_limit_of_a_page_holds_however_the_server_drags(
    script: str, quick: Limits, certificates: Certificates
) -> None:
    def answer(_: object) -> Script:
        return (
            [60.0]
            if script == "silence"
            else itertools.chain([b"HTTP/1.1 " if script == "headers" else HEAD], _drip(0.05))
        )

    with serving(answer, certificates.server if script == "TLS" else None) as server:
        url = server.url().replace("127.0.0.1", "localhost")
        started = time.monotonic()
        with pytest.raises(SourceTooSlow):
            _get(url, replace(quick, read=5, page=0.5), ca_bundle=certificates.authority)

    assert 0.4 < time.monotonic() - started < 8


def test_a_server_that_never_shakes_hands_is_left(quick: Limits, certificates: Certificates) -> None:
    with serving(lambda _: [60.0]) as server:
        url = server.url().replace("http://127.0.0.1", "https://localhost")
        started = time.monotonic()
        with pytest.raises(SourceTooSlow):
            _get(url, replace(quick, connect=0.4), ca_bundle=certificates.authority)

    assert time.monotonic() - started < 8


def test_the_run_as_a_whole_has_an_end(quick: Limits) -> None:
    with serving(lambda _: Reply(b"{}")) as server:
        endpoint = Endpoint(server.url(), allow_private=True)
        with GuardedSession(endpoint, replace(quick, run=1)) as session:
            session.get(server.url())
            time.sleep(1.05)
            with pytest.raises(RunTooLong):
                session.get(server.url())


def test_a_bomb_is_seen_while_it_is_small(quick: Limits) -> None:
    packed = gzip.compress(bytes(200_000_000), 9)
    with serving(lambda _: Reply(packed, headers={"Content-Encoding": "gzip"})) as server:
        started = time.monotonic()
        with pytest.raises(SourceLied, match="looks like an attack"):
            _get(server.url(), quick)

    assert time.monotonic() - started < 8


def test_bytes_are_counted_after_unpacking(quick: Limits) -> None:
    noise = bytes(random.Random(1).choices(b"abcdefgh", k=300_000))
    with serving(lambda _: Reply(gzip.compress(noise), headers={"Content-Encoding": "gzip"})) as server:
        assert _get(server.url(), replace(quick, page_bytes=300_000)) == noise
        with pytest.raises(PageTooLarge):
            _get(server.url(), replace(quick, page_bytes=299_999))


def test_several_gzip_members_are_one_body(quick: Limits) -> None:
    packed = gzip.compress(b"one ") + gzip.compress(b"two")
    with serving(lambda _: Reply(packed, headers={"Content-Encoding": "x-gzip"})) as server:
        assert _get(server.url(), quick) == b"one two"


def test_a_body_announced_as_too_long_is_not_read(quick: Limits) -> None:
    with serving(lambda _: [b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", 60.0]) as server:
        started = time.monotonic()
        with pytest.raises(PageTooLarge):
            _get(server.url(), quick)

    assert time.monotonic() - started < 8


def test_credentials_go_to_their_own_origin_alone(quick: Limits) -> None:
    with serving(lambda _: Reply({})) as home, serving(lambda _: Reply({})) as elsewhere:
        endpoint = Endpoint(home.url(), "feed", SECRET, allow_private=True)
        with GuardedSession(endpoint, quick) as session:
            session.get(home.url("/a"))
            for url in (
                elsewhere.url(),
                home.url().replace("127.0.0.1", "localhost"),
                home.url().replace("http", "https"),
            ):
                with pytest.raises(SourceLied, match="only to its own"):
                    session.get(url)

        assert "authorization" in home.requests[0].headers
        assert elsewhere.connections == 0


def test_no_proxy_netrc_or_cookie_takes_part(quick: Limits, monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    with (
        serving(lambda _: Reply({}, headers={"Set-Cookie": "a=b; Path=/"})) as server,
        serving(lambda _: Reply({})) as proxy,
    ):
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url())
        with GuardedSession(Endpoint(server.url(), allow_private=True), quick) as session:
            session.get(server.url())
            session.get(server.url())

        assert proxy.connections == 0
        assert all("cookie" not in request.headers for request in server.requests)


def test_one_connection_serves_many_requests(quick: Limits) -> None:
    """A server that keeps its connections is asked over the same one."""
    ports: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            ports.append(self.client_address[1])
            self.send_response(200)
            if len(ports) % 2:
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")
            else:
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                self.wfile.write(b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/"
        with GuardedSession(Endpoint(url, allow_private=True), quick) as session:
            answers = [session.get(url).json() for _ in range(5)]
        server.shutdown()
        thread.join()

    assert answers == [{}] * 5
    assert len(set(ports)) == 1


class TestTls:
    def test_the_sources_own_authority_is_trusted_for_its_name(self, quick: Limits, certificates: Certificates) -> None:
        with serving(lambda _: Reply(b"{}"), certificates.server) as server:
            url = server.url().replace("127.0.0.1", "localhost")
            assert _get(url, quick, ca_bundle=certificates.authority) == b"{}"

    def test_an_unknown_authority_is_refused(self, quick: Limits, certificates: Certificates) -> None:
        with serving(lambda _: Reply(b"{}"), certificates.server) as server:
            with pytest.raises(SourceUnreachable, match="certificate") as refused:
                _get(server.url().replace("127.0.0.1", "localhost"), quick)

            assert refused.value.permanent
            assert not server.requests

    def test_a_certificate_of_another_name_is_refused(self, quick: Limits, certificates: Certificates) -> None:
        with serving(lambda _: Reply(b"{}"), certificates.server) as server:
            with pytest.raises(SourceUnreachable, match="certificate"):
                _get(server.url(), quick, ca_bundle=certificates.authority)

            assert not server.requests

    def test_a_server_that_speaks_no_tls_is_unreachable(self, hasty: Limits) -> None:
        with serving(lambda _: Reply(b"{}")) as server, pytest.raises(SourceUnreachable):
            _get(server.url().replace("http", "https"), hasty)

    def test_a_client_certificate_is_shown(self, quick: Limits, certificates: Certificates) -> None:
        certificates.server.load_verify_locations(certificates.authority)
        certificates.server.verify_mode = ssl.CERT_REQUIRED
        try:
            with serving(lambda _: Reply(b"{}"), certificates.server) as server:
                url = server.url().replace("127.0.0.1", "localhost")
                pair = (certificates.authority, certificates.authority.replace("cert.pem", "key.pem"))
                assert _get(url, quick, ca_bundle=certificates.authority, client_cert=pair) == b"{}"
                with pytest.raises(SourceUnreachable):
                    _get(url, quick, ca_bundle=certificates.authority)
        finally:
            certificates.server.verify_mode = ssl.CERT_NONE

    def test_a_missing_certificate_file_is_said(self, quick: Limits) -> None:
        with pytest.raises(SourceRefused, match="certificate files"):
            _get("https://127.0.0.1:1/", quick, ca_bundle="/nowhere/at-all.pem")


class TestTryingAgain:
    def test_a_busy_server_is_asked_five_times_with_growing_pauses(self, quick: Limits) -> None:
        pauses: list[float] = []
        with serving(lambda _: Reply({}, 503)) as server:
            with pytest.raises(SourceBusy):
                _get(server.url(), replace(quick, sleep=pauses.append))

            assert len(server.requests) == 5
        assert len(pauses) == 4
        assert all(0 <= pause <= 2**place for place, pause in enumerate(pauses))

    @pytest.mark.parametrize("status", [401, 403, 404, 406, 415, 400, 410])
    def test_what_cannot_get_better_is_asked_once(self, status: int, quick: Limits) -> None:
        with serving(lambda _: Reply({}, status)) as server:
            with pytest.raises(SourceRefused) as refused:
                _get(server.url(), quick)

            assert refused.value.permanent
            assert str(status) in refused.value.sentence
            assert len(server.requests) == 1

    @pytest.mark.parametrize(
        ("wish", "pause"),
        [("7", 7.0), ("Sun, 01 Mar 2026 12:00:20 GMT", 20.0), ("0", 0.0), ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0)],
    )
    def test_a_wish_for_a_pause_is_met(self, wish: str, pause: float, quick: Limits) -> None:
        pauses: list[float] = []
        now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
        replies = iter([Reply({}, 429, {"Retry-After": wish}), Reply(b"{}")])
        with serving(lambda _: next(replies)) as server:
            _get(server.url(), replace(quick, sleep=pauses.append, now=lambda: now))

        assert pauses == [pause]

    @pytest.mark.parametrize("wish", ["3600", "9" * 30, "Fri, 31 Dec 9999 23:59:59 GMT"])
    def test_a_wish_for_a_long_pause_ends_the_run_and_is_passed_on_within_reason(
        self, wish: str, quick: Limits
    ) -> None:
        pauses: list[float] = []
        with serving(lambda _: Reply({}, 503, {"Retry-After": wish})) as server:
            with pytest.raises(SourceBusy) as refused:
                _get(server.url(), replace(quick, sleep=pauses.append))

            assert len(server.requests) == 1
        assert refused.value.retry_after == 900
        assert not refused.value.permanent
        assert not pauses

    def test_a_broken_line_is_tried_again(self, quick: Limits) -> None:
        replies = iter([[], [HEAD.replace(b"\r\n\r\n", b"\r\nContent-Length: 9\r\n\r\n{")], Reply(b"{}")])
        with serving(lambda _: next(replies)) as server:  # type: ignore[arg-type, return-value]
            assert _get(server.url(), quick) == b"{}"

    def test_a_line_that_always_breaks_is_given_up(self, quick: Limits) -> None:
        with serving(lambda _: []) as server:
            with pytest.raises(ConnectionLost):
                _get(server.url(), quick)

            assert len(server.requests) == 5

    def test_a_closed_port_is_said_at_once(self, quick: Limits) -> None:
        with serving(lambda _: []) as server:
            url = server.url()
        with pytest.raises(SourceUnreachable, match="Nothing answers") as refused:
            _get(url, quick)

        assert not refused.value.permanent


class TestErrors:
    def test_what_the_server_says_is_shown_in_plain_characters(self, quick: Limits) -> None:
        title = "No such <b>collection</b>\r\nBcc: x \u202e" + "y" * 500
        with serving(lambda _: Reply({"title": title}, 404)) as server, pytest.raises(SourceRefused) as refused:
            _get(server.url(), quick)

        assert "No such b collection" in refused.value.sentence
        assert not set("<>\r\n\u202e") & set(refused.value.sentence)
        assert len(refused.value.sentence) < 250

    @pytest.mark.parametrize("echo", [SECRET, "ZmVlZDpjb3JyZWN0LWhvcnNlLWJhdHRlcnk="])
    def test_an_echoed_secret_is_not_shown(self, echo: str, quick: Limits) -> None:
        with serving(lambda _: Reply({"title": f"bad {echo}"}, 401)) as server, pytest.raises(SourceRefused) as refused:
            _get(server.url(), quick, username="feed", password=SECRET)

        assert refused.value.sentence == "The source did not accept the user name and password (401)."

    def test_the_path_of_an_address_is_not_shown(self, quick: Limits) -> None:
        with serving(lambda _: []) as server, pytest.raises(FeedError) as refused:
            _get(server.url("/token-in-the-path/"), quick)

        assert "token-in-the-path" not in refused.value.sentence

    def test_json_is_read_strictly(self, quick: Limits) -> None:
        with serving(lambda _: Reply(b'{"a": 1, "a": 2}')) as server:
            endpoint = Endpoint(server.url(), allow_private=True)
            with GuardedSession(endpoint, quick) as session, pytest.raises(NotStix, match="same name twice"):
                session.get(server.url()).json()

    def test_noise_of_any_kind_ends_in_a_feed_error_or_an_answer(self, quick: Limits) -> None:
        for seed in range(60):
            noise = _noise(random.Random(seed))
            with serving(lambda _, noise=noise: [noise]) as server, contextlib.suppress(FeedError):  # type: ignore[misc]
                _get(server.url(), replace(quick, tries=1))


def _noise(dice: random.Random) -> bytes:
    """Return an HTTP answer in which some bytes are not what they should be."""
    body = gzip.compress(json.dumps({"objects": []}).encode())
    whole = io.BytesIO()
    whole.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n")
    whole.write(b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n")
    changed = bytearray(whole.getvalue())
    for _ in range(dice.randint(1, 8)):
        changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed[: dice.randrange(len(changed))] if dice.random() < 0.3 else changed)
