"""Reading warnings: the list, and one warning."""

from uuid import UUID

from flask import Blueprint, abort, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _

from warp_hub import access
from warp_hub.access import visitor
from warp_hub.advisories import reading, wording
from warp_hub.db import session
from warp_hub.discussions import replies
from warp_hub.pages import paging
from warp_hub.pages.labels import SEVERITIES
from warp_hub.sharing.models import Item, Severity
from warp_hub.tlp import Outlet, Viewer

blueprint = Blueprint("advisories", __name__)
blueprint.app_context_processor(wording.words)


@blueprint.get("/advisories")
@access.audience("signed-in")
def list_warnings() -> str:
    """List the warnings a member may read, newest first."""
    viewer, place = visitor().viewer, paging.asked_place(request.args)
    severity, source = _asked_severity(), _asked_source()
    asked = reading.select_warnings(viewer, severity=severity, source=source)
    rows = session.scalars(paging.turn_to(asked, Item.published_at, Item.id, place)).all()
    page = paging.cut(rows, place, lambda item: (item.published_at, item.id))

    return render_template("advisories/list.html", page=page, filters=_filters(viewer, severity, source))


@blueprint.get("/advisories/<uuid:item_id>")
@access.audience("public")
def read_advisory(item_id: UUID) -> str:
    """Show one warning to whoever may have it; anyone else meets what is not there."""
    warning = reading.find_warning(item_id, visitor().viewer, Outlet.PAGE) or abort(404)

    if reading.record_view(warning, visitor().viewer):
        session.commit()

    thread = replies.thread_of(warning.item, visitor().viewer)
    return render_template("advisories/warning.html", warning=warning, language=page_language(), thread=thread)


def page_language() -> str:
    """Return the language of the page as a key of stored text."""
    return str(get_locale() or "en")[:2]


def _asked_severity() -> Severity | None:
    asked = request.args.get("severity")
    return Severity(asked) if asked in set(Severity) else None


def _asked_source() -> UUID | None:
    try:
        return UUID(request.args.get("source", ""))
    except ValueError:
        return None


def _filters(
    viewer: Viewer, severity: Severity | None, source: UUID | None
) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """Return the rows of links above the list: (name, [(text, address, is chosen)])."""
    by_severity = [(_("All"), paging.same_page(severity=None), severity is None)]
    by_severity += [(str(SEVERITIES[one]), paging.same_page(severity=one.value), one is severity) for one in Severity]
    names = reading.source_names(viewer)
    by_source = [(_("All"), paging.same_page(source=None), source is None)]
    by_source += [(name, paging.same_page(source=str(of)), of == source) for of, name in names]
    rows = [(_("How soon"), by_severity)]
    return [*rows, (_("Source"), by_source)] if len(names) > 1 or source else rows
