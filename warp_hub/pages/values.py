"""What values to look for are called, group by group, in the order a network officer wants them."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

GROUPS: dict[str, LazyString] = {
    "ipv4": _l("Internet addresses"),
    "ipv6": _l("Internet addresses (IPv6)"),
    "domain": _l("Domain names"),
    "url": _l("Web addresses"),
    "email": _l("E-mail addresses"),
    "file-hash": _l("File hashes"),
    "file-name": _l("File names"),
    "file-path": _l("Folders and files"),
    "other": _l("Other"),
}
