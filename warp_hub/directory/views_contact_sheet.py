"""The contact sheet, as a page to print."""

from flask import Blueprint, abort, render_template, request

from warp_hub import access, clock
from warp_hub.directory import contact_sheet

blueprint = Blueprint("contact_sheet", __name__)


@blueprint.app_template_global()
def may_print_sheet() -> bool:
    """Say whether there is a sheet for whoever is asking."""
    return bool(contact_sheet.printable(access.viewer()))


@blueprint.get("/members/contact-sheet")
@access.audience("full")
def read_sheet() -> str:
    """Show the telephone numbers of a WARP for the day the network is down."""
    sheet = contact_sheet.sheet_for(access.viewer(), request.args.get("warp"))
    if sheet is None:
        abort(404)

    return render_template(
        "directory/contact_sheet.html", sheet=sheet, marking=contact_sheet.MARKING, today=clock.now()
    )
