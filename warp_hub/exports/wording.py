"""The words of block lists, and what the part of a page that offers them calls."""

from typing import Any
from urllib.parse import urlencode

from flask import current_app, request, url_for
from flask_babel import lazy_gettext as _l

from warp_hub import access
from warp_hub.exports import defender
from warp_hub.pages.dates import day

# In the order a network officer wants them.
LISTS = {
    "ip": _l("Internet addresses"),
    "domain": _l("Domain names"),
    "url": _l("Web addresses"),
    "email": _l("E-mail addresses"),
    "sha256": _l("File hashes (SHA-256)"),
    "sha1": _l("File hashes (SHA-1)"),
    "md5": _l("File hashes (MD5)"),
}


def words() -> dict[str, Any]:
    """Return what the templates of this room call, on the pages of other rooms too."""
    return {
        "block_list_words": LISTS,
        "firewall_address": firewall_address,
        "defender_lists": defender.LISTS,
        "defender_lines": defender.lines,
        "has_tools": access.visitor().person is not None,
        "warnings_file": warnings_file,
        "day": day,
    }


def firewall_address(name: str) -> str:
    """Return the whole address of a block list, to paste into a firewall."""
    base = str(current_app.config["BASE_URL"]).rstrip("/")
    return f"{base}{url_for('exports.firewall')}?{urlencode({'kind': name})}"


def warnings_file() -> str:
    """Return the address of the list of warnings as a table, filtered as the page that is being shown."""
    chosen: dict[str, Any] = {name: request.args[name] for name in ("severity", "source") if name in request.args}
    return url_for("exports.warnings_csv", **chosen)
