"""What leaves in a file: block lists for tools with a token, tables for people who are signed in."""

from collections.abc import Collection
from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, Response, current_app, request

from warp_hub import access, audit, clock
from warp_hub.access import visitor
from warp_hub.db import session
from warp_hub.exports import asking, defender, files, views_tokens, warnings, wording
from warp_hub.exports.asking import NotAsked
from warp_hub.sharing import block_lists, deliveries
from warp_hub.sharing.models import Severity
from warp_hub.tlp import Marking, Outlet

blueprint = Blueprint("exports", __name__)
blueprint.app_context_processor(wording.words)
for _rule, _endpoint, _view, _methods in views_tokens.ROUTES:
    blueprint.add_url_rule(_rule, _endpoint, _view, methods=_methods)


@blueprint.get("/exports/indicators.txt")
@access.audience("token")
def firewall() -> Response:
    """Give a firewall the values that the token's owner may block, one a line."""
    try:
        asked = asking.read(request.args)
    except NotAsked as error:
        return Response(f"{error}\n", 400, mimetype="text/plain")
    found = block_lists.newest(visitor().viewer, asked.kinds, asked.since)

    _record("export.firewall", len(found.values), found.label, found.items)
    session.commit()

    answer = _file(files.plain_list(found, asked, visitor().email), "text/plain", "block list", found.label, "txt")
    answer.headers["X-Complete"] = "no" if found.is_cut else "yes"
    return answer


@blueprint.get("/exports/defender.csv")
@access.audience("full")
def defender_csv() -> Response:
    """Give somebody the newest values of one kind as Microsoft Defender imports them."""
    name = request.args.get("kind", "domain")
    name = name if name in defender.LISTS else "domain"
    since = clock.now() - asking.LATELY
    found = block_lists.newest(visitor().viewer, block_lists.LISTS[name], since, defender.MOST)

    _record("export.defender", len(found.values), found.label, found.items)
    session.commit()

    lines = defender.lines(name, [value for _, value in found.values], found.label or Marking.CLEAR)
    return _file(lines, "text/csv", f"for Defender {name}", found.label, "csv")


@blueprint.get("/exports/warnings.csv")
@access.audience("signed-in")
def warnings_csv() -> Response:
    """Give a member the list of warnings as a table, filtered as the page is."""
    asking_for = request.args.get("severity")
    severity = Severity(asking_for) if asking_for in set(Severity) else None
    found = warnings.newest(visitor().viewer, severity, _source())

    _record("export.warnings", len(found.items), found.label, [item.id for item in found.items])
    session.commit()

    base = str(current_app.config["BASE_URL"]).rstrip("/")
    table = files.table(warnings.headings(), warnings.rows(found, base, visitor().email))
    return _file(table, "text/csv", "warnings", found.label, "csv")


def _source() -> UUID | None:
    try:
        return UUID(request.args.get("source", ""))
    except ValueError:
        return None


def _record(action: str, count: int, label: Marking | None, items: Collection[UUID]) -> None:
    """Record who took how much under which label, never what; and for recalls alone, who has a copy of what."""
    asks = visitor()
    detail: dict[str, Any] = {"count": count, "label": label.value if label else None}
    if asks.token_id is not None:
        detail["token"] = str(asks.token_id)
    audit.record(action, actor=asks.person, detail=detail)
    if asks.person is not None:
        deliveries.note(items, asks.person, Outlet.FILE)


def _file(body: str | bytes, mimetype: str, what: str, label: Marking | None, ending: str) -> Response:
    """Return a file whose name and header bear the strictest label in it."""
    answer = Response(body, mimetype=mimetype)
    name = quote(files.name_of(what, label, ending))
    kind = "inline" if ending == "txt" else "attachment"
    answer.headers["Content-Disposition"] = f"{kind}; filename*=UTF-8''{name}"
    answer.headers["X-TLP"] = (label or Marking.CLEAR).value
    return answer
