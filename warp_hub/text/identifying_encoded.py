"""Words in base64, in which the addresses of phishing mails carry whom they were sent to, read and checked as well."""

import re
from base64 import urlsafe_b64decode
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import accumulate

from warp_hub.text.identifying_findings import RANK, Finding
from warp_hub.text.identifying_folding import BARRIER, Folded, fold

_CODE = r"[A-Za-z0-9_-]{8,4000}={0,2}"
_RUN = re.compile(rf"(?<![\w+/=-])(?=[\w-]{{0,4000}}[A-Z]){_CODE}(?![\w+/=-])|(?<=[/#?&=]){_CODE}")
_ANY_WORD = re.compile(r"[a-z]{3}")
_BETWEEN = f"\n{BARRIER}\n"


def find_encoded(folded: Folded, find: Callable[[Folded], Iterable[Finding]]) -> Iterator[Finding]:
    """Yield every run of base64 in the source in which `find` finds something, as the foremost kind of it."""
    runs = [(hit, inside) for hit in _RUN.finditer(folded.source) if (inside := _decoded(hit[0]))]
    ends = list(accumulate(len(inside) + len(_BETWEEN) for _hit, inside in runs))
    found: dict[int, Finding] = {}
    for finding in find(fold(_BETWEEN.join(inside for _hit, inside in runs))) if runs else ():
        place = bisect_right(ends, finding.start)
        found[place] = min(found.get(place, finding), finding, key=lambda each: RANK[each.kind])
    for place, finding in found.items():
        hit = runs[place][0]
        yield replace(finding, start=hit.start(), end=hit.end(), found=hit[0])


def _decoded(run: str) -> str:
    """Return what a run of base64 says, empty where it says nothing that can be read."""
    code = run.rstrip("=")
    try:
        plain = urlsafe_b64decode(code + "=" * (-len(code) % 4)).decode()
    except ValueError:
        return ""
    return plain if plain.isprintable() and _ANY_WORD.search(plain.lower()) else ""
