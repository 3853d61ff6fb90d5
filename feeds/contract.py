"""What every connector promises: pages of STIX 2.1 objects, oldest first, each with the cursor to go on from."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar

MEBIBYTE = 1024 * 1024


def _now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


@dataclass(frozen=True)
class Endpoint:
    """Where a source is and how we sign in to it; its password never shows in a repr."""

    url: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    allow_private: bool = False
    client_cert: str | tuple[str, str] | None = None
    ca_bundle: str | None = None
    collections: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Limits:
    """How long we wait, how much we take, and the clock we go by; a caller may shorten any of them."""

    connect: float = 5.0
    read: float = 60.0
    page: float = 120.0
    run: float = 30 * 60.0
    page_bytes: int = 64 * MEBIBYTE
    ratio: int = 100
    object_bytes: int = MEBIBYTE
    nesting: int = 1000
    page_objects: int = 200_000
    page_size: int = 1000
    smallest_page: int = 10
    max_pages: int = 10_000
    max_bad_objects: int = 10_000
    tries: int = 5
    first_pause: float = 1.0
    longest_pause: float = 60.0
    longest_retry_after: float = 15 * 60.0
    overlap: float = 5 * 60.0
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = _now


STANDARD_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Original:
    """What a source sent before we made STIX of it: the bytes as they came, and a name for their file."""

    media_type: str
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class StixObject:
    """One STIX 2.1 object that passed the shape check; `text` is the JSON to be stored.

    `original` is there where we wrote the object ourselves from a document of another kind.
    """

    id: str
    type: str
    modified: str | None
    text: str
    data: dict[str, Any]
    original: Original | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class BadObject:
    """One object that must not be stored as STIX: what was sent (cut at the object limit) and why it was refused."""

    raw: bytes
    reason: str
    stix_id: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a pull that can be committed by itself; `notes` are sentences about the source's behaviour."""

    objects: list[StixObject]
    bad: list[BadObject]
    cursor: str | None
    notes: list[str] = field(default_factory=list)


class FeedError(Exception):
    """A pull could not go on: one sentence without any secret in it, and whether trying again can help."""

    permanent_by_nature: ClassVar[bool] = False

    def __init__(self, sentence: str, permanent: bool | None = None, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.permanent = self.permanent_by_nature if permanent is None else permanent
        self.retry_after = retry_after


class SourceUnreachable(FeedError):
    """Nobody answered, or the line broke."""


class ConnectionLost(SourceUnreachable):
    """The line broke in the middle of an answer; asking again may help at once."""


class SourceTooSlow(SourceUnreachable):
    """The answer did not come in the time we give."""


class RunTooLong(SourceUnreachable):
    """The time for one run is used up; the next run goes on from the last cursor."""


class SourceRefused(FeedError):
    """The source answered and said no."""


class NotForUs(SourceRefused):
    """The source does not let us read this, which another password, or another day, may change."""


class SourceBusy(SourceRefused):
    """The source answered that it cannot serve us just now."""


class SourceLied(FeedError):
    """The source broke the rules of its own protocol."""


class PageTooLarge(SourceLied):
    """One answer is larger than we take."""


class NotStix(FeedError):
    """What the source offers is not what its kind of source reads."""

    permanent_by_nature = True


class AddressRefused(FeedError):
    """We do not send requests to this address."""

    permanent_by_nature = True


class KindNotSupported(FeedError):
    """There is no connector for this kind of source."""

    permanent_by_nature = True
