"""Reads TLP labels as people and feeds write them; what comes out is one of the five labels or nothing."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from warp_hub.tlp import Marking

N_ = str  # marks a sentence for the translators; the page that shows it translates it

REQUIRED = N_("A TLP label is required.")
NOT_A_LABEL = N_("This is not one of the labels TLP:CLEAR, TLP:GREEN, TLP:AMBER, TLP:AMBER+STRICT and TLP:RED.")
UNCLEAR = N_("TLP:UNCLEAR is not a label: ask the source which of the five it means.")
CAPITALS = N_("The label was written in capitals.")
SPELLING = N_("The label was written in its standard spelling, without spaces.")
LEGACY = N_("This is a legacy label of TLP version 1. It was read as its successor in version 2.")
CHATHAM_HOUSE = N_("The Chatham House Rule was noted. It is not a label by itself.")

_LONGEST = 64
_SHAPE = re.compile(r"TLP[\s:_-]+(?P<word>[A-Z]+(?:[\s:+_/-]+[A-Z]+)?)")
_EXACT = {marking.value: marking for marking in Marking}
_WORDS = {
    "CLEAR": Marking.CLEAR,
    "WHITE": Marking.CLEAR,
    "GREEN": Marking.GREEN,
    "AMBER": Marking.AMBER,
    "AMBER+STRICT": Marking.AMBER_STRICT,
    "RED": Marking.RED,
}


class Pap(StrEnum):
    """The Permissible Actions Protocol: what one may do with an indicator."""

    CLEAR = "PAP:CLEAR"
    GREEN = "PAP:GREEN"
    AMBER = "PAP:AMBER"
    RED = "PAP:RED"

    @property
    def rank(self) -> int:
        """Return 0 for PAP:CLEAR up to 3 for PAP:RED."""
        return tuple(Pap).index(self)


_PAPS = {pap.value: pap for pap in Pap}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text said as a label, and every liberty taken in reading it."""

    marking: Marking | None
    notices: tuple[str, ...] = ()
    chatham_house: bool = False


def read_label(text: str) -> Reading:
    """Return the label a text means; without one, the notices say why it was refused."""
    if text in _EXACT:
        return Reading(_EXACT[text])
    if not text.strip():
        return Reading(None, (REQUIRED,))
    # Never read the beginning of a long text: what follows may be stricter.
    words = unicodedata.normalize("NFKC", text).strip() if len(text) <= _LONGEST else ""
    shape = _SHAPE.fullmatch(words.upper()) if words.isascii() else None
    if shape is None:
        return Reading(None, (NOT_A_LABEL,))
    return _read_word(re.sub(r"[\s:+_/-]+", "+", shape["word"]), text)


def read_pap(text: str) -> Pap | None:
    """Return the PAP label a text is, or None; the old PAP:WHITE is PAP:CLEAR."""
    tight = re.sub(r"\s+", "", text).upper() if len(text) <= _LONGEST else ""
    return _PAPS.get(tight.replace("PAP:WHITE", "PAP:CLEAR"))


def speaks_of_tlp(text: str) -> bool:
    """Say whether a text sets out to be a TLP label, readable or not."""
    return re.match(r"\s*tlp(?![a-z0-9])", unicodedata.normalize("NFKC", text), re.IGNORECASE) is not None


def _read_word(word: str, text: str) -> Reading:
    if word == "EX+CHR":
        return Reading(None, (CHATHAM_HOUSE,), chatham_house=True)
    if word == "UNCLEAR":
        return Reading(None, (UNCLEAR,))
    marking = _WORDS.get(word)
    if marking is None:
        return Reading(None, (NOT_A_LABEL,))
    return Reading(marking, tuple(_liberties(word, text, marking)))


def _liberties(word: str, text: str, marking: Marking) -> list[str]:
    written = f"TLP:{word}"
    notices = []
    if written != marking:
        notices.append(LEGACY)
    if text != text.upper():
        notices.append(CAPITALS)
    if text.upper() != written:
        notices.append(SPELLING)
    return notices
