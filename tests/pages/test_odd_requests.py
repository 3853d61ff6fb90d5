"""Requests no browser sends get a calm answer with the usual headers, never a fault."""

from typing import Any

import pytest

from tests.page_client import PageClient
from tests.pages.conftest import client_of
from tests.pages.sample import sample_app

OURS = {"Origin": "http://localhost"}
ODD: dict[str, tuple[int, dict[str, Any]]] = {
    "a host that is not ours": (400, {"path": "/", "headers": {"Host": "evil.example"}}),
    "a post to a host that is not ours": (
        400,
        {"path": "/form", "method": "POST", "headers": {"Host": "evil.example"}},
    ),
    "too long a body": (413, {"path": "/form", "method": "POST", "data": {"note": "x" * 5000}, "headers": OURS}),
    "broken parts": (400, {"path": "/form", "method": "POST", "data": b"\xff", "content_type": "multipart/form-data"}),
    "broken JSON": (400, {"path": "/form", "method": "POST", "data": b"{", "content_type": "application/json"}),
    "a path that is no text": (404, {"path": "/%ff%fe"}),
    "a path with a null": (404, {"path": "/a%00b"}),
    "a method that is traced": (405, {"path": "/", "method": "TRACE"}),
    "a method nobody knows": (405, {"path": "/", "method": "FOO"}),
    "arguments that are no text": (200, {"path": "/advisories?before=%ff&after=%ff"}),
    "a thousand arguments": (200, {"path": "/advisories?" + "a=1&" * 1000}),
    "cookies that are not ours": (200, {"path": "/", "headers": {"Cookie": "language=\xff; session=garbage; ;="}}),
    "wishes for languages that are none": (200, {"path": "/", "headers": {"Accept-Language": "*;q=nan, " * 500}}),
    "a referrer that is no address": (303, {"path": "/language/cy", "headers": {"Referer": "http://[localhost/%ff"}}),
}


@pytest.fixture
def client() -> PageClient:
    return client_of(sample_app(TRUSTED_HOSTS=["localhost"], MAX_CONTENT_LENGTH=1000))


@pytest.mark.parametrize("oddity", ODD)
def test_it_is_answered_calmly(client: PageClient, oddity: str) -> None:
    status, request = ODD[oddity]

    response = client.open(**request)

    assert response.status_code == status
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
