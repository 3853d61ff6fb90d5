"""What a source sent, as it was sent, for whoever works on the warning it became."""

from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, Response, abort

from warp_hub import access, audit
from warp_hub.access import visitor
from warp_hub.advisories import originals
from warp_hub.advisories.wording import printable
from warp_hub.db import session
from warp_hub.sharing import deliveries
from warp_hub.sharing.models import Item
from warp_hub.tlp import Outlet

blueprint = Blueprint("desk_originals", __name__, url_prefix="/desk/warnings")
blueprint.app_context_processor(lambda: {"original_travels": originals.travels, "original_text": _text_of})


@blueprint.get("/<uuid:item_id>/original")
@access.audience("coordinator")
def download_original(item_id: UUID) -> Response:
    """Hand over the document as a file that no browser opens by itself."""
    found = originals.find(item_id, visitor().viewer) or abort(404)

    audit.record("downloaded the original", actor=visitor().person, item=item_id)
    if (person := visitor().person) is not None:
        deliveries.note([item_id], person, Outlet.FILE)
    session.commit()

    answer = Response(found.content, mimetype="application/octet-stream")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.file_name)}"
    answer.headers["X-TLP"] = found.item.marking.value
    return answer


def _text_of(item: Item) -> str:
    """Return the beginning of the document behind a warning, harmless to look at; nothing where there is none."""
    found = originals.find_document(item.id, visitor().viewer)
    return printable(found.content) if found else ""
