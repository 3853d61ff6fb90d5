"""Characters that lie: what is invisible, reverses the reading order or breaks a database is shown or removed."""

import re
import unicodedata

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
MOST_COMBINING = 8

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")
_SPECIAL = re.compile(
    "[\x00-\x08\x0b-\x1f]"  # C0 without tab and newline
    "|[\x7f-\x9f\ud800-\udfff]"
    "|[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]"  # they turn the reading order round
    "|[\u00ad\u180e\u200b\u2060-\u2064\ufeff\ufff9-\ufffb]"  # nothing is seen of them
    "|\U0001f3f4[\U000e0061-\U000e007a]{2,6}\U000e007f"  # the flags of England, Scotland and Wales stay
    "|[\U000e0000-\U000e007f]"
)
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_FOREIGN = re.compile(rf"[^\x00-\u02ff]{{{MOST_COMBINING},}}")
_COMBINING = ("Mn", "Me")
_UNSAFE_IN_NAMES = re.compile(r'[\x00-\x1f\x7f"\'`<>|:*?;&%$#{}\\/\s]+')
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)


def for_database(text: str) -> str:
    """Return the text as PostgreSQL takes it: NUL and lone surrogates become a replacement character."""
    return text if text.isprintable() else _UNSTORABLE.sub(REPLACEMENT, text)


def visible(text: str) -> str:
    """Return the text without tricks: controls and changes of direction can be seen, the invisible is gone."""
    text = _SPECIAL.sub(_shown, _LINE_ENDS.sub("\n", text))
    return _FOREIGN.sub(_with_few_marks, text)


def one_line(text: str, limit: int = 200) -> str:
    """Return the text on one line without tricks, cut at a word with an ellipsis when it is over the limit."""
    return shortened(" ".join(visible(text[: limit * 20]).split()), limit)


def shortened(text: str, limit: int) -> str:
    """Return the text within the limit, cut at a word where there is one near the end."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    start_of_last_word = cut.rfind(" ") + 1
    if not text[limit - 1].isspace() and start_of_last_word > limit // 2:
        cut = cut[:start_of_last_word]
    return cut.rstrip(" ,;:-") + "…"


def safe_filename(name: str, fallback: str = "file") -> str:
    """Return a file name that no system and no mail header reads as anything else, at most 100 characters."""
    last = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    plain = _UNSAFE_IN_NAMES.sub("-", unicodedata.normalize("NFC", "".join(_printable(last[:1000]))))
    stem, dot, ending = plain.strip(".- ").rpartition(".")
    if not dot or len(ending) > 10:
        stem, ending = (f"{stem}{dot}{ending}", "")
    safe = stem[: 99 - len(ending)].strip(".- ") + (f".{ending}" if ending else "")
    return safe if safe.strip(".") and not _DEVICES.fullmatch(safe) and stem else fallback


def _shown(found: re.Match[str]) -> str:
    character = found[0]
    if len(character) > 1:
        return character
    if character < "\x20":
        return chr(0x2400 + ord(character))
    if "\x7f" <= character <= "\x9f" or "\ud800" <= character <= "\udfff":
        return REPLACEMENT
    return f"[U+{ord(character):04X}]" if character in _DIRECTIONS else ""


def _with_few_marks(found: re.Match[str]) -> str:
    kept: list[str] = []
    run = 0
    for character in found[0]:
        run = run + 1 if unicodedata.category(character) in _COMBINING else 0
        if run <= MOST_COMBINING:
            kept.append(character)
    return "".join(kept)


def _printable(text: str) -> list[str]:
    return [character if unicodedata.category(character)[0] != "C" else " " for character in text]
