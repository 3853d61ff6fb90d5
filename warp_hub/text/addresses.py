"""Dangerous addresses written so that nobody follows them by accident, and back again."""

import re

_SCHEME = re.compile(r"\A(h)tt(ps?)(?=://)|\A(f)t(ps?)(?=://)", re.IGNORECASE)
_FANGED_SCHEME = re.compile(
    r"\bh(?:xx|XX|\*\*)(ps?)(?=\[?:\]?//|://)|\bf(?:x|X|\*)(ps?)(?=\[?:\]?//|://)", re.IGNORECASE
)
_IN_WORDS = re.compile(r"\b(?:https?|ftp)://[^\s<>\"]+|\bwww\.[^\s<>\"]+", re.IGNORECASE)
_DOT = re.compile(r"\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)", re.IGNORECASE)
_AT = re.compile(r"\[@\]|\(@\)|\[at\]|\(at\)", re.IGNORECASE)
_COLON = re.compile(r"\[:\]")
_IPV6 = re.compile(r"[0-9a-f:]*:[0-9a-f:]*:[0-9a-f:.]*(?:/\d{1,3})?", re.IGNORECASE)


def defang(value: str) -> str:
    """Return an address that no program turns into a link: hxxps://evil[.]example/path."""
    if _IPV6.fullmatch(value):
        return value.replace(":", "[:]")
    scheme, rest = _without_scheme(value)
    end = re.search(r"[/?#]", rest)
    host, tail = (rest[: end.start()], rest[end.start() :]) if end and (scheme or "@" not in rest) else (rest, "")
    return scheme + host.replace(".", "[.]").replace("@", "[@]") + tail


def harmless(words: str) -> str:
    """Return the words with every web address in them written so that no mail program makes it a link."""
    return _IN_WORDS.sub(lambda found: defang(found[0]), words)


def refang(value: str) -> str:
    """Return an address as it is meant, whichever of the usual ways made it harmless."""
    value = _FANGED_SCHEME.sub(lambda found: f"htt{found[1]}" if found[1] else f"ft{found[2]}", value)
    return _AT.sub("@", _COLON.sub(":", _DOT.sub(".", value)))


def _without_scheme(value: str) -> tuple[str, str]:
    found = _SCHEME.match(value)
    if not found:
        return "", value
    fanged = f"{found[1]}xx{found[2]}" if found[1] else f"{found[3]}x{found[4]}"
    return f"{fanged}://", value[found.end() + 3 :]
