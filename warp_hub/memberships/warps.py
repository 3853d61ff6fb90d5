"""Founding WARPs and changing what they set for themselves."""

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from warp_hub import audit
from warp_hub.db import new_id, session
from warp_hub.memberships.authority import require_for_good
from warp_hub.memberships.editions import ChangedMeanwhile, edition
from warp_hub.memberships.models import Warp, WarpKind
from warp_hub.memberships.reading import Unreadable, read_name
from warp_hub.memberships.settings import WarpSettings, settings_of

_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
LONGEST_SLUG = 40
FREE_WORDS = frozenset({"about", "who_may_join", "costs", "contact_email", "contact_phone", "urgent_contacts"})


class SlugTaken(Exception):
    """Another WARP has this slug."""


def found_warp(
    slug: str,
    name: str,
    kind: WarpKind = WarpKind.REGION,
    *,
    parent: Warp | None = None,
    name_cy: str | None = None,
    settings: WarpSettings | None = None,
    by: UUID | None = None,
) -> Warp:
    """Found a WARP; raise Unreadable or SlugTaken where its names cannot be used."""
    if not _SLUG.fullmatch(slug) or len(slug) > LONGEST_SLUG:
        raise Unreadable("the short name of a WARP has small letters, digits and single hyphens only")
    if find_warp(slug) is not None:
        raise SlugTaken(slug)
    warp = Warp(
        id=new_id(),
        slug=slug,
        name=read_name(name),
        name_cy=read_name(name_cy) if name_cy else None,
        kind=kind,
        parent_id=parent.id if parent else None,
        settings=_as_stored(settings or WarpSettings()),
    )
    session.add(warp)
    session.flush()
    audit.record("warp.founded", actor=by, warp=warp.id, detail={"slug": slug, "kind": kind.value})
    return warp


def find_warp(slug: str) -> Warp | None:
    """Return the WARP of this slug, or None."""
    return session.scalars(select(Warp).where(Warp.slug == slug)).one_or_none()


def change_settings(warp: Warp, by: UUID | None = None, seen: str | None = None, **changed: Any) -> WarpSettings:
    """Change some settings of a WARP, as whoever runs it for good, and record what was and what is.

    What does not fit raises pydantic's ValidationError and changes nothing, and so does ChangedMeanwhile where these
    settings are no longer those of the edition that was `seen`. Two who change others at once both count.
    """
    require_for_good(by, warp)
    # NO KEY UPDATE: one turn at a time, while new members may still point at the WARP.
    asked = select(Warp).where(Warp.id == warp.id).with_for_update(key_share=True)
    held = session.scalars(asked.execution_options(populate_existing=True)).one()
    before = settings_of(held)
    if seen is not None and seen != edition_of(before, changed):
        raise ChangedMeanwhile
    after = WarpSettings.model_validate(before.model_dump() | changed)
    names = sorted(name for name in changed if getattr(before, name) != getattr(after, name))
    if names:
        held.settings = _as_stored(after)
        detail = {"changed": names, "was": _told(before, names), "is": _told(after, names)}
        audit.record("warp.settings-changed", actor=by, warp=warp.id, detail=detail)
    return after


def edition_of(settings: WarpSettings, names: Iterable[str]) -> str:
    """Return a word for these settings as they stand."""
    return edition(f"{name}={getattr(settings, name)!r}" for name in sorted(names))


def _told(settings: WarpSettings, names: Iterable[str]) -> dict[str, Any]:
    """Return what the record says of settings: of free words, which may name somebody, only that they changed."""
    return settings.model_dump(mode="json", include=set(names) - FREE_WORDS)


def _as_stored(settings: WarpSettings) -> dict[str, Any]:
    return settings.model_dump(mode="json", exclude_defaults=True)
