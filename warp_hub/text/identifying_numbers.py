"""Telephone numbers and postcodes found in a folded text."""

import re
from collections.abc import Iterator

from warp_hub.text.identifying_findings import SUGGESTIONS, Finding, Kind
from warp_hub.text.identifying_folding import Folded
from warp_hub.text.identifying_words import POSTCODE_AREAS

_GAP = r"[ ().\-]{0,3}"
_EXTENSION = r"(?:,? ?(?:ext(?:ension|n)?|x)[.:]? ?\d{2,6})?"
_PHONE = re.compile(
    rf"(?<![\w+.])(?:"
    rf"(?:\+ ?44|0044){_GAP}(?:\(0\){_GAP}|0{_GAP})?[1-35789](?:{_GAP}\d){{8,9}}"
    rf"|\(?0(?!\.)[ (]?[1-35789](?:{_GAP}\d){{8,9}}"
    rf"|\+[1-9](?:{_GAP}\d){{7,14}}"
    rf")(?!\w){_EXTENSION}"
)
_EXTENSION_ALONE = re.compile(r"(?<!\w)ext(?:ension|n)?[.:]? ?\d{3,6}(?!\w)")
_DATE = re.compile(r"\(?\d{1,2}[-. ]\d{1,2}[-. ](?:19|20)\d\d(?!\d)|\d{4}-\d\d-\d\d")
_POSTCODE = re.compile(r"(?<![\w-])(?P<area>[a-z]{1,2})\d[a-z\d]?[ \n]{0,2}\d(?P<unit>[abd-hjlnp-uw-z]{2})(?!\w)")
_ORDINALS = frozenset({"nd", "rd", "th", "st", "gb", "tb", "xx", "hr", "pt", "px"})


def find_numbers(folded: Folded) -> Iterator[Finding]:
    """Yield every telephone number and every postcode."""
    for hit in _PHONE.finditer(folded.text):
        if not _DATE.match(hit[0]):
            yield _finding(folded, *hit.span(), Kind.PHONE)
    for hit in _EXTENSION_ALONE.finditer(folded.text):
        yield _finding(folded, *hit.span(), Kind.PHONE)
    for hit in _POSTCODE.finditer(folded.text):
        if hit["area"] in POSTCODE_AREAS and not _is_quantity(folded, hit):
            yield _finding(folded, *hit.span(), Kind.POSTCODE)


def _is_quantity(folded: Folded, hit: re.Match[str]) -> bool:
    """Say whether "L2 3rd" or "M2 2TB" is meant, where a postcode could be read."""
    if hit["unit"] in ("gb", "tb"):
        return " " in hit[0]
    return hit["unit"] in _ORDINALS and not folded.original(*hit.span("unit")).isupper()


def _finding(folded: Folded, start: int, end: int, kind: Kind) -> Finding:
    first, last = folded.span(start, end)
    return Finding(first, last, kind, folded.source[first:last], SUGGESTIONS[kind])
