"""Which addresses are called: none inside our own network, however it is spelt."""

import socket
from ipaddress import ip_address
from typing import Any

import pytest

from feeds import opening
from feeds.addresses import objection, origin_of, resolve
from feeds.contract import AddressRefused, Endpoint, FeedError, Limits, SourceUnreachable
from tests.feeds.hostile import HOSTILE_ADDRESSES
from tests.feeds.samples import indicator
from tests.feeds.servers import HonestTaxii, Reply, serving


@pytest.mark.parametrize("url", HOSTILE_ADDRESSES)
@pytest.mark.parametrize("kind", ["taxii21", "bundle"])
def test_a_hostile_address_is_refused(kind: str, url: str, quick: Limits) -> None:
    if kind == "bundle" and "://" not in url.replace("file://", ""):
        return  # a path, for a bundle
    with pytest.raises(AddressRefused) as refused:
        list(opening.pull(kind, Endpoint(url), None, quick))

    assert refused.value.permanent
    assert refused.value.sentence.endswith(".")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "0x7f000001", "2130706433", "[::ffff:127.0.0.1]", "0"]
)
def test_a_loopback_listener_is_never_reached(host: str, quick: Limits) -> None:
    with serving(lambda _: Reply({})) as server:
        with pytest.raises(AddressRefused):
            list(opening.pull("taxii21", Endpoint(f"http://{host}:{server.port}/taxii2/"), None, quick))

        assert server.connections == 0


@pytest.mark.parametrize(
    "odd", ["http://127.1/", "http://2130706433/", "http://169.254.169.254/", "http://[64:ff9b::7f00:1]/", "http://0/"]
)
def test_a_source_that_permits_private_addresses_still_has_limits(odd: str, quick: Limits) -> None:
    with pytest.raises(AddressRefused):
        list(opening.pull("taxii21", Endpoint(odd, allow_private=True), None, quick))


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4009:80b::200e"])
def test_public_addresses_are_permitted(address: str) -> None:
    assert objection(ip_address(address), allow_private=False) is None


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.1.2.3", "192.168.0.9", "fc00::1", "::ffff:10.0.0.1"])
def test_private_addresses_are_permitted_only_where_the_source_says_so(address: str) -> None:
    assert objection(ip_address(address), allow_private=False)
    assert objection(ip_address(address), allow_private=True) is None


@pytest.mark.parametrize(
    "answers", [["10.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["2002:7f00:1::"], ["8.8.8.8", "fe80::1%eth0"]]
)
def test_every_answer_of_the_name_service_must_be_permitted(
    answers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _name_service(monkeypatch, answers)

    with pytest.raises(AddressRefused):
        resolve(origin_of("https://feed.example/"), allow_private=False, patience=1)


def test_a_name_is_looked_up_once_for_a_whole_pull(monkeypatch: pytest.MonkeyPatch, quick: Limits) -> None:
    honest = HonestTaxii([indicator(n) for n in range(50)], page=10)
    with serving(honest) as server:
        asked = _name_service(monkeypatch, ["127.0.0.1"])
        endpoint = Endpoint(f"http://feed.example:{server.port}/taxii2/", allow_private=True)
        found = [each for page in opening.pull("taxii21", endpoint, None, quick) for each in page.objects]

    assert len(found) == 50
    assert asked == ["feed.example"]
    assert {f"http://{request.headers['host']}/taxii2/" for request in server.requests} == {endpoint.url}


def test_a_name_nobody_knows_is_unreachable_and_not_permanent(monkeypatch: pytest.MonkeyPatch, quick: Limits) -> None:
    _name_service(monkeypatch, [])

    with pytest.raises(SourceUnreachable) as refused:
        list(opening.pull("taxii21", Endpoint("https://feed.example/taxii2/"), None, quick))

    assert not refused.value.permanent


def test_plain_http_is_for_private_sources_alone(monkeypatch: pytest.MonkeyPatch, quick: Limits) -> None:
    _name_service(monkeypatch, ["8.8.8.8"])

    with pytest.raises(AddressRefused, match="Use an https address"):
        list(opening.pull("taxii21", Endpoint("http://feed.example/taxii2/", "u", "p"), None, quick))


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Feed.Example/a", ("https", "feed.example", 443)),
        ("HTTPS://feed.example.:8443/a?b#c", ("https", "feed.example", 8443)),
        ("http://[2001:db8:0::1]:80/", ("http", "2001:db8::1", 80)),
        ("https://xn--bcher-kva.example", ("https", "xn--bcher-kva.example", 443)),
    ],
)
def test_an_origin_is_read_in_one_way(url: str, origin: tuple[str, str, int]) -> None:
    found = origin_of(url)

    assert (found.scheme, found.host, found.port) == origin


@pytest.mark.parametrize("inside", ["10.20.30.40", "127.0.0.1", "169.254.169.254", "fd00::1"])
def test_where_a_name_leads_inside_a_network_is_for_the_log_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, inside: str
) -> None:
    _name_service(monkeypatch, [inside])
    with pytest.raises(FeedError) as refused:
        resolve(origin_of("https://files.example/"), allow_private=False, patience=5)
    assert refused.value.sentence == "files.example leads inside a network: we do not send requests there."
    assert inside in caplog.text


def test_kinds_without_a_connector_are_refused_in_a_sentence() -> None:
    for kind in ("pigeon", "carrier pigeon"):
        for ask in (opening.pull, opening.test):
            with pytest.raises(FeedError, match="use taxii21, taxii20, bundle, csaf, rss, kev or misp") as refused:
                ask(kind, Endpoint("https://example.org/"))
            assert refused.value.permanent


def _name_service(monkeypatch: pytest.MonkeyPatch, answers: list[str]) -> list[str]:
    """Let every name lead to these addresses; return the list of names that are asked for."""
    asked: list[str] = []

    def look_up(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        if host == "127.0.0.1":
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]
        asked.append(host)
        if not answers:
            raise socket.gaierror("unknown")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in answers]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked
