"""By which words warnings are found, and the text in which search shows them."""

import html
import re
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from warp_hub import text
from warp_hub.advisories.models import Advisory, Note
from warp_hub.db import among, session
from warp_hub.sharing.models import ItemKind
from warp_hub.sharing.visibility import select_visible
from warp_hub.tlp import Outlet, Viewer

_TAG = re.compile(r"<[^>]*>")

Found = tuple[UUID, str, str]


def words_of(item_id: UUID, words: Mapping[str, Any], advisory: Mapping[str, Any], subjects: Collection[str]) -> Found:
    """Return the words of one warning, from the columns of its rows: its own alone, none of what stands behind it."""
    links = [link["external_id"] for link in advisory["links"] if link["external_id"]]
    told = [*advisory["to_do"].values(), *advisory["body"].values()]
    return item_id, words["title"], "\n".join([words["summary"], *links, *subjects, *map(_without_tags, told)])


def texts_of(ids: Collection[UUID], viewer: Viewer, outlet: Outlet) -> dict[UUID, str]:
    """Return what these warnings say, as plain text, of those this viewer may have."""
    rows = session.scalars(select_visible(Advisory, viewer, outlet).where(among(Advisory.id, ids)))
    return {row.id: _plain(*row.to_do.values(), *row.body.values()) for row in rows}


def note_texts_of(ids: Collection[UUID], viewer: Viewer, outlet: Outlet) -> dict[UUID, str]:
    """Return what these notes say, as plain text, of those this viewer may have."""
    rows = session.scalars(select_visible(Note, viewer, outlet).where(among(Note.id, ids)))
    return {row.id: _plain(*row.html.values()) for row in rows}


def _without_tags(cleaned: str) -> str:
    # Words need no paragraphs: this takes a thirtieth of the time of `plain_of_html`, for each warning of a pull.
    return html.unescape(_TAG.sub(" ", cleaned))


def _plain(*parts: str) -> str:
    return "\n\n".join(text.plain_of_html(part) for part in parts)


# How search reads the text of what this room holds.
TEXTS = {ItemKind.ADVISORY: texts_of, ItemKind.NOTE: note_texts_of}
