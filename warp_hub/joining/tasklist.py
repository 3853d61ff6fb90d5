"""What an applicant sees of their application: what is told, what is left, where it stands."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from sqlalchemy import select

from warp_hub.db import session
from warp_hub.joining import wording
from warp_hub.joining.forms import ABOUT_YOU, ABOUT_YOUR_ORGANISATION, QUESTIONS
from warp_hub.memberships import applications
from warp_hub.memberships.application_models import Application
from warp_hub.memberships.models import Warp, WarpKind
from warp_hub.memberships.reading import mask
from warp_hub.memberships.settings import settings_of
from warp_hub.memberships.warps import find_warp


def open_warps() -> Sequence[tuple[str, str]]:
    """Return slug and name of every WARP that takes applications."""
    found = session.scalars(select(Warp).order_by(Warp.name)).all()
    return [(warp.slug, wording.warp_name(warp)) for warp in found if _takes(warp)]


def find_open_warp(slug: str) -> Warp | None:
    """Return the WARP of this slug, if it takes applications."""
    warp = find_warp(slug)
    return warp if warp is not None and _takes(warp) else None


def tasks(application: Application) -> dict[str, Any]:
    """Return what the list of tasks shows."""
    return {
        "warp": _warp(application),
        "you": _rows(application, ABOUT_YOU),
        "organisation": _rows(application, ABOUT_YOUR_ORGANISATION),
        "is_asked": bool(application.correspondence),
        "is_answered": "reply" not in applications.missing(application),
        "is_complete": not applications.missing(application),
        "kept_until": applications.kept_until(application),
        "address": mask(application.email),
    }


def answers(application: Application) -> dict[str, Any]:
    """Return every question with its answer and where to change it."""
    rows = []
    for name, (words, field, _form) in QUESTIONS.items():
        href = url_for("joining.tell", question=name, then="check")
        rows.append((words, _shown(field, getattr(application, field)), href))
    return {"warp": _warp(application), "rows": rows, "said": application.correspondence, "email": application.email}


def status(application: Application) -> dict[str, Any]:
    """Return where a sent application stands."""
    found = _found(application)
    told = {"warp": wording.warp_name(found), "slug": found.slug}
    return {**told, "application": application, "state": application.state.value}


def _rows(application: Application, questions: Any) -> list[tuple[object, str, bool, bool]]:
    """Return words, address, whether it is told, and whether it must be."""
    return [
        (words, url_for("joining.tell", question=name), bool(getattr(application, field)), field in applications.NEEDED)
        for name, (words, field, _form) in questions.items()
    ]


def _shown(field: str, value: Any) -> object:
    if field == "kind" and value:
        return wording.KINDS[value]
    if field == "language" and value:
        return wording.LANGUAGES[value]
    return value or ""


def _takes(warp: Warp) -> bool:
    return warp.kind is not WarpKind.NATIONAL and settings_of(warp).takes_applications


def _warp(application: Application) -> str:
    return wording.warp_name(_found(application))


def _found(application: Application) -> Warp:
    return session.scalars(select(Warp).where(Warp.id == application.warp_id)).one()
