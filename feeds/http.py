"""The one guarded caller: every request to a source goes through this session."""

import http.cookiejar
import random
from typing import Any, Self, cast

import requests
from requests.auth import HTTPBasicAuth

from feeds.contract import STANDARD_LIMITS, AddressRefused, ConnectionLost, Endpoint, FeedError, Limits, SourceBusy
from feeds.exchange import GuardedAdapter, GuardedResponse
from feeds.wire import Watch

_BACKOFF_CAP = 60.0


class GuardedSession(requests.Session):
    """A session for one source: one origin, one look-up of its name, no redirect, no proxy, no cookie, hard limits."""

    def __init__(self, endpoint: Endpoint, limits: Limits = STANDARD_LIMITS) -> None:
        super().__init__()
        self.limits = limits
        self.trust_env = False
        self.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
        self.headers = requests.structures.CaseInsensitiveDict(
            {"User-Agent": "warp-hub", "Accept-Encoding": "gzip", "Connection": "keep-alive"}
        )
        if endpoint.username or endpoint.password:
            self.auth = HTTPBasicAuth(_octets(endpoint.username), _octets(endpoint.password))
        self.watch = Watch(limits.read, limits.page, limits.run)
        self._wire = GuardedAdapter(endpoint, limits, self.watch)
        self.adapters.clear()
        self.mount("https://", self._wire)
        self.mount("http://", self._wire)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        self.close()

    def fetch(self, url: str, accept: str, params: dict[str, str] | None = None) -> GuardedResponse:
        """Return the answer to one GET."""
        return cast(GuardedResponse, self.get(url, headers={"Accept": accept}, params=params))

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        try:
            return super().request(method, url, *args, **kwargs)
        except requests.RequestException:
            raise AddressRefused("The address of the source cannot be read.") from None

    def send(self, request: requests.PreparedRequest, **_: Any) -> GuardedResponse:
        """Return the answer to one request, asking again where that can help; raise FeedError otherwise."""
        attempt = 1
        while True:
            try:
                return self._wire.send(request)
            except (SourceBusy, ConnectionLost) as fault:
                if attempt >= self.limits.tries:
                    raise
                self._pause(attempt, fault)
            attempt += 1

    def _pause(self, attempt: int, fault: FeedError) -> None:
        """Wait as long as the source asks, or by chance; give up where the wait is longer than we stay."""
        wait = fault.retry_after
        if wait is None:
            wait = random.uniform(0, min(_BACKOFF_CAP, self.limits.first_pause * 2 ** (attempt - 1)))  # noqa: S311
        if wait > min(self.limits.longest_pause, self.watch.run_left()):
            raise fault
        self.limits.sleep(wait)


def _octets(secret: str | None) -> bytes:
    return (secret or "").encode()
