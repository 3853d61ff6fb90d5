"""Block lists as Microsoft Defender imports them: one kind a file, 500 values at a time, no networks."""

import csv
import io
from collections.abc import Sequence
from datetime import timedelta

from warp_hub import clock
from warp_hub.stix import IndicatorKind
from warp_hub.tlp import Marking

MOST = 500
EXPIRES_AFTER = timedelta(days=90)
COLUMNS = (
    "IndicatorType",
    "IndicatorValue",
    "ExpirationTime",
    "Action",
    "Severity",
    "Title",
    "Description",
    "RecommendedActions",
    "RbacGroups",
    "Category",
    "MitreTechniques",
    "GenerateAlert",
)
# What Defender calls each list that it can take, and what it is to do.
LISTS: dict[str, tuple[str, str]] = {
    "ip": ("IpAddress", "Block"),
    "domain": ("DomainName", "Block"),
    "url": ("Url", "Block"),
    "sha256": ("FileSha256", "BlockAndRemediate"),
    "sha1": ("FileSha1", "BlockAndRemediate"),
}
KINDS: dict[str, str] = {
    IndicatorKind.IPV4: "ip",
    IndicatorKind.IPV6: "ip",
    IndicatorKind.DOMAIN: "domain",
    IndicatorKind.URL: "url",
    IndicatorKind.SHA256: "sha256",
    IndicatorKind.SHA1: "sha1",
}


def lines(name: str, values: Sequence[str], label: Marking) -> str:
    """Return a list as Defender imports it, with its label in the title of each line; "" where nothing is left."""
    kind, action = LISTS[name]
    fitting = [value for value in values if name != "ip" or "/" not in value][:MOST]
    if not fitting:
        return ""
    written = io.StringIO()
    write = csv.writer(written, lineterminator="\r\n")
    write.writerow(COLUMNS)
    # To the day, so that a page which shows it is the same for all of a day.
    until = (clock.now() + EXPIRES_AFTER).strftime("%Y-%m-%dT00:00:00.0Z")
    title = f"WARP Hub {label.value}"
    about = f"From a warning in WARP Hub under {label.value}"
    for value in fitting:
        write.writerow([kind, value, until, action, "Medium", title, about, "", "", "", "", "TRUE"])
    return written.getvalue()
