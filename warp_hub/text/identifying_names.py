"""Names found in a folded text: of the organisations somebody belongs to, and their own."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from warp_hub.text.identifying_findings import COUNCIL_NAME, SUGGESTIONS, Finding, Kind, Known
from warp_hub.text.identifying_folding import Folded
from warp_hub.text.identifying_misspelt import SHORTEST, long_enough, misspells
from warp_hub.text.identifying_variants import (
    Sureness,
    Variant,
    is_council,
    variants_of,
    variants_of_mailbox,
    variants_of_person,
)
from warp_hub.text.identifying_words import JOINING, NEIGHBOURS, NOT_PLACED, PLACING, TYPES

# Between the words of a name: a blank, a line end, the rule of a table, a hyphen, or nothing.
_BETWEEN = r"[\s\-_/|,.'&+]{0,5}"
# Not after an apostrophe either: "it's Lee" does not hold S. Lee.
_EDGE, _END = r"(?<![^\W_])(?<![^\W_]')", r"(?![^\W_])"
_KINDS = "|".join(sorted(TYPES - {"s", "u"}, key=lambda word: (-len(word), word)))
_TAIL = rf"(?:(?:{_BETWEEN}(?:and{_BETWEEN})?(?:{_KINDS})){{1,5}}{_END})?"
_REST = re.compile(_TAIL)
_HEAD = (
    r"(?:(?:(?:london|royal|metropolitan)\s)?(?:city|county|borough|district|town)"
    r"(?:\s(?:council|and\scounty))?\s(?:of\s)(?:the\s)?|(?:cy|gy|chy)ngor\s(?:(?:sir|dinas|bwrdeistref|sirol)\s){0,3})?"
)
_INHABITANTS = r"(?:s|ns?|ians?|ers?|ish)"
_SHORT = {
    "north": r"n(?:or|o)?(?:th)?", "south": r"s(?:ou|o)?(?:th)?", "east": r"e(?:ast)?", "west": r"w(?:est)?",
    "saint": r"s(?:ain)?t", "st": r"s(?:ain)?t", "and": r"(?:and|n)?", "county": r"(?:county|co)",
}  # fmt: skip
_BEFORE = re.compile(r"([^\W_]+) (?:of |of the )$|(cyngor) $")
_AFTER = re.compile(r"[\s\-|']{1,3}([^\W_]+)")
_PREPOSITION = re.compile(r"(?<![^\W_])([^\W_]+)\s$")
_WRITTEN_WORD = re.compile(r"[^\W_]+")
_LONG_WORD = re.compile(rf"(?<![^\W_])[^\W\d_]{{{SHORTEST - 1},30}}(?![^\W_])")
_OWN_NAMES = (Sureness.SURE, Sureness.CAPITAL)
_REACH = 30


def find_names(folded: Folded, known: Known) -> Iterator[Finding]:
    """Yield every passage that names an organisation or a person known."""
    suggestion = COUNCIL_NAME if any(map(is_council, known.names)) else SUGGESTIONS[Kind.ORGANISATION]
    names = variants_of(known.names)
    yield from _find_sure(folded, names, Kind.ORGANISATION, suggestion)
    yield from _find_capitalised(folded, names, suggestion)
    yield from _find_initials(folded, names, Kind.SHORT_NAME, suggestion)
    yield from _find_words(folded, names, suggestion)
    yield from _find_misspelt(folded, names, suggestion)
    people = [variant for own in known.people for variant in _variants_of_own(own)]
    yield from _find_sure(folded, people, Kind.PERSON, SUGGESTIONS[Kind.PERSON])
    yield from _find_initials(folded, people, Kind.PERSON, SUGGESTIONS[Kind.PERSON])


def _variants_of_own(own: str) -> list[Variant]:
    return variants_of_mailbox(own) if "@" in own else variants_of_person(own)


def _find_sure(folded: Folded, variants: Iterable[Variant], kind: Kind, suggestion: str) -> Iterator[Finding]:
    chosen = tuple(variant.words for variant in variants if variant.sureness is Sureness.SURE)
    is_body = kind is Kind.ORGANISATION
    for hit in _pattern(chosen, is_body).finditer(folded.text) if chosen else ():
        yield _finding(folded, hit.start(), hit.end(), kind, suggestion)


def _find_capitalised(folded: Folded, variants: Iterable[Variant], suggestion: str) -> Iterator[Finding]:
    chosen = tuple(variant.words for variant in variants if variant.sureness is Sureness.CAPITAL)
    for hit in _pattern(chosen, True).finditer(folded.text) if chosen else ():
        if folded.original(*hit.span())[:1].isupper():
            yield _finding(folded, *hit.span(), Kind.ORGANISATION, suggestion)


def _find_initials(folded: Folded, variants: Iterable[Variant], kind: Kind, suggestion: str) -> Iterator[Finding]:
    chosen = tuple(variant.words for variant in variants if variant.sureness is Sureness.INITIALS)
    for hit in _pattern_of_initials(chosen).finditer(folded.text) if chosen else ():
        written = folded.original(*hit.span("initials"))
        if _is_in_capitals(written) or (kind is Kind.PERSON and written[:1].isupper()):
            yield _finding(folded, *hit.span(), kind, suggestion)


def _find_words(folded: Folded, variants: Iterable[Variant], suggestion: str) -> Iterator[Finding]:
    chosen = tuple(variant.words for variant in variants if variant.sureness is Sureness.WORD)
    for hit in _pattern(chosen, False).finditer(folded.text) if chosen else ():
        written = folded.original(hit.start(), hit.end())
        if not _is_capitalised(written):
            continue
        if _has_neighbour(folded.text, hit):
            whole = _REST.match(folded.text, hit.end())
            yield _finding(folded, hit.start(), whole.end() if whole else hit.end(), Kind.ORGANISATION, suggestion)
        elif len(_WRITTEN_WORD.findall(written)) > 1 or _is_placed(folded, hit):
            yield _finding(folded, hit.start(), hit.end(), Kind.SHORT_NAME, suggestion)


def _find_misspelt(folded: Folded, variants: Iterable[Variant], suggestion: str) -> Iterator[Finding]:
    """Yield single words with a capital that are a name but for one slip."""
    single = (each.words[0] for each in variants if len(each.words) == 1 and each.sureness in _OWN_NAMES)
    names = long_enough(frozenset(single))
    for hit in _LONG_WORD.finditer(folded.text) if names else ():
        if misspells(hit[0], names) and folded.original(*hit.span())[:1].isupper():
            yield _finding(folded, *hit.span(), Kind.SHORT_NAME, suggestion)


def _finding(folded: Folded, start: int, end: int, kind: Kind, suggestion: str) -> Finding:
    first, last = folded.span(start, end)
    return Finding(first, last, kind, folded.source[first:last], suggestion)


@lru_cache(maxsize=256)
def _pattern(names: tuple[tuple[str, ...], ...], is_body: bool) -> re.Pattern[str]:
    """Return what finds any of these names in a folded text, with the kind of body around it."""
    written = "|".join(_written(words) for words in names)
    spaced = [_spaced(words[0]) for words in names if len(words) == 1 and 4 <= len(words[0]) <= 20]
    head, tail = (_HEAD, _TAIL) if is_body else ("", "")
    alone = rf"(?:{written})(?:{tail}{_END}|{_INHABITANTS}{_END})" if is_body else rf"(?:{written})s?{_END}"
    return re.compile("|".join([rf"{_EDGE}{head}{alone}", *spaced]))


@lru_cache(maxsize=256)
def _pattern_of_initials(names: tuple[tuple[str, ...], ...]) -> re.Pattern[str]:
    written = "|".join(r"(?:\. ?)?".join(map(re.escape, words[0])) for words in names if len(words) == 1)
    return re.compile(rf"{_EDGE}(?P<initials>{written})s?{_END}")


def _has_neighbour(text: str, hit: re.Match[str]) -> bool:
    before = _BEFORE.search(text, max(0, hit.start() - _REACH), hit.start())
    after = _AFTER.match(text, hit.end(), hit.end() + _REACH)
    return bool(before and (before[1] or before[2]) in NEIGHBOURS) or bool(after and after[1] in NEIGHBOURS)


def _is_placed(folded: Folded, hit: re.Match[str]) -> bool:
    """Say whether the word stands where a place would: "in Reading", "Reading's"."""
    if hit[0] in NOT_PLACED:
        return False
    before = _PREPOSITION.search(folded.text, max(0, hit.start() - _REACH), hit.start())
    return bool(before and before[1] in PLACING) or folded.text.startswith("'s ", hit.end())


def _is_capitalised(written: str) -> bool:
    """Say whether every word of a name but the small ones has a capital."""
    words = [word for word in _WRITTEN_WORD.findall(written) if word.casefold() not in JOINING]
    return bool(words) and all(word[0].isupper() for word in words)


def _is_in_capitals(written: str) -> bool:
    """Say whether initials are written as such: DfE and L.C.C., but neither "Cod" nor "MPs" for MPS."""
    letters = [letter for letter in written if letter.isalpha()]
    return letters[0].isupper() and letters[-1].isupper() and sum(map(str.isupper, letters)) * 3 >= 2 * len(letters)


def _written(words: tuple[str, ...]) -> str:
    if len(words) == 1:
        return ("(?<!new )" if words[0] != "new" else "") + re.escape(words[0])
    return _BETWEEN.join(_SHORT.get(word) or _with_apostrophe(word) for word in words)


def _with_apostrophe(word: str) -> str:
    if len(word) in (2, 3) and word not in JOINING:
        return r"\.?".join(map(re.escape, word)) + r"\.?"  # T.J. Samson
    return rf"{re.escape(word[:-1])}'?s'?" if len(word) > 3 and word.endswith("s") else re.escape(word)


def _spaced(word: str) -> str:
    """Return what finds a name written with something between its letters: L E E D S."""
    return rf"{_EDGE}{re.escape(word[0])}" + "".join(rf"[ .*_\-]{re.escape(letter)}" for letter in word[1:]) + _END
