"""Times as other formats write them, made into times of STIX: UTC, to the millisecond."""

import email.utils
import re
from datetime import UTC, datetime, timedelta

_RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d)(:\d\d)?(?:[.,](\d{1,9})\d*)?\s*(Z|z|[+-]\d\d:?\d\d)?)?", re.ASCII
)
_SECONDS = re.compile(r"[1-9]\d{0,11}", re.ASCII)


def of_rfc3339(text: object) -> str | None:
    """Read a time, or a day as its beginning; without a zone it is taken for UTC."""
    found = _RFC3339.fullmatch(text.strip()) if isinstance(text, str) and len(text) < 60 else None
    if found is None:
        return None
    day, minutes, seconds, fraction, zone = found.groups()
    zone = "+00:00" if zone in (None, "Z", "z") else zone
    try:
        moment = datetime.fromisoformat(f"{day}T{minutes or '00:00'}{seconds or ':00'}{zone}")
    except ValueError:
        return None
    return written(moment + timedelta(milliseconds=int(f"{fraction or '0':0<3}"[:3])))


def of_mail(text: object) -> str | None:
    """Read a time as mail and RSS write it."""
    if not isinstance(text, str) or len(text) > 100:
        return None
    try:
        moment = email.utils.parsedate_to_datetime(text.strip())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return written(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def of_unix(value: object) -> str | None:
    """Read a number of seconds since 1970, as text or as a number."""
    digits = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not _SECONDS.fullmatch(digits):
        return None
    try:
        return written(datetime.fromtimestamp(int(digits), UTC))
    except (ValueError, OverflowError, OSError):
        return None


def written(moment: datetime) -> str | None:
    """Return a moment in the grammar of STIX, or None where UTC has no such moment."""
    try:
        utc = moment.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return f"{utc.year:04}-{utc:%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03}Z"
