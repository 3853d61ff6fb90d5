"""Reading the body of an answer: counted after decompression, never more than was agreed."""

import http.client
import zlib
from collections.abc import Iterator

from feeds.contract import MEBIBYTE, ConnectionLost, FeedError, Limits, PageTooLarge, SourceLied

_BLOCK = 64 * 1024
_ENOUGH_OF_AN_ERROR = 16 * 1024


def read_body(answer: http.client.HTTPResponse, limits: Limits) -> bytearray:
    """Return the decoded body; stop at the page limit, at a suspicious ratio, at an unknown encoding."""
    encoding = (answer.getheader("Content-Encoding") or "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip"):
        raise SourceLied("The source packed its answer in a way we did not ask for.")
    if encoding == "identity" and (answer.length or 0) > limits.page_bytes:
        raise _too_large(limits)
    body = bytearray()
    decoder = None if encoding == "identity" else _Gunzip()
    taken = 0
    for block in _blocks(answer):
        taken += len(block)
        for part in decoder.feed(block) if decoder else (block,):
            body += part
            if len(body) > limits.page_bytes:
                raise _too_large(limits)
            if len(body) > max(MEBIBYTE, taken * limits.ratio):
                raise SourceLied("The source packed its answer so tightly that it looks like an attack; we stopped.")
    if decoder and not decoder.complete(taken):
        raise ConnectionLost("The source's answer broke off before its end.")
    return body


def read_beginning(answer: http.client.HTTPResponse) -> bytes:
    """Return the first few kilobytes of an error's body, or nothing where it does not come."""
    try:
        return answer.read1(_ENOUGH_OF_AN_ERROR)
    except (OSError, http.client.HTTPException, FeedError):
        return b""


def _blocks(answer: http.client.HTTPResponse) -> Iterator[bytes]:
    while block := answer.read1(_BLOCK):
        yield block
    if answer.length:
        raise ConnectionLost("The source's answer broke off before its end.")


def _too_large(limits: Limits) -> PageTooLarge:
    return PageTooLarge(f"The source sent more than {limits.page_bytes:,} bytes in one answer; we stopped.")


class _Gunzip:
    """A gzip decoder that hands out small pieces, so that a bomb is seen while it is still small."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)

    def feed(self, block: bytes) -> Iterator[bytes]:
        while block:
            if self._inner.eof:
                self._inner = zlib.decompressobj(wbits=31)
            try:
                yield self._inner.decompress(block, _BLOCK)
            except zlib.error:
                raise ConnectionLost("The source's packed answer is damaged.") from None
            block = self._inner.unconsumed_tail or self._inner.unused_data

    def complete(self, taken: int) -> bool:
        return self._inner.eof or taken == 0
