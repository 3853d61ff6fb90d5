"""The words that the page of results needs."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from warp_hub.pages.snippets import marked
from warp_hub.search.exact import Mention
from warp_hub.search.finding import MOST_COUNTED, Shelf
from warp_hub.search.places import address_of
from warp_hub.sharing.models import Item
from warp_hub.text import defang

LOOKED_FOR = {
    "address": _l("You searched for an address"),
    "file": _l("You searched for a file"),
    "CVE": _l("You searched for a CVE"),
    "": _l("Addresses, files and CVEs that begin like this"),
}
KINDS = (
    ("ipv", _l("Internet address")),
    ("domain", _l("Domain name")),
    ("url", _l("Web address")),
    ("email", _l("E-mail")),
    ("file-hash", _l("File hash")),
    ("file", _l("File name")),
    ("cve", _l("CVE")),
)


def words() -> dict[str, Any]:
    """Return what the template of results calls."""
    return {
        "marked": marked,
        "address_of": address_of,
        "looked_for": lambda shape: LOOKED_FOR[shape],
        "value_kind": value_kind,
        "safe_value": safe_value,
        "how_many": how_many,
        "said_by": said_by,
    }


def value_kind(kind: str) -> str:
    """Return what sort of thing a value is."""
    return str(next((words for beginning, words in KINDS if kind.startswith(beginning)), _("Other")))


def safe_value(value: str, kind: str) -> str:
    """Return a value as it may stand on a page: no address that anybody could follow."""
    return value if kind == "cve" or kind.startswith("file-hash") else defang(value)


def how_many(shelf: Shelf) -> str:
    """Return how many were found, counted no further than is of use."""
    return _("more than %(number)s", number=MOST_COUNTED) if shelf.count > MOST_COUNTED else str(shelf.count)


def said_by(mention: Mention) -> str:
    """Return who says it, where there is no page to go to."""
    item: Item = mention.item
    return str(_("from %(source)s", source=item.originator_name))
