"""A coordinator's sources: how they are doing, adding and changing them, what needs checking."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access, clock
from warp_hub.access import visitor
from warp_hub.advisories import health, quarantine, source_reading, source_wording, sources
from warp_hub.advisories.mailbox import standing
from warp_hub.advisories.models import Quarantined, Source
from warp_hub.db import session
from warp_hub.sharing.visibility import count_visible, select_kept

blueprint = Blueprint("desk_sources", __name__, url_prefix="/desk/sources")
blueprint.app_context_processor(
    lambda: {"source_words": source_wording, "sources_needing_attention": health.needing_attention}
)
SHOWN = 50


@blueprint.get("")
@access.audience("coordinator")
def list_sources() -> str:
    """List the sources of the coordinator's WARPs with their health."""
    mine = sources.of_warps(visitor().coordinates)
    mail = standing.of_warps(visitor().coordinates, visitor().viewer)
    return render_template("advisories/sources.html", sources=mine, mail=mail)


@blueprint.get("/<uuid:source_id>")
@access.audience("coordinator")
def read_source(source_id: UUID) -> str:
    """Show one source: how it is doing, its last runs, and what it sent that needs checking."""
    source, viewer = find_mine(source_id), visitor().viewer
    checking = select_kept(Quarantined, viewer).where(Quarantined.source_id == source.id)
    newest = checking.order_by(Quarantined.last_seen_at.desc()).limit(SHOWN)

    return render_template(
        "advisories/source.html",
        source=source,
        runs=sources.runs_of(source.id),
        checking=session.scalars(newest).all(),
        count=count_visible(checking),
        gone=source_reading.gone_warnings(source, viewer),
        about=source_reading.about(source, visitor().coordinates),
    )


@blueprint.post("/<uuid:source_id>/pause")
@access.audience("coordinator")
def pause_or_resume(source_id: UUID) -> ResponseReturnValue:
    """Ask a source no more, or again: what other WARPs get from it is for its keeper to stop."""
    source = find_mine(source_id)
    if not source_reading.about(source, visitor().coordinates).may_change:
        abort(404)

    (sources.resume if source.paused else sources.pause)(source, by=visitor().person)
    session.commit()

    said = _("The source is paused.") if source.paused else _("The source is asked again.")
    return _back_to(source, said)


@blueprint.post("/<uuid:source_id>/ask")
@access.audience("coordinator")
def ask_now(source_id: UUID) -> ResponseReturnValue:
    """Have a source asked within a minute, whenever its time would have come."""
    source = find_mine(source_id)

    source.next_try_at = clock.now()
    session.commit()

    return _back_to(source, _("It is asked within a minute."))


@blueprint.post("/<uuid:source_id>/checking/<uuid:row_id>/again")
@access.audience("coordinator")
def try_again(source_id: UUID, row_id: UUID) -> ResponseReturnValue:
    """Have something taken in once more, as it came."""
    source = find_mine(source_id)

    quarantine.try_again(_row(source, row_id), source, by=visitor().person)
    session.commit()

    return _back_to(source, _("It is tried again within a minute."))


@blueprint.post("/<uuid:source_id>/checking/<uuid:row_id>/fetch")
@access.audience("coordinator")
def fetch_again(source_id: UUID, row_id: UUID) -> ResponseReturnValue:
    """Have one thing fetched from its source again."""
    source = find_mine(source_id)

    quarantine.fetch_again(_row(source, row_id), source, by=visitor().person)
    session.commit()

    return _back_to(source, _("It is fetched again within a minute."))


@blueprint.post("/<uuid:source_id>/checking/<uuid:row_id>/discard")
@access.audience("coordinator")
def discard(source_id: UUID, row_id: UUID) -> ResponseReturnValue:
    """Throw something away that needed checking."""
    source = find_mine(source_id)

    quarantine.discard(_row(source, row_id), source, by=visitor().person)
    session.commit()

    return _back_to(source, _("It is discarded."))


def find_mine(source_id: UUID) -> Source:
    """Return a source that serves a WARP which the visitor runs, or answer that it is not there."""
    mine = {source.id: source for source in sources.of_warps(visitor().coordinates)}
    return mine.get(source_id) or abort(404)


def _row(source: Source, row_id: UUID) -> Quarantined:
    asked = select_kept(Quarantined, visitor().viewer).where(
        Quarantined.id == row_id, Quarantined.source_id == source.id
    )
    found: Quarantined = session.scalars(asked).one_or_none() or abort(404)
    return found


def _back_to(source: Source, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for("desk_sources.read_source", source_id=source.id), 303)
