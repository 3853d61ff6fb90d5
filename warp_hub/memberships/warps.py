"""Founding WARPs and changing what they set for themselves."""

import re
from typing import Any
from uuid import UUID

from sqlalchemy import select

from warp_hub import audit
from warp_hub.db import new_id, session
from warp_hub.memberships.authority import require_warp
from warp_hub.memberships.models import Warp, WarpKind
from warp_hub.memberships.reading import Unreadable, read_name
from warp_hub.memberships.settings import WarpSettings, settings_of

_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
LONGEST_SLUG = 40


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


def change_settings(warp: Warp, by: UUID | None = None, **changed: Any) -> WarpSettings:
    """Change some settings of a WARP; what does not fit raises pydantic's ValidationError and changes nothing."""
    require_warp(by, warp)
    before = settings_of(warp)
    after = WarpSettings.model_validate(before.model_dump() | changed)
    warp.settings = _as_stored(after)
    names = sorted(name for name in changed if getattr(before, name) != getattr(after, name))
    audit.record("warp.settings-changed", actor=by, warp=warp.id, detail={"changed": names})
    return after


def _as_stored(settings: WarpSettings) -> dict[str, Any]:
    return settings.model_dump(mode="json", exclude_defaults=True)
