"""By which names an organisation or a person goes, worked out from those that are known.

From "Royal Borough of Windsor & Maidenhead (RBWM)" follow "Windsor and Maidenhead", "RBWM", and, since it is a council,
"Windsor" and "Maidenhead". A name that is an ordinary word as well is told apart from one that is not.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from warp_hub.text.identifying_folding import fold_words
from warp_hub.text.identifying_words import (
    AMBIGUOUS,
    BEFORE_BOROUGH,
    COMPASS,
    JOINING,
    KNOWN_INITIALS,
    LEADING,
    LEGAL,
    SHARED_MAILBOXES,
    TITLES,
    TYPES,
    UNITS,
)

MOST_NAMES = 60
MOST_WORDS = 15
SHORTEST = 3
SAY_NOTHING = JOINING | LEADING | LEGAL | TYPES | COMPASS | UNITS
_WORD = re.compile(r"[^\W_]+")
_IN_BRACKETS = re.compile(r"\(([^()]{1,80})\)")
_COUNCIL = re.compile(r"\b(?:councils?|boroughs?|cyngor|comhairle|district council)\b")
_INITIALS = re.compile(r"[A-Z][A-Za-z&]{0,2}[A-Z][A-Z&]{0,2}")
_SIDES = re.compile(r"\s-\s|[/|]")
_DOTTED = re.compile(r"(?<![^\W_])(?:[^\W\d_]\.){2,}")
_POSSESSIVE = re.compile(r"(?<=\w)'s\b")
_MUTATIONS = (
    ("c", ("g", "ngh", "ch")), ("p", ("b", "mh", "ph")), ("t", ("d", "nh", "th")), ("g", ("", "ng")),
    ("b", ("f", "m")), ("d", ("dd", "n")), ("ll", ("l",)), ("m", ("f",)), ("rh", ("r",)),
)  # fmt: skip


class Sureness(Enum):
    """When a name is taken for the name."""

    SURE = "however it is written"
    CAPITAL = "with a capital"
    INITIALS = "only in capitals"
    WORD = "only with a capital and in company: it is an ordinary word as well"


@dataclass(frozen=True)
class Variant:
    """A name in folded words, and when it is taken for the name."""

    words: tuple[str, ...]
    sureness: Sureness


def variants_of(names: Iterable[str]) -> list[Variant]:
    """Return every name that organisations called this go by, the longest first."""
    found: dict[tuple[str, ...], Sureness] = {}
    for name in list(names)[:MOST_NAMES]:
        for variant in _variants(name):
            found.setdefault(variant.words, variant.sureness)
    return [Variant(words, found[words]) for words in sorted(found, key=lambda each: (-len("".join(each)), each))]


def variants_of_person(name: str) -> list[Variant]:
    """Return how a person may be named: in full, the other way round, by initial and surname, by a rare surname."""
    words = tuple(word for word in _words(name) if word not in TITLES)[:MOST_WORDS]
    if len(words) < 2:
        return [Variant(words, Sureness.INITIALS)] if words and len(words[0]) > 2 else []
    first, last = words[0], words[-1]
    found = [words, (first, last), (last, first)]
    variants = [Variant(each, Sureness.SURE) for each in dict.fromkeys(found)]
    if len(last) > 2:
        variants.append(Variant((first[0], last), Sureness.SURE))
    if len(last) > 3 and last not in AMBIGUOUS:
        variants.append(Variant((last,), Sureness.INITIALS))
    return variants


def variants_of_mailbox(address: str) -> list[Variant]:
    """Return how the part of an address before the @ is used alone, as a user name."""
    words = _words(address.rpartition("@")[0])
    if not words or len("".join(words)) < 4 or set(words) <= SHARED_MAILBOXES:
        return []
    return [Variant(words, _sureness(words))]


def is_council(name: str) -> bool:
    """Say whether a name says that it is a council's."""
    return bool(_COUNCIL.search(fold_words(name)))


def _variants(name: str) -> Iterator[Variant]:
    without = _IN_BRACKETS.sub(" ", name)
    yield from _as_given(name)
    for form in dict.fromkeys((without, without.split(",")[0], *_SIDES.split(without))):
        words = _words(form)[:MOST_WORDS]
        core = _core(words)
        yield from _as_given(form)
        yield from _of_core(core, is_council(name))
        yield from _initials(words)
        yield from _initials(_without_start(words))
        if words[:1] in (("cyngor",), ("heddlu",)):
            yield from _mutated(core)
    for inner in _IN_BRACKETS.findall(name):
        yield from _as_given(inner)


def _words(text: str) -> tuple[str, ...]:
    plain = _DOTTED.sub(lambda found: found[0].replace(".", ""), _POSSESSIVE.sub("s", fold_words(text)))
    return tuple(_WORD.findall(plain.replace("&", " and ").replace("'", "")))


def _as_given(form: str) -> Iterator[Variant]:
    words = _words(form)[:MOST_WORDS]
    telling = [word for word in words if word not in JOINING]
    says_nothing = len(telling) < 2 and set(telling) <= SAY_NOTHING
    if says_nothing or len("".join(words)) < SHORTEST:
        return
    if len(words) == 1 and (len(words[0]) <= 3 or _INITIALS.fullmatch(form.strip())):
        yield Variant(words, Sureness.INITIALS)
    else:
        names_a_body = len(telling) > 1 and any(word in TYPES or word in UNITS for word in words)
        is_general = len(telling) < 3 and set(telling) <= SAY_NOTHING
        yield Variant(words, Sureness.SURE if names_a_body and not is_general else _sureness(words))


def _of_core(core: tuple[str, ...], has_parts: bool) -> Iterator[Variant]:
    if not core or len("".join(core)) < 3:
        return
    if len(core) == 1 and len(core[0]) == 3:
        yield Variant(core, Sureness.INITIALS)
        return
    # The own name of a council is a place; that of another body may be any word: HM Passport Office.
    is_any_word = len(core) == 1 and not has_parts and _sureness(core) is Sureness.SURE
    yield Variant(core, Sureness.CAPITAL if is_any_word else _sureness(core))
    for part in _parts(core) if has_parts else ():
        yield Variant(part, _sureness(part))


def _core(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the own name in the name of a body, empty where there is none."""
    return _without_end(_without_start(words), TYPES | JOINING)


def _without_start(words: tuple[str, ...]) -> tuple[str, ...]:
    place = 0
    while place < len(words):
        word, rest = words[place], words[place + 1 :]
        following = next(iter(rest), "")
        if (
            word in LEADING
            or (place and word in JOINING)
            or (word in BEFORE_BOROUGH and following in ("borough", "county"))
        ):
            place += 1
        elif word in UNITS and following in ("of", "for", "and", "nan") and len(rest) > 1:
            place += 2 if following != "and" or rest[1] in UNITS else 1000
        else:
            break
    return words[place:] if place < len(words) else words


def _parts(core: tuple[str, ...]) -> list[tuple[str, ...]]:
    if "and" not in core:
        return []
    parts = (tuple(part.split()) for part in " ".join(core).split(" and "))
    return [part for part in parts if len("".join(part)) > 3 and not set(part) <= COMPASS]


def _initials(words: tuple[str, ...]) -> Iterator[Variant]:
    for form in dict.fromkeys(
        (words, _without_end(words, LEGAL), _without_end(words, LEGAL | {"nhs", "foundation", "trust"}))
    ):
        for counted in (form, tuple(word for word in form if word not in JOINING)):
            initials = "".join(word[0] for word in counted)
            if 3 <= len(initials) <= 8 and initials not in KNOWN_INITIALS:
                yield Variant((initials,), Sureness.INITIALS)


def _without_end(words: tuple[str, ...], endings: frozenset[str]) -> tuple[str, ...]:
    end = len(words)
    while end and words[end - 1] in endings:
        end -= 1
    return words[:end]


def _mutated(core: tuple[str, ...]) -> Iterator[Variant]:
    for start, others in _MUTATIONS:
        if core and core[0].startswith(start) and len(core[0]) > 4:
            for other in others:
                yield Variant((other + core[0][len(start) :], *core[1:]), Sureness.SURE)


def _sureness(words: tuple[str, ...]) -> Sureness:
    ordinary = all(
        word in AMBIGUOUS or word in TYPES or word in JOINING or word in COMPASS or word in UNITS for word in words
    )
    return Sureness.WORD if ordinary else Sureness.SURE
