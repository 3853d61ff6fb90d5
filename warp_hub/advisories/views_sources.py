"""A coordinator's sources: how they are doing, what needs checking."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access, audit
from warp_hub.access import visitor
from warp_hub.advisories import sources
from warp_hub.advisories.models import Quarantined, Source
from warp_hub.db import session
from warp_hub.sharing.visibility import count_visible, select_kept

blueprint = Blueprint("desk_sources", __name__, url_prefix="/desk/sources")
SHOWN = 50


@blueprint.get("")
@access.audience("coordinator")
def list_sources() -> str:
    """List the sources of the coordinator's WARPs with their health."""
    return render_template("advisories/sources.html", sources=sources.of_warps(visitor().coordinates))


@blueprint.get("/<slug>")
@access.audience("coordinator")
def read_source(slug: str) -> str:
    """Show one source: its last runs, and what it sent that needs checking."""
    source = _mine(slug)
    checking = select_kept(Quarantined, visitor().viewer).where(Quarantined.source_id == source.id)
    newest = checking.order_by(Quarantined.last_seen_at.desc()).limit(SHOWN)

    return render_template(
        "advisories/source.html",
        source=source,
        runs=sources.runs_of(source.id),
        checking=session.scalars(newest).all(),
        count=count_visible(checking),
    )


@blueprint.post("/<slug>/pause")
@access.audience("coordinator")
def pause_or_resume(slug: str) -> ResponseReturnValue:
    """Ask a source no more, or again."""
    source = _mine(slug)

    (sources.resume if source.paused else sources.pause)(source, by=visitor().person)
    session.commit()

    flash(_("The source is paused.") if source.paused else _("The source is asked again."), "success")
    return redirect(url_for("desk_sources.read_source", slug=slug), 303)


@blueprint.post("/<slug>/checking/<uuid:row_id>/again")
@access.audience("coordinator")
def try_again(slug: str, row_id: UUID) -> ResponseReturnValue:
    """Have something taken in once more at the next pull."""
    source, row = _mine(slug), _row(row_id)

    row.try_again = True
    audit.record("try again", actor=visitor().person, warp=row.keeper, detail={"source": source.slug})
    session.commit()

    flash(_("It is tried again at the next pull."), "success")
    return redirect(url_for("desk_sources.read_source", slug=slug), 303)


@blueprint.post("/<slug>/checking/<uuid:row_id>/discard")
@access.audience("coordinator")
def discard(slug: str, row_id: UUID) -> ResponseReturnValue:
    """Throw something away that needed checking."""
    source, row = _mine(slug), _row(row_id)

    session.delete(row)
    audit.record("discarded", actor=visitor().person, warp=row.keeper, detail={"source": source.slug})
    session.commit()

    flash(_("It is discarded."), "success")
    return redirect(url_for("desk_sources.read_source", slug=slug), 303)


def _mine(slug: str) -> Source:
    mine = {source.slug: source for source in sources.of_warps(visitor().coordinates)}
    return mine.get(slug) or abort(404)


def _row(row_id: UUID) -> Quarantined:
    asked = select_kept(Quarantined, visitor().viewer).where(Quarantined.id == row_id)
    found: Quarantined = session.scalars(asked).one_or_none() or abort(404)
    return found
