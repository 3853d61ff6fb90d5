"""One exchange with a source: on its own origin, over a pinned connection, within the limits."""

import contextlib
import email.utils
import http.client
import ssl
from base64 import b64encode
from datetime import UTC
from email.message import Message
from typing import Any

import requests
from requests.adapters import BaseAdapter

from feeds import refusals, strict_json
from feeds.addresses import Address, Origin, origin_of, resolve
from feeds.body import read_beginning, read_body
from feeds.contract import (
    AddressRefused,
    ConnectionLost,
    Endpoint,
    FeedError,
    Limits,
    SourceLied,
    SourceTooSlow,
    SourceUnreachable,
)
from feeds.wire import PinnedConnection, Watch, tls_context


class GuardedResponse(requests.Response):
    """An answer read to its end within the limits; its JSON is read strictly."""

    body: bytearray | bytes = b""

    @property
    def content(self) -> bytes:
        return bytes(self.body)

    def json(self, **_: Any) -> Any:
        """Return the document; raise NotStix where it is not strict JSON."""
        return strict_json.parse(self.body)


class GuardedAdapter(BaseAdapter):
    """One exchange at a time over one pinned connection."""

    def __init__(self, endpoint: Endpoint, limits: Limits, watch: Watch) -> None:
        super().__init__()
        self._endpoint, self._limits, self._watch = endpoint, limits, watch
        self._origin = origin_of(endpoint.url)
        self._addresses: tuple[Address, ...] = ()
        self._tls: ssl.SSLContext | None = None
        self._connection: PinnedConnection | None = None

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> GuardedResponse:
        if origin_of(request.url or "") != self._origin:
            raise SourceLied("The source sent us to another host; we send requests, and our password, only to its own.")
        self._watch.start_page()
        try:
            return self._exchange(request)
        except BaseException as fault:
            self.close()
            known = _translate(fault, self._origin)
            if known is None:
                raise
            raise known from None

    def close(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None

    def _exchange(self, request: requests.PreparedRequest) -> GuardedResponse:
        connection = self._connected()
        headers = {name: _text(value) for name, value in (request.headers or {}).items()}
        connection.request(request.method or "GET", request.path_url, body=request.body, headers=headers)
        with contextlib.closing(connection.getresponse()) as answer:
            if not 200 <= answer.status < 300:
                said = refusals.title_of(read_beginning(answer), secrets_of(self._endpoint))
                raise refusals.refusal(answer.status, said, self._wished_pause(answer.headers))
            return _response(request, answer, read_body(answer, self._limits))

    def _connected(self) -> PinnedConnection:
        if self._connection is None:
            if not self._addresses:
                self._addresses = resolve(self._origin, self._endpoint.allow_private, self._limits.connect)
                _refuse_clear_text(self._origin, self._endpoint)
            if self._origin.scheme == "https" and self._tls is None:
                self._tls = tls_context(self._endpoint)
            self._connection = PinnedConnection(
                self._origin, self._addresses, self._tls, self._limits.connect, self._watch.patience
            )
        return self._connection

    def _wished_pause(self, headers: Message) -> float | None:
        """Read Retry-After as seconds or as a date, never more than the longest pause we promise."""
        wish = (headers.get("Retry-After") or "").strip()
        if wish.isascii() and wish.isdigit():
            seconds = float(wish[:9])
        else:
            try:
                moment = email.utils.parsedate_to_datetime(wish)
            except (ValueError, TypeError, IndexError, OverflowError):
                return None
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            seconds = max(0.0, (moment - self._limits.now()).total_seconds())
        return min(seconds, self._limits.longest_retry_after)


def secrets_of(endpoint: Endpoint) -> list[str]:
    """Return the spellings of an endpoint's secret that must never be shown."""
    if not endpoint.password:
        return []
    pair = f"{endpoint.username or ''}:{endpoint.password}".encode()
    return [endpoint.password, b64encode(pair).decode(), b64encode(endpoint.password.encode()).decode()]


def _refuse_clear_text(origin: Origin, endpoint: Endpoint) -> None:
    if origin.scheme == "http" and not endpoint.allow_private:
        raise AddressRefused(
            "Use an https address: plain http is accepted only for a source that permits private addresses."
        )


def _response(request: requests.PreparedRequest, answer: http.client.HTTPResponse, body: bytearray) -> GuardedResponse:
    response = GuardedResponse()
    response.status_code = answer.status
    response.reason = answer.reason
    response.headers = requests.structures.CaseInsensitiveDict(answer.headers.items())
    response.url = request.url or ""
    response.request = request
    response.body = body
    return response


def _translate(fault: BaseException, origin: Origin) -> FeedError | None:
    """Return our own word for what went wrong below, without quoting it; None for what is not the wire's."""
    match fault:
        case FeedError():
            return fault
        case ssl.SSLCertVerificationError():
            return SourceUnreachable(f"The certificate of {origin} is not valid for it or not trusted.", permanent=True)
        case TimeoutError():
            return SourceTooSlow(f"{origin} took too long to answer; we stopped waiting.")
        case ConnectionRefusedError():
            return SourceUnreachable(f"Nothing answers at {origin}.")
        case ConnectionError() | http.client.IncompleteRead() | ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            return ConnectionLost(f"The connection to {origin} broke off.")
        case ssl.SSLError():
            return SourceUnreachable(f"No protected connection to {origin} could be agreed.")
        case http.client.HTTPException():
            return SourceLied(f"{origin} does not answer in proper HTTP.")
        case OSError():
            return SourceUnreachable(f"{origin} cannot be reached.")
    return None


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
