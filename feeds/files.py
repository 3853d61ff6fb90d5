"""Where documents lie: a file, a folder of files, or one web address."""

import hashlib
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

from feeds import documents
from feeds.contract import AddressRefused, Endpoint, FeedError, Limits, SourceLied, SourceUnreachable
from feeds.http import GuardedSession
from feeds.pieces import Document
from feeds.strict_json import Raw


@dataclass(frozen=True)
class Wanted:
    """What a kind of source reads: the endings of its files, what to ask a server for, and its name in a sentence."""

    endings: frozenset[str]
    accept: str
    name: str
    deep: bool = False


STIX = Wanted(
    frozenset({".json", ".stix", ".stix2", ".jsonl", ".ndjson", ".xml", ".html", ".htm"}),
    "application/stix+json;version=2.1, application/json;q=0.9, */*;q=0.1",
    "STIX",
)
_MOST_FILES = 100_000


@dataclass(frozen=True)
class File:
    """One file of a source: its content, or why that cannot be had."""

    name: str
    raw: Raw
    fault: FeedError | None = None
    in_folder: bool = False

    @cached_property
    def seen(self) -> str:
        return hashlib.sha256(self.raw).hexdigest()

    def read(self) -> Raw:
        """Return the content; raise FeedError where it cannot be had."""
        if self.fault:
            raise self.fault
        return self.raw

    def opened(self, limits: Limits) -> Document:
        return documents.open_bundle(self.read(), limits)


def files_of(endpoint: Endpoint, limits: Limits, wanted: Wanted = STIX) -> Iterator[File]:
    """Yield each file with its content, or with why it cannot be read."""
    if is_web(endpoint.url):
        yield File(_name_of(endpoint.url), _download(endpoint, limits, wanted))
        return
    path = path_of(endpoint.url)
    if not path.is_dir():
        yield File(path.name, content_of(path, limits))
        return
    names = _in_folder(path, wanted)
    if not names:
        raise SourceUnreachable(f"There is no {wanted.name} file in this folder.", permanent=True)
    for each in names:
        name = each.relative_to(path).as_posix()
        try:
            yield File(name, content_of(each, limits), in_folder=True)
        except FeedError as refused:
            yield File(name, b"", refused, in_folder=True)


def one_file(endpoint: Endpoint, limits: Limits, wanted: Wanted) -> Raw:
    """Return the content of a file or of a web address; raise FeedError where it cannot be had, or is a folder."""
    for file in files_of(endpoint, limits, wanted):
        if not file.in_folder:
            return file.read()
    raise SourceUnreachable("This is a folder: enter a file or an https address.", permanent=True)


def is_web(url: str) -> bool:
    """Say whether an address is one of the web."""
    return url.lower().startswith(("http://", "https://"))


def _name_of(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2][:200] or "document"


def _in_folder(path: Path, wanted: Wanted) -> list[Path]:
    try:
        inside = path.rglob("*") if wanted.deep else path.iterdir()
        return sorted(
            each
            for each, _ in zip(inside, range(_MOST_FILES), strict=False)
            if each.suffix.lower() in wanted.endings and not each.name.startswith(".") and not each.is_dir()
        )
    except OSError:
        raise SourceUnreachable("This folder cannot be read.", permanent=True) from None


def _download(endpoint: Endpoint, limits: Limits, wanted: Wanted) -> Raw:
    with GuardedSession(endpoint, limits) as session:
        return session.fetch(endpoint.url, wanted.accept).body


def path_of(url: str) -> Path:
    """Return the path of a file or folder on this machine; raise AddressRefused where it is none."""
    if not url.lower().startswith("file:"):
        if "://" in url or not url.strip():
            raise AddressRefused("The address must be a file, a folder, or begin with https://.")
        return Path(url)
    parts = urlsplit(url)
    if parts.netloc not in ("", "localhost"):
        raise AddressRefused("A file address must name a file on this machine.")
    return Path(unquote(parts.path))


def content_of(path: Path, limits: Limits) -> Raw:
    """Return the content of a file; raise FeedError where it cannot be had or is larger than we take."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise SourceUnreachable(
                "There is something at this path that is neither a file nor a folder.", permanent=True
            )
        if about.st_size > limits.page_bytes:
            raise SourceLied(f"The file is larger than {limits.page_bytes:,} bytes.", permanent=True)
        return path.read_bytes()
    except (OSError, ValueError):
        raise SourceUnreachable("There is no file at this path that can be read.", permanent=True) from None
