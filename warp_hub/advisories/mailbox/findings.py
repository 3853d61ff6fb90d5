"""What a mail server noted about a mail in `Authentication-Results` (RFC 8601), read by its grammar.

Comments and quoted words are taken out first: "dmarc=pass" inside one is nobody's finding.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

LONGEST = 10_000
MOST_HEADERS = 50
_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s;="]+|=|;', re.DOTALL)


@dataclass(frozen=True)
class Findings:
    """What one server found: each method with its result and what it was about."""

    results: tuple[tuple[str, str, dict[str, str]], ...]

    def passes_dmarc(self, domain: str) -> bool:
        """Say whether DMARC was found to pass, once and for this domain."""
        found = [(result, about) for method, result, about in self.results if method == "dmarc"]
        if len(found) != 1:
            return False
        result, about = found[0]
        return result == "pass" and about.get("header.from", domain).rstrip(".") == domain


def of_server(headers: Iterable[str], authserv_id: str) -> Findings | None:
    """Return the topmost finding of this server, or None where it left none; others' are not looked at."""
    for header in list(headers)[:MOST_HEADERS]:
        words = _WORD.findall(_without_comments(str(header)[:LONGEST]))
        if words and _plain(words[0]) == authserv_id.strip().lower():
            whole = len(str(header)) <= LONGEST
            return Findings(tuple(_results(words[1:])) if whole else ())
    return None


def _results(words: list[str]) -> Iterable[tuple[str, str, dict[str, str]]]:
    part: list[str] = []
    for word in [*words, ";"]:
        if word != ";":
            part.append(_plain(word))
            continue
        pairs = [(part[at - 1], part[at + 1]) for at, sign in enumerate(part) if sign == "=" and 0 < at < len(part) - 1]
        if pairs:
            (method, result), *about = pairs
            yield method.partition("/")[0], result, dict(about)
        part = []


def _plain(word: str) -> str:
    if word.startswith('"') and word.endswith('"') and len(word) > 1:
        word = re.sub(r"\\(.)", r"\1", word[1:-1])
    return word.lower()


def _without_comments(header: str) -> str:
    """Leave out what stands in brackets, which may stand in brackets again, but not in quotes."""
    kept, depth, quoted, at = [], 0, False, 0
    while at < len(header):
        sign = header[at]
        if sign == "\\" and (quoted or depth):
            kept.append(header[at : at + 2] if not depth else "")
            at += 2
            continue
        if sign == '"' and not depth:
            quoted = not quoted
        if sign == "(" and not quoted:
            depth += 1
        kept.append(" " if depth else sign)
        if sign == ")" and not quoted and depth:
            depth -= 1
        at += 1
    return "".join(kept)
