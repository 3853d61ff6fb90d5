"""Which collections a TAXII address offers: it may be a discovery page, an API root or one collection."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from feeds.addresses import origin_of
from feeds.contract import AddressRefused, Endpoint, SourceLied, SourceRefused
from feeds.http import GuardedSession
from feeds.walk import ask

_COLLECTION = re.compile(r"(?P<root>.*/)collections/(?P<name>[^/]+)(/objects|/manifest)?/?")
_ROOT = re.compile(r"(?P<root>.*/)collections/?")
_PLAIN_NAME = re.compile(r"(?!\.+$)[A-Za-z0-9._~-]{1,200}")
_NOT_TAXII = (TypeError, AttributeError, KeyError, ValueError, RecursionError)


@dataclass(frozen=True)
class Found:
    """A collection we may read."""

    url: str
    id: str
    title: str
    alias: str | None = None

    @property
    def path(self) -> str:
        """The collection's place on its server: what its mark is kept under."""
        return urlsplit(self.url).path


class Connection:
    """What taxii2-client's objects ask of a connection, over our guarded session."""

    def __init__(self, session: GuardedSession) -> None:
        self._session = session

    def get(self, url: str, headers: Any = None, params: Any = None) -> Any:  # noqa: ARG002
        return ask(self._session, url, params).json()

    def close(self) -> None:
        self._session.close()


def find_collections(session: GuardedSession, endpoint: Endpoint) -> tuple[list[Found], list[str]]:
    """Return the collections to read, and notes about those left out; raise where there is none."""
    from taxii2client import v21  # noqa: PLC0415
    from taxii2client.exceptions import TAXIIServiceException  # noqa: PLC0415

    url = _plain_url(endpoint.url)
    notes: list[str] = []
    connection = Connection(session)
    try:
        one = _COLLECTION.fullmatch(url)
        if one:
            found = [_one_collection(v21, connection, f"{one['root']}collections/{one['name']}/", one["name"])]
        else:
            found = [
                each for root in _roots(v21, connection, url, notes) for each in _in_root(v21, connection, root, notes)
            ]
    except (TAXIIServiceException, *_NOT_TAXII):
        raise SourceLied("The source's list of what it offers is not proper TAXII 2.1.") from None
    if endpoint.collections and not one:
        wanted = set(endpoint.collections)
        found = [each for each in found if wanted & {each.id, each.title, each.alias}]
    if not found:
        raise SourceRefused("The source offers no collection that we may read and want.", permanent=True)
    return found, notes


def _plain_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.query or parts.fragment:
        raise AddressRefused("The address of a TAXII source has no ? or # in it.")
    return url if url.endswith("/") else url + "/"


def _one_collection(v21: Any, connection: Connection, url: str, name: str) -> Found:
    about = connection.get(url)
    if about["can_read"] is not True:
        raise SourceRefused("The source does not let us read this collection.", permanent=True)
    # The library refuses a collection whose address is its alias.
    collection = v21.Collection(url, conn=connection, collection_info=about | {"id": name})
    return Found(collection.url, str(about["id"]), str(collection.title))


def _roots(v21: Any, connection: Connection, url: str, notes: list[str]) -> list[str]:
    """Return the API roots at an address, each on the address's own origin."""
    listing = _ROOT.fullmatch(url)
    if listing:
        return [listing["root"]]
    about = connection.get(url)
    if "versions" in about and "api_roots" not in about:
        return [str(v21.ApiRoot(url, conn=connection).url)]
    home = origin_of(url)
    own: list[str] = []
    elsewhere: set[str] = set()
    for root in v21.Server(url, conn=connection).api_roots:
        try:
            origin = origin_of(root.url)
        except AddressRefused:
            elsewhere.add("an address that we refuse")
            continue
        if origin == home:
            own.append(root.url)
        else:
            elsewhere.add(str(origin))
    if elsewhere:
        sentence = f"The source points to {' and '.join(sorted(elsewhere)[:3])}, outside its own address"
        if not own:
            raise SourceLied(f"{sentence}: enter the address of its API root itself.")
        notes.append(f"{sentence}; that part was left out.")
    return own


def _in_root(v21: Any, connection: Connection, root: str, notes: list[str]) -> Iterator[Found]:
    """Yield the readable collections of one API root; a faulty entry costs only itself."""
    base = root if root.endswith("/") else root + "/"
    for about in connection.get(f"{base}collections/").get("collections", []):
        url = f"{base}collections/{about['id']}/"
        if not _PLAIN_NAME.fullmatch(about["id"]):
            notes.append(
                "One of the source's collections has an id that cannot be part of an address; it was left out."
            )
            continue
        collection = v21.Collection(url, conn=connection, collection_info=about)
        if collection.can_read is True:
            alias = collection.alias if isinstance(collection.alias, str) else None
            yield Found(url, collection.id, str(collection.title), alias)
