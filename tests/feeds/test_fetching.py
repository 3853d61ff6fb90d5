"""One document from the web, and sources behind a certificate of their own, over real connections."""

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from feeds import opening
from feeds.contract import AddressRefused, Endpoint, FeedError, Limits, NotStix, PageTooLarge, SourceUnreachable
from tests.feeds.contract import taken
from tests.feeds.dialects import bundle_of, encoded
from tests.feeds.documents import csaf, kev_entry, kev_list, rss, rss_item
from tests.feeds.hostile import HOSTILE_ADDRESSES
from tests.feeds.samples import indicator
from tests.feeds.servers import LoopbackServer, Reply, serving

PAGES = ("text/html", "text/plain")


def _get(server: LoopbackServer, limits: Limits) -> opening.Fetched:
    return opening.fetch(server.url("/a"), media_types=PAGES, limits=limits, allow_private=True)


def test_a_document_is_fetched_with_its_kind(quick: Limits) -> None:
    with serving(lambda _: Reply(b"<p>Hello", headers={"Content-Type": "Text/HTML; charset=utf-8"})) as server:
        found = _get(server, quick)
        assert found == opening.Fetched("text/html", b"<p>Hello", server.url("/a"))
        assert server.requests[0].headers["accept"] == "text/html, text/plain"


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        (Reply(b"MZ", headers={"Content-Type": "application/octet-stream"}), NotStix),
        (Reply(b"x" * 2_000, headers={"Content-Type": "text/html"}), PageTooLarge),
        (Reply(status=302, headers={"Location": "http://127.0.0.1:1/"}), FeedError),
        (Reply(status=401), FeedError),
    ],
)
def test_what_is_of_another_kind_or_size_or_elsewhere_is_refused(
    reply: Reply, fault: type[FeedError], quick: Limits
) -> None:
    with serving(lambda _: reply) as server, pytest.raises(fault) as refused:
        _get(server, replace(quick, page_bytes=1_000))
    assert refused.value.sentence.endswith(".")


def test_nothing_is_fetched_from_inside_our_own_network() -> None:
    with serving(lambda _: Reply(b"x", headers={"Content-Type": "text/plain"})) as server:
        for address in (server.url("/"), *HOSTILE_ADDRESSES):
            with pytest.raises(FeedError):
                opening.fetch(address, media_types=PAGES)
        with pytest.raises(AddressRefused):
            opening.fetch(server.url("/"), media_types=PAGES)
        assert server.connections == 0


class _Papers(NamedTuple):
    """An authority, and a server and a client that it vouches for."""

    authority: str
    client: str
    server: ssl.SSLContext


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> _Papers:
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("needs the openssl program to make certificates")
    folder = tmp_path_factory.mktemp("papers")
    new = "req -newkey rsa:2048 -nodes"
    orders = [f"{new} -x509 -keyout ca.key -out ca.pem -days 2 -subj /CN=Authority"]
    for name in ("localhost", "client"):
        (folder / f"{name}.ext").write_text(f"subjectAltName=DNS:{name}")
        signed = f"-CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile {name}.ext"
        orders += [f"{new} -keyout {name}.key -out {name}.csr -subj /CN={name}"]
        orders += [f"x509 -req -in {name}.csr {signed} -out {name}.crt"]
    for order in orders:
        subprocess.run([program, *order.split()], cwd=folder, check=True, capture_output=True)
    (folder / "client.pem").write_bytes((folder / "client.crt").read_bytes() + (folder / "client.key").read_bytes())
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(folder / "ca.pem"))
    context.load_cert_chain(folder / "localhost.crt", folder / "localhost.key")
    context.verify_mode = ssl.CERT_REQUIRED
    return _Papers(str(folder / "ca.pem"), str(folder / "client.pem"), context)


@contextmanager
def _behind(papers: _Papers, document: bytes) -> Iterator[Endpoint]:
    with serving(lambda _: Reply(document), papers.server) as server:
        url = server.url("/feed.json").replace("127.0.0.1", "localhost")
        yield Endpoint(url, allow_private=True, client_cert=papers.client, ca_bundle=papers.authority)


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        ("bundle", bundle_of([indicator(1)])),
        ("csaf", encoded(csaf(1))),
        ("rss", rss([rss_item(1)])),
        ("kev", kev_list([kev_entry(1)])),
    ],
)
def test_every_kind_shows_its_certificate_and_trusts_the_authority_of_its_source_alone(
    kind: str, document: bytes, papers: _Papers, quick: Limits
) -> None:
    with _behind(papers, document) as endpoint:
        found, bad = taken(opening.pull(kind, endpoint, None, quick))
        assert found
        assert not bad
        without = replace(quick, tries=1)
        for poorer in (replace(endpoint, client_cert=None), replace(endpoint, ca_bundle=None)):
            with pytest.raises(SourceUnreachable):
                taken(opening.pull(kind, poorer, None, without))


@pytest.mark.parametrize("kind", ["rss", "kev"])
def test_a_folder_of_lists_is_refused_since_only_one_could_be_meant(kind: str, tmp_path: Path, quick: Limits) -> None:
    (tmp_path / "a.json").write_bytes(kev_list([]))
    (tmp_path / "a.xml").write_bytes(rss([]))
    for ask in (opening.test, lambda *asked: list(opening.pull(asked[0], asked[1], None, asked[2]))):
        with pytest.raises(SourceUnreachable, match="This is a folder"):
            ask(kind, Endpoint(str(tmp_path)), quick)
