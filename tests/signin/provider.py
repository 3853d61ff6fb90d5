"""A provider of identities over real sockets: discovery, keys, codes with PKCE and tokens signed with real RSA keys.

A test says how it misbehaves: `claims` and `header` change what the next token says, `signer` who signs it,
`answers` what a path says instead.
"""

import hashlib
import json
import secrets
import threading
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from warp_hub import clock

CLIENT, SECRET = "the-hub", "the hub's own secret & more"
TENANT = "11111111-2222-4333-8444-555555555555"
OTHER_TENANT = "99999999-2222-4333-8444-555555555555"
SAM, OTHER = "aaaaaaaa-0000-4000-8000-000000000001", "aaaaaaaa-0000-4000-8000-000000000002"
Answer = Callable[["Handler"], None]


@cache
def key(name: str) -> RSAKey:
    """Return one real key of this name."""
    return RSAKey.generate_key(2048, {"kid": name})


class Provider:
    """What the provider knows and how it behaves; Microsoft under its root, another one under /generic."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []
        self.answers: dict[str, Answer] = {}
        self.behave()

    def behave(self) -> None:
        """Forget every change."""
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {}
        self.signer: Callable[[dict[str, Any], dict[str, Any]], str] = self._signed
        self.signs_with = "first"
        self.published = ["first"]
        self.key_extras: dict[str, Any] = {}
        self.answers.clear()

    def send_back(self, address: str, user: str = SAM, tenant: str = TENANT, **claims: Any) -> str:
        """Sign somebody in at the provider as a browser would and return the path at the hub they are sent to."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        is_generic = "/generic/" in address
        self.codes[code] = asked | {"user": user, "tenant": "" if is_generic else tenant}
        self.claims = self.claims | claims
        back = urlsplit(asked["redirect_uri"])
        return f"{back.path}?{urlencode({'code': code, 'state': asked['state']})}"

    def discovery(self, base: str, issuer: str) -> dict[str, Any]:
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{base}/authorize",
            "token_endpoint": f"{base}/token",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_basic"]
            if "generic" in base
            else ["client_secret_post"],
        }

    def keys(self) -> dict[str, Any]:
        return {"keys": [{**key(name).as_dict(private=False), **self.key_extras} for name in self.published]}

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != form["redirect_uri"]:
            return None
        given = form.get("client_secret") or b64decode(authorization.removeprefix("Basic ")).decode().split(":", 1)[1]
        if given not in (SECRET, urlencode({"": SECRET})[1:]):
            return None
        return {"token_type": "Bearer", "access_token": "unused", "id_token": self.signer(*self._said(asked))}

    def _said(self, asked: dict[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
        now, tenant = int(clock.now().timestamp()), asked["tenant"]
        claims: dict[str, Any] = {
            "iss": f"{self.url}/{tenant}/v2.0" if tenant else f"{self.url}/generic",
            "sub": f"pairwise-{asked['user']}",
            "aud": CLIENT,
            "iat": now,
            "nbf": now,
            "exp": now + 3600,
            "nonce": asked["nonce"],
            "preferred_username": "sam.lee@testham.example",
        }
        if tenant:
            claims |= {"tid": tenant, "oid": asked["user"]}
        claims |= self.claims
        header = {"alg": "RS256", "kid": self.signs_with} | self.header
        return header, {name: value for name, value in claims.items() if value is not None}

    def _signed(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        return jwt.encode(header, claims, key(self.signs_with))


class Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self._answer(dict(parse_qsl(self.rfile.read(length).decode())))

    def _answer(self, form: dict[str, str]) -> None:
        path, of = urlsplit(self.path).path, self.provider
        of.asked.append(path)
        strange = next((answer for end, answer in of.answers.items() if path.endswith(end)), None)
        if strange is not None:
            return strange(self)
        if path == "/organizations/v2.0/.well-known/openid-configuration":
            return self.say(of.discovery(f"{of.url}/organizations/oauth2/v2.0", f"{of.url}/{{tenantid}}/v2.0"))
        if path == "/generic/.well-known/openid-configuration":
            return self.say(of.discovery(f"{of.url}/generic", f"{of.url}/generic"))
        if path == "/keys":
            return self.say(of.keys())
        if path.endswith("/authorize"):
            return self.sent_back()
        if path.endswith("/token"):
            given = of.token(form, self.headers.get("Authorization", ""))
            return self.say(given or {"error": "invalid_grant"}, 200 if given else 400)
        return self.say({}, 404)

    def sent_back(self) -> None:
        """Send a real browser back at once, as a provider does where somebody is signed in already."""
        asked = dict(parse_qsl(urlsplit(self.path).query))
        back = urlsplit(asked["redirect_uri"])
        path = self.provider.send_back(self.path)
        self.send_response(302)
        self.send_header("Location", f"{back.scheme}://{back.netloc}{path}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def say(self, document: Any, status: int = 200) -> None:
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Stay quiet."""


@contextmanager
def running() -> Iterator[Provider]:
    """Lend a provider that listens on a port of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made = Provider(f"http://127.0.0.1:{server.server_port}")
    server.RequestHandlerClass = type("OfOne", (Handler,), {"provider": made})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
