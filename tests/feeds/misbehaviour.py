"""What a hostile or broken server does, by family (F2 to F16), and how a pull from it must end."""

import gzip
import itertools
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from feeds.contract import FeedError, NotStix, SourceBusy, SourceLied, SourceRefused, SourceTooSlow, SourceUnreachable
from tests.feeds.hostile import NOT_STIX, SECRET
from tests.feeds.samples import indicator
from tests.feeds.servers import TAXII, Answer, HonestTaxii, Reply, Request, Script

GONE_BY = "Thu, 01 Jan 2026 00:00:00 GMT"

# Given an honest server, how to answer for its objects.
Play = Callable[[HonestTaxii], Answer]


@dataclass(frozen=True)
class Behaviour:
    """A server that misbehaves: how it answers, how many good objects must arrive all the same, how the pull ends."""

    name: str
    play: Play
    good: int = 0
    ends_with: type[FeedError] | None = None

    def answer(self, objects: int = 30) -> Answer:
        """Return a server's answers: honest about its directory, hostile about its objects, ten to a page."""
        honest = HonestTaxii([indicator(n) for n in range(objects)], page=10)
        play = self.play(honest)
        return lambda request: play(request) if request.path == honest.objects_path else honest(request)


def always(*script: bytes | float) -> Play:
    return lambda _: lambda _: script


def status(number: int, body: Any = None, **headers: str) -> Play:
    return lambda _: lambda _: Reply(body or {}, number, _named(headers))


def scripted(make: Callable[[], Script]) -> Play:
    return lambda _: lambda _: make()


def honest_but_for(**headers: str) -> Play:
    """Answer honestly, with some headers replaced."""

    def play(honest: HonestTaxii) -> Answer:
        def answer(request: Request) -> Reply:
            reply = honest.envelope(request, honest.rows)
            return Reply(reply.body, headers=reply.headers | _named(headers))

        return answer

    return play


def enveloped(always_more: bool = False, **changes: Any) -> Play:
    """Answer honestly, with the envelope changed where there is more (or always)."""

    def play(honest: HonestTaxii) -> Answer:
        def answer(request: Request) -> Reply:
            reply = honest.envelope(request, honest.rows)
            assert isinstance(reply.body, dict)
            if "more" not in reply.body and not always_more:
                return reply
            return Reply(reply.body | changes, headers=reply.headers)

        return answer

    return play


def at_first(times: int, reply: Reply) -> Play:
    """Answer badly a few times, then honestly."""

    def play(honest: HonestTaxii) -> Answer:
        count = itertools.count()
        return lambda request: reply if next(count) < times else honest.envelope(request, honest.rows)

    return play


def endless(make: Callable[[HonestTaxii, int], Reply]) -> Play:
    """Answer by the number of times asked."""

    def play(honest: HonestTaxii) -> Answer:
        count = itertools.count()
        return lambda _: make(honest, next(count))

    return play


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def _same_objects(honest: HonestTaxii) -> list[dict[str, Any]]:
    return [each for _, each in honest.rows[:10]]


def _same_page(honest: HonestTaxii, count: int) -> Reply:
    return Reply({"objects": _same_objects(honest), "more": True, "next": f"page-{count}"})


def _noisy_page(honest: HonestTaxii, count: int) -> Reply:
    noisy = [each | {"x_noise": count} for each in _same_objects(honest)]
    return Reply({"objects": noisy, "more": True, "next": f"page-{count}"})


def _backwards(honest: HonestTaxii, count: int) -> Reply:
    rows = honest.rows[count * 10 : count * 10 + 10]
    body = {"objects": [each for _, each in rows], "more": count < 2, "next": str(count)}
    return Reply(body, headers={"X-TAXII-Date-Added-Last": f"2026-01-{20 - count}T00:00:00.000000Z"})


def _inclusive_added_after(honest: HonestTaxii) -> Answer:
    def answer(request: Request) -> Reply:
        rows = [row for row in honest.rows if row[0] >= request.query.get("added_after", "")][:10]
        return Reply({"objects": [each for _, each in rows], "more": True}, headers=_dates(rows))

    return answer


def _all_at_one_moment(honest: HonestTaxii) -> Answer:
    """Show thirty objects of one microsecond, ten to a page and without `next`: nobody could read them all."""

    def answer(request: Request) -> Reply:
        rows = [("2026-01-01T00:00:00.000000Z", each) for _, each in honest.rows]
        left = [row for row in rows if row[0] > request.query.get("added_after", "")]
        return Reply({"objects": [each for _, each in left[:10]], "more": len(left) > 10}, headers=_dates(left[:10]))

    return answer


def _dates(rows: list[tuple[str, Any]]) -> dict[str, str]:
    return {"X-TAXII-Date-Added-Last": rows[-1][0]} if rows else {}


def _refuses_next(honest: HonestTaxii) -> Answer:
    def answer(request: Request) -> Reply:
        return (
            Reply({"title": "no such next"}, 404) if "next" in request.query else honest.envelope(request, honest.rows)
        )

    return answer


def _packed(honest: HonestTaxii) -> Answer:
    def answer(request: Request) -> Reply:
        reply = honest.envelope(request, honest.rows)
        body = gzip.compress(json.dumps(reply.body).encode())
        return Reply(body, headers=reply.headers | {"Content-Encoding": "gzip"})

    return answer


def _head(**more: str) -> bytes:
    lines = {"Content-Type": TAXII, "Connection": "close"} | _named(more)
    return ("HTTP/1.1 200 OK\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n").encode()


def _drip(whole: bytes, dripped: bytes) -> Iterator[bytes | float]:
    yield whole
    for place in range(len(dripped)):
        yield dripped[place : place + 1]
        yield 0.05


def _endless_headers() -> Script:
    return itertools.chain([b"HTTP/1.1 200 OK\r\n"], itertools.repeat(b"X-A: b\r\n", 5000))


def _endless_hundreds() -> Script:
    return itertools.chain.from_iterable(itertools.repeat((b"HTTP/1.1 100 Continue\r\n\r\n", 0.01)))


def _endless_chunks() -> Script:
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    return itertools.chain([_head(Transfer_Encoding="chunked")], itertools.repeat(chunk))


def _bomb() -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(40)) + packer.flush()


BEHAVIOURS: list[Behaviour] = [
    Behaviour("F2 redirects to a private address", status(302, Location="http://127.0.0.1:1/"), 0, SourceRefused),
    Behaviour("F2 redirects to a file", status(301, Location="file:///etc/passwd"), 0, SourceRefused),
    Behaviour("F2 redirects to nowhere", status(307), 0, SourceRefused),
    Behaviour("F4 hangs before the first byte", always(30.0), 0, SourceTooSlow),
    Behaviour("F4 drips its headers", scripted(lambda: _drip(b"", _head(X_Long="y" * 500))), 0, SourceTooSlow),
    Behaviour("F4 drips its body", scripted(lambda: _drip(_head(), b'{"objects": [' + b" " * 500)), 0, SourceTooSlow),
    Behaviour("F4 sends headers without end", scripted(_endless_headers), 0, SourceLied),
    Behaviour("F4 says 100 for ever", scripted(_endless_hundreds), 0, SourceTooSlow),
    Behaviour("F4 closes half way", always(_head(Content_Length="5000") + b'{"objects": ['), 0, SourceUnreachable),
    Behaviour("F4 closes at once", always(), 0, SourceUnreachable),
    Behaviour("F5 the same page for ever", enveloped(always_more=True, more=True, next="0"), 10, SourceLied),
    Behaviour("F5 a new next for ever, the same page", endless(_same_page), 10, SourceLied),
    Behaviour("F5 noise on the same page for ever", endless(_noisy_page), 10, SourceLied),
    Behaviour("F5 empty pages for ever", endless(lambda _, n: Reply({"more": True, "next": f"{n}"})), 0, SourceLied),
    Behaviour("F5 added_after that includes the moment itself", _inclusive_added_after, 30, SourceLied),
    Behaviour("F5 more, but not how", honest_but_for(X_TAXII_Date_Added_Last=""), 30),
    Behaviour("F5 more, neither next nor dates", endless(lambda *_: Reply({"more": True})), 0, SourceLied),
    Behaviour("F5 more than a page at one moment", _all_at_one_moment, 10, SourceLied),
    Behaviour("F5 dates that go backwards", endless(_backwards), 30),
    Behaviour("F5 a next of a megabyte", enveloped(next="n" * 1_000_000), 30),
    Behaviour("F5 a next that is a list", enveloped(next=["a"]), 30),
    Behaviour("F5 a next that it then refuses", _refuses_next, 30),
    Behaviour("F5 more that is a word", enveloped(more="yes"), 10),
    Behaviour("F5 a date that is no date", honest_but_for(X_TAXII_Date_Added_Last="yesterday"), 30),
    Behaviour("F6 a gzip bomb", lambda _: lambda _: Reply(_bomb(), 200, {"Content-Encoding": "gzip"}), 0, SourceLied),
    Behaviour("F6 packed twice", honest_but_for(Content_Encoding="gzip, gzip"), 0, SourceLied),
    Behaviour("F6 brotli nobody asked for", honest_but_for(Content_Encoding="br"), 0, SourceLied),
    Behaviour("F6 damaged gzip", always(_head(Content_Encoding="gzip") + b"\x1f\x8bgarbage"), 0, SourceUnreachable),
    Behaviour("F6 gzip, honestly", _packed, 30),
    Behaviour("F6 a length that is too long", honest_but_for(Content_Length="999999"), 0, SourceUnreachable),
    Behaviour("F6 a length that is negative", honest_but_for(Content_Length="-1"), 30),
    Behaviour("F6 chunks without end", scripted(_endless_chunks), 30),
    Behaviour("F6 a chunk of no size", always(_head(Transfer_Encoding="chunked") + b"zz\r\n{}"), 0, SourceUnreachable),
    Behaviour("F7 an envelope that is a list", lambda _: lambda _: Reply([indicator(1)]), 1),
    Behaviour("F7 an envelope that is a number", lambda _: lambda _: Reply(b"7"), 0, NotStix),
    Behaviour("F7 bad JSON once", at_first(1, Reply(b'{"objects": [')), 30),
    Behaviour("F7 bad JSON for ever", lambda _: lambda _: Reply(b'{"objects": ['), 0, NotStix),
    Behaviour("F16 a web page with 200", honest_but_for(Content_Type="text/html"), 0, NotStix),
    Behaviour("F16 a web page that calls itself TAXII", status(200, NOT_STIX["F16 a web page"]), 0, NotStix),
    Behaviour("F16 another media type", honest_but_for(Content_Type="text/plain"), 0, NotStix),
    Behaviour("F16 TAXII 2.0", honest_but_for(Content_Type="application/vnd.oasis.taxii+json"), 0, NotStix),
    Behaviour("F16 TAXII in odd spelling", honest_but_for(Content_Type="Application/TAXII+JSON ; Version = 2.1"), 30),
    Behaviour("F16 no media type", honest_but_for(Content_Type=""), 0, NotStix),
    Behaviour("F16 401", status(401, {"title": f"wrong password {SECRET}"}), 0, SourceRefused),
    Behaviour("F16 403", status(403), 0, SourceRefused),
    Behaviour("F16 404", status(404), 0, SourceRefused),
    Behaviour("F16 406", status(406), 0, SourceRefused),
    Behaviour("F16 503 twice", at_first(2, Reply({}, 503)), 30),
    Behaviour("F16 503 for ever", status(503), 0, SourceBusy),
    Behaviour("F16 429 with seconds", at_first(1, Reply({}, 429, {"Retry-After": "3"})), 30),
    Behaviour("F16 429 with a date gone by", at_first(1, Reply({}, 429, {"Retry-After": GONE_BY})), 30),
    Behaviour("F16 429 with a negative pause", at_first(1, Reply({}, 429, {"Retry-After": "-5"})), 30),
    Behaviour("F16 429 with a pause of years", at_first(1, Reply({}, 429, {"Retry-After": "9" * 20})), 0, SourceBusy),
    Behaviour("F16 garbage for HTTP", always(b"\x00\xff" * 100 + b"\r\n\r\n"), 0, SourceLied),
    Behaviour("F16 a status of letters", always(b"HTTP/1.1 abc OK\r\n\r\n"), 0, SourceLied),
]  # fmt: skip
