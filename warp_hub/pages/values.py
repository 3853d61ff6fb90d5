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
    "certificate-hash": _l("Certificates"),
    "user-agent": _l("What attackers' programs call themselves"),
    "email-subject": _l("Subjects of e-mails"),
    "registry-key": _l("Windows registry keys"),
    "process-name": _l("Programs"),
    "command-line": _l("Commands"),
    "mutex": _l("Locks that malware sets (mutexes)"),
    "account": _l("Accounts"),
    "mac-address": _l("Network card addresses"),
    "as-number": _l("Network operators (AS numbers)"),
    "other": _l("Other"),
    "expired": _l("No longer valid, says their source"),
}
