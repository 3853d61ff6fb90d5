"""The tags of a MISP event or attribute: how it is to be handled, the techniques it names, and words."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from feeds import made
from feeds.made import Stix

# The ids of markings, with the definition of those that are no label of TLP.
Handling = dict[str, Stix | None]

_UNREADABLE = "tlp:unreadable"
# Whatever sets out to be a label: one that is none after all holds its event back.
_TLP, _PAP = re.compile(r"tlp(?![a-z0-9]).*", re.IGNORECASE), re.compile(r"pap\s*:.*", re.IGNORECASE)
_CHATHAM = re.compile(r"tlp\s*:\s*ex\s*:\s*chr", re.IGNORECASE)
_TECHNIQUE = re.compile(r'misp-galaxy:mitre-[a-z-]*attack-pattern="(.{1,150}?) - (T\d{4}(?:\.\d{3})?)"')
_GALAXY = re.compile(r'misp-galaxy:([a-z0-9-]{1,60})="(.{1,150})"')


def tags_of(data: Mapping[str, Any]) -> list[str]:
    """Return the names of the tags of an event or an attribute; one that cannot be read may have been its label."""
    told = data.get("Tag") or []
    names = [made.inside(each).get("name") for each in told] if isinstance(told, list) else [None]
    return [
        made.line(unicodedata.normalize("NFKC", name), 200) if isinstance(name, str) else _UNREADABLE for name in names
    ]


def handling(tags: Iterable[str]) -> Handling:
    """Return the markings that tags stand for."""
    found: Handling = {}
    for tag in tags:
        if _PAP.fullmatch(tag) or _CHATHAM.fullmatch(tag):
            definition = made.statement("TLP:EX:CHR" if _CHATHAM.fullmatch(tag) else tag.upper())
            found[definition["id"]] = definition
        elif _TLP.fullmatch(tag):
            found[made.label_ref(tag)] = None
    return found


def labels_in(tags: Iterable[str]) -> set[str]:
    """Return the ids of the labels of TLP among tags, read or not."""
    return {ref for ref, definition in handling(tags).items() if definition is None}


def definitions(markings: list[Handling]) -> list[Stix]:
    """Return each definition once."""
    return list({ref: each for refs in markings for ref, each in refs.items() if each}.values())


def techniques(tags: Iterable[str]) -> list[tuple[str, str]]:
    """Return the techniques of ATT&CK that tags name, each once: name and number."""
    found = (_TECHNIQUE.fullmatch(tag) for tag in tags)
    return list(dict.fromkeys((one[1], one[2]) for one in found if one))


def words_of(tags: Iterable[str]) -> Iterator[str]:
    """Yield all other tags, those of galaxies in words."""
    for tag in tags:
        galaxy = _GALAXY.fullmatch(tag)
        if galaxy:
            yield f"{galaxy[1].replace('-', ' ')}: {galaxy[2]}"
        elif not _TLP.fullmatch(tag) and not _PAP.fullmatch(tag):
            yield tag
