"""What a marking definition of a source means, where its id is not one of the fixed ones."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from warp_hub.stix.labels import Pap, read_label, read_pap, speaks_of_tlp
from warp_hub.tlp import Marking

_LONGEST = 4000
_MENTION = re.compile(r"\bTLP(?P<sign>\s*:|[ _-])\s*[A-Z]+(?:(?:\s*\+\s*|[ _-])STRICT\b)?", re.IGNORECASE)
_SPEAKS = re.compile(r"\bTLP\b|traffic[ -]light[ -]protocol", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one marking of an object says."""

    markings: frozenset[Marking] = frozenset()
    paps: frozenset[Pap] = frozenset()
    statements: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    chatham_house: bool = False
    is_unknown: bool = False


def mean_nothing() -> Meaning:
    """Return the meaning of a marking that cannot be read: its object is held."""
    return Meaning(is_unknown=True)


def read_definition(definition: object, tlp2_extension: str) -> Meaning:
    """Return what a definition means: a label wherever it is written, a plain statement, or unknown."""
    if not isinstance(definition, Mapping):
        return mean_nothing()
    found = [read_text(text) for text in _texts_about_tlp(definition, tlp2_extension)]
    if found:
        return _together(found)
    pap = _pap_of(definition)
    if pap is not None:
        return Meaning(paps=frozenset({pap}))
    return _read_statement(definition)


def read_text(text: str) -> Meaning:
    """Return what a text that speaks of TLP means; unknown when no label can be read out of it."""
    whole = read_label(text)
    if whole.marking is not None or whole.chatham_house:
        markings = frozenset({whole.marking} if whole.marking else ())
        return Meaning(markings=markings, notices=whole.notices, chatham_house=whole.chatham_house)
    return _read_prose(text)


def _texts_about_tlp(definition: Mapping[str, Any], tlp2_extension: str) -> Iterator[str]:
    for text in _plain_texts(definition):
        if speaks_of_tlp(text) or _SPEAKS.search(text):
            yield text
    extensions = definition.get("extensions")
    tlp2 = extensions.get(tlp2_extension) if isinstance(extensions, Mapping) else None
    if tlp2 is not None:
        word = tlp2.get("tlp_2_0") if isinstance(tlp2, Mapping) else None
        yield f"TLP:{word}" if isinstance(word, str) else "TLP:?"
    if str(definition.get("definition_type")).strip().lower() == "tlp":
        yield from _words_of_tlp_type(definition.get("definition"))


def _plain_texts(definition: Mapping[str, Any]) -> Iterator[str]:
    for key in ("name", "x_opencti_definition"):
        if isinstance(definition.get(key), str):
            yield definition[key]
    kind = definition.get("definition_type")
    if isinstance(kind, str) and kind.strip().lower() != "tlp":
        yield kind
    inner = definition.get("definition")
    values = inner.values() if isinstance(inner, Mapping) else [inner]
    yield from (value for value in values if isinstance(value, str))


def _words_of_tlp_type(inner: object) -> Iterator[str]:
    values = list(inner.values()) if isinstance(inner, Mapping) else [inner]
    for value in values:
        if value is not None and not (isinstance(value, str) and speaks_of_tlp(value)):
            yield f"TLP:{value}" if isinstance(value, str) else "TLP:?"


def _read_prose(text: str) -> Meaning:
    markings: set[Marking] = set()
    is_unknown = len(text) > _LONGEST
    for mention in _MENTION.finditer(text[:_LONGEST]):
        marking = read_label(mention[0]).marking
        if marking is not None:
            markings.add(marking)
        elif ":" in mention["sign"]:  # "see first.org/tlp for more" is no label, "TLP:PURPLE" tries to be one
            is_unknown = True
    return Meaning(markings=frozenset(markings), is_unknown=is_unknown or not markings)


def _together(found: list[Meaning]) -> Meaning:
    markings = frozenset(marking for meaning in found for marking in meaning.markings)
    return Meaning(
        markings=markings,
        notices=tuple(notice for meaning in found for notice in meaning.notices),
        chatham_house=any(meaning.chatham_house for meaning in found),
        is_unknown=any(meaning.is_unknown for meaning in found),
    )


def _pap_of(definition: Mapping[str, Any]) -> Pap | None:
    inner = definition.get("definition")
    values = list(inner.values()) if isinstance(inner, Mapping) else [inner]
    texts = [text for text in (definition.get("name"), *values) if isinstance(text, str)]
    paps = [pap for pap in map(read_pap, texts) if pap is not None]
    return max(paps, key=lambda pap: pap.rank, default=None)


def _read_statement(definition: Mapping[str, Any]) -> Meaning:
    inner = definition.get("definition")
    statement = inner.get("statement") if isinstance(inner, Mapping) else None
    if definition.get("definition_type") != "statement" or not isinstance(statement, str):
        return mean_nothing()
    return Meaning(statements=(statement[:_LONGEST],))
