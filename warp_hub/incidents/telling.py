"""What a report or an incident says: its headings, its title, and it all as one text."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from warp_hub import text
from warp_hub.incidents.reports import PARTS
from warp_hub.pages.labels import Limited

HEADINGS: dict[str, LazyString] = {
    "what": _l("What happened"),
    "noticed": _l("How it was noticed"),
    "impact": _l("What it did"),
    "helped": _l("What helped"),
}
LONGEST_TITLE, LONGEST_SUMMARY = 100, 220
MANY_WORDS = 150


def title_of(texts: Mapping[str, str]) -> str:
    """Return a title made of the first sentence of what happened; whoever reviews it may write a better one."""
    first = " ".join(texts.get("what", "").split())
    sentence = first.partition(". ")[0].rstrip(".")
    return text.shortened(sentence, LONGEST_TITLE)


def summary_of(texts: Mapping[str, str]) -> str:
    """Return one line for a list: what it did, else what happened."""
    said = texts.get("impact") or texts.get("what", "")
    return text.shortened(" ".join(said.split()), LONGEST_SUMMARY)


def as_text(texts: Mapping[str, str]) -> str:
    """Return all of it as one text, in English headings, for tools."""
    told = ((HEADINGS[part]._args[0], texts.get(part, "").strip()) for part in PARTS)
    return "\n\n".join(f"{heading}\n{said}" for heading, said in told if said)


def limits_of(of: Limited) -> list[str]:
    """Return in English what is asked for beside the label, for tools."""
    limits = ["The Chatham House Rule applies: do not say who said it."] if of.chatham_house else []
    limits += [of.pap] if of.pap else []
    return [*limits, *([of.restrictions] if of.restrictions.strip() else [])]


def has_many_words(said: str) -> bool:
    """Say whether a text is so long that the way it is written may tell who wrote it."""
    return len(said.split()) > MANY_WORDS
