"""Where bundles lie: a file, a folder of files, or one web address."""

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

_READ = frozenset({".json", ".stix", ".stix2", ".jsonl", ".ndjson", ".xml", ".html", ".htm"})
_ACCEPT = "application/stix+json;version=2.1, application/json;q=0.9, */*;q=0.1"


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

    def opened(self, limits: Limits) -> Document:
        if self.fault:
            raise self.fault
        return documents.open_bundle(self.raw, limits)


def files_of(endpoint: Endpoint, limits: Limits) -> Iterator[File]:
    """Yield each file with its content, or with why it cannot be read."""
    if endpoint.url.lower().startswith(("http://", "https://")):
        yield File("bundle", _download(endpoint, limits))
        return
    path = _path_of(endpoint.url)
    if not path.is_dir():
        yield File(path.name, _content(path, limits))
        return
    names = _in_folder(path)
    if not names:
        raise SourceUnreachable("There is no STIX file in this folder.", permanent=True)
    for each in names:
        try:
            yield File(each.name, _content(each, limits), in_folder=True)
        except FeedError as refused:
            yield File(each.name, b"", refused, in_folder=True)


def _in_folder(path: Path) -> list[Path]:
    try:
        return sorted(
            each
            for each in path.iterdir()
            if each.suffix.lower() in _READ and not each.name.startswith(".") and not each.is_dir()
        )
    except OSError:
        raise SourceUnreachable("This folder cannot be read.", permanent=True) from None


def _download(endpoint: Endpoint, limits: Limits) -> Raw:
    with GuardedSession(endpoint, limits) as session:
        return session.fetch(endpoint.url, _ACCEPT).body


def _path_of(url: str) -> Path:
    if not url.lower().startswith("file:"):
        if "://" in url or not url.strip():
            raise AddressRefused("A bundle is a file, a folder, or an https address.")
        return Path(url)
    parts = urlsplit(url)
    if parts.netloc not in ("", "localhost"):
        raise AddressRefused("A file address must name a file on this machine.")
    return Path(unquote(parts.path))


def _content(path: Path, limits: Limits) -> Raw:
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
