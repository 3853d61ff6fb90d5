"""The base score of a CVSS vector, for sources that give the vector and leave the sum to the reader."""

import re

_LONGEST_TEXT, _MOST = 60_000, 20
_VECTOR = re.compile(
    r"CVSS:(?P<version>3\.[01]|4\.0)(?:/[A-Za-z]{1,3}:[A-Za-z]{1,6}){6,40}"
    r"|AV:[LAN]/AC:[LMH]/Au:[NSM]/C:[NPC]/I:[NPC]/A:[NPC]"
)
# Threat and environment are the reader's own; the base score is without them, and CVSS 4 has but one sum for all.
_BASE = frozenset({"AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"})


def highest(*texts: object) -> tuple[float, str] | None:
    """Return the highest base score of the vectors in these texts, and its vector; of version 2 only without others."""
    found = (vector for text in texts if isinstance(text, str) for vector in _VECTOR.finditer(text[:_LONGEST_TEXT]))
    vectors = {match[0]: match["version"] or "2.0" for match, _ in zip(found, range(_MOST), strict=False)}
    scored = [
        (version != "2.0", score, vector)
        for vector, version in vectors.items()
        if (score := _score(vector, version)) is not None
    ]
    return max(scored)[1:] if scored else None


def _score(vector: str, version: str) -> float | None:
    """Return the base score, or None where the vector is none after all."""
    from cvss import CVSS2, CVSS3, CVSS4, CVSSError  # noqa: PLC0415 - only some sources need it

    if version == "4.0":
        name, *metrics = vector.split("/")
        vector = "/".join([name, *(each for each in metrics if each.partition(":")[0] in _BASE)])
    try:
        return float({"2.0": CVSS2, "4.0": CVSS4}.get(version, CVSS3)(vector).base_score)
    except CVSSError:
        return None
