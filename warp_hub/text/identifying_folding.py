"""A text as it reads rather than as it is written, with the way back to where each letter stands.

Folding takes away what hides a name from a search: capitals, accents, look-alike letters of other alphabets, full-width
and decorated letters, letters nobody sees, words broken at the end of a line, and characters written as %6C or =6C.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import accumulate

from warp_hub.text.identifying_findings import EVERY_SUGGESTION, Finding

# Stands for a suggestion that is in the text already: no letter, no digit, no blank, part of nothing.
BARRIER = "\ufffc"

_PAIRS = """
    аa вb сc ԁd еe ёe ɡg һh нh іi їi јj кk ӏl мm оo рp ԛq ѕs тt ѵv ԝw хx уy ұy ʏy
    αa βb ϲc εe ηn ιi κk νv οo ρp τt υu χx γy ωw
    ıi łl đd øo ʟl ɴn ʀr ꜱs ɪi ʙb ʜh ᴀa ᴄc ᴅd ᴇe ᴊj ᴋk ᴍm ᴏo ᴘp ᴛt ᴜu ᴠv ᴡw ᴢz
    ’' ‘' ʼ' ʹ' ´' `' ′' ‛' “" ”" ‐- ‑- ‒- –- —- ―- −- ﹣- 。. ․. ‧. ·. ⁄/ ∕/ ∖\\
"""
_ALIKE = {pair[0]: pair[1:] for pair in _PAIRS.split()}
_UNSEEN = frozenset("\u034f\u115f\u1160\u3164\uffa0")
_UNSEEN_CATEGORIES = frozenset({"Mn", "Me", "Cf"})
_CLINGING = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff\u034f")
_LINE_ENDS = frozenset("\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
_SPECIAL = re.compile(
    "(?P<barrier>" + "|".join(map(re.escape, EVERY_SUGGESTION)) + ")"
    r"|%(?P<percent>2[0DEde]|3[0-9]|40|[46][1-9A-Fa-f]|5[0-9AFaf]|7[0-9Aa])"
    r"|=(?P<quoted>2[DE]|40|[46][1-9A-F]|[57][0-9A])(?=[A-Za-z=])"
    r"|(?P<broken>(?<=[^\W\d_])-[ \t]{0,8}\r?\n[ \t]{0,8}(?=[^\W\d_])|(?<=\w)=\r?\n(?=\w))"
)


@dataclass(frozen=True)
class Folded:
    """A text folded; positions in `text` are led back to `source` by `span`."""

    text: str
    source: str
    starts: list[int] | None  # of each piece in the source, and past the last; None where nothing has moved
    ends: list[int] | None  # of each piece in the folded text

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a passage of the folded text, which is not empty, stands in the source."""
        if self.starts is None or self.ends is None:
            return start, end
        last = bisect_right(self.ends, end - 1)
        return self.starts[bisect_right(self.ends, start)], self._with_what_clings(last)

    def without(self, passages: Iterable[Finding]) -> "Folded":
        """Return the same with these passages of the source out of sight."""
        spans = [(each.start, each.end) for each in passages]
        folded = [(self._folded(start), self._folded(end)) for start, end in spans]
        return replace(self, text=_hidden(self.text, folded), source=_hidden(self.source, spans))

    def original(self, start: int, end: int) -> str:
        """Return a passage of the folded text as it was written."""
        first, last = self.span(start, end)
        return self.source[first:last]

    def _folded(self, place: int) -> int:
        if self.starts is None or self.ends is None:
            return place
        piece = bisect_left(self.starts, place)
        return self.ends[piece - 1] if piece else 0

    def _with_what_clings(self, last: int) -> int:
        assert self.starts is not None
        place = self.starts[last + 1]
        while place < len(self.source) and _clings(self.source[place]):
            place += 1
        return place


class _Letters(dict[str, str]):
    """What each character folds to; worked out once for each."""

    def __missing__(self, character: str) -> str:
        self[character] = folded = _fold_character(character)
        return folded


_LETTERS = _Letters()


def fold(text: str) -> Folded:
    """Return a text folded; the time this takes grows with its length alone."""
    if text.isascii() and not _SPECIAL.search(text):
        return Folded(text.lower().translate(_ASCII), text, None, None)
    pieces: list[str] = []
    starts: list[int] = []
    place = 0
    for special in _SPECIAL.finditer(text):
        _add_letters(text, place, special.start(), pieces, starts)
        pieces.append(_fold_special(special))
        starts.append(special.start())
        place = special.end()
    _add_letters(text, place, len(text), pieces, starts)
    return Folded("".join(pieces), text, [*starts, len(text)], list(accumulate(map(len, pieces))))


def fold_words(text: str) -> str:
    """Return a short text folded, where nobody asks for the way back."""
    return fold(text).text


def _hidden(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return a text as long as before with barriers in these places."""
    parts, place = [], 0
    for start, end in sorted(spans):
        parts += [text[place:start], BARRIER * (end - max(start, place))]
        place = max(place, end)
    return "".join([*parts, text[place:]])


def _add_letters(text: str, start: int, end: int, pieces: list[str], starts: list[int]) -> None:
    pieces.extend(map(_LETTERS.__getitem__, text[start:end]))
    starts.extend(range(start, end))


def _fold_special(special: re.Match[str]) -> str:
    code = special["percent"] or special["quoted"]
    if code:
        return _LETTERS[chr(int(code, 16))]
    return BARRIER if special["barrier"] else ""


def _fold_character(character: str) -> str:
    if character in _LINE_ENDS:
        return "\n"
    if character.isspace():
        return " "
    if character in _ALIKE:
        return _ALIKE[character]
    plain = unicodedata.normalize("NFKD", character.casefold()).casefold()
    return "".join(_ALIKE.get(one, one) for one in plain if not _is_unseen(one))


def _is_unseen(character: str) -> bool:
    return character in _UNSEEN or unicodedata.category(character) in _UNSEEN_CATEGORIES


def _clings(character: str) -> bool:
    return character in _CLINGING or unicodedata.category(character) in ("Mn", "Me")


_ASCII = {place: _fold_character(chr(place)) for place in range(128) if chr(place) not in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
