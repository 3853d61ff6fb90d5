"""The TLP label a text carries, as people write labels, and how soon it asks to act."""

import re
import unicodedata

from feeds import vectors
from warp_hub.sharing.models import Severity
from warp_hub.stix import read_label
from warp_hub.tlp import Marking, strictest

_LABEL = re.compile(
    r"(?<![a-z0-9])(?:traffic[ -]light[ -]protocol(?:\s*\(TLP\))?|TLP)(?:[ -]?v?(?:ersion )?[12](?:\.0)?)?(?![a-z0-9])"
    r"(?P<sign>\s{0,8}[:=–—-]\s{0,8}|[\s_]{1,8})[\[(\"'*_]{0,8}\s{0,8}(?!TLP\b)(?P<word>[a-z]+(?:\s*[+&/]\s*[a-z]+|[\s_-]{1,3}strict\b)?)",
    re.IGNORECASE,
)
_ALONE = re.compile(
    r"^[ \t*_\[(#>]{0,20}(?:traffic light protocol|TLP)[ \t]{0,8}[:=–—_ -][ \t]{0,8}[a-z]{3,10}"
    r"(?:[ \t]{0,8}[+_-]?[ \t]{0,8}strict)?[ \t*_\])]{0,20}$\n?",
    re.IGNORECASE | re.MULTILINE,
)
_IN_TITLE = re.compile(
    r"[\[(]?\s*\bTLP\s*[:_ -]\s*(?:clear|white|green|amber(?:\s*[+_ -]?\s*strict)?|red)\b\s*[\])]?[\s:|–—-]*",
    re.IGNORECASE,
)
_CVSS = re.compile(r"\bCVSS[^\n]{0,60}", re.IGNORECASE)
_SCORE = re.compile(r"(?<![\d.:/v])(10(?:\.0)?|\d\.\d)(?![\d.]*\d)", re.IGNORECASE)
_VERSIONS = frozenset({2.0, 3.0, 3.1, 4.0})  # of the way in which a score is worked out
_NOT = re.compile(r"(?:\b(?:no|not|never|without|nor|unlikely|if)\b|n't\b)[^.;!?\n]{0,60}\Z|\bnon-\Z", re.IGNORECASE)
_ASKING = (
    (
        Severity.ACT_TODAY,
        r"actively exploited|(?:is|are|was|were|been|being) (?:\w+ )?exploited|exploited in the wild"
        r"|active exploitation|exploitation (?:has been |was |is )?(?:seen|observed|reported|confirmed)"
        r"|zero[- ]day|critical(?:ly)?|immediate(?:ly)?|urgent(?:ly)?|act (?:now|today)|emergency",
    ),
    (
        Severity.THIS_WEEK,
        r"high[- ](?:severity|risk|priority|impact)|severity\W{0,3}(?:is )?(?:high|important)|as soon as (?:possible|"
        r"practicable)|(?:act|patch|install|update|upgrade)\b[^.\n]{0,40} this week"
        r"|within (?:7|14|seven|fourteen) days",
    ),
    (
        Severity.FOR_INFORMATION,
        r"for (?:your )?(?:information|awareness)(?: only)?|no action (?:is )?(?:required|needed)"
        r"|(?:low|medium|moderate)[- ](?:severity|risk|priority)|severity\W{0,3}(?:is )?(?:low|medium|moderate)",
    ),
)
_ASKED = tuple((word, re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)) for word, pattern in _ASKING)
_LOOKED_BACK = 80


def marking_in(told: str) -> Marking | None:
    """Return the label of a text: of several the strictest, none where there is none or where one cannot be read."""
    found = set()
    for mention in _LABEL.finditer(unicodedata.normalize("NFKC", told)):
        word = re.sub(r"\s*[+&/]\s*|[\s_-]+", "+", mention["word"])
        marking = read_label(f"TLP:{word}").marking
        if marking is not None:
            found.add(marking)
        elif mention["sign"].strip(" \n\t_"):  # "the TLP guide" is no label, "TLP:PURPLE" tries to be one
            return None
    return strictest(found) if found else None


def without_label_lines(told: str) -> str:
    """Return a text without the lines that are nothing but its label, which is shown beside it anyway."""
    return _ALONE.sub("", told)


def without_label(title: str) -> str:
    """Return a title without the label in it."""
    return _IN_TITLE.sub("", title).strip(" -–—|:")


def severity_in(told: str) -> Severity | None:
    """Return how soon a text asks to act, by its words and its CVSS score; what it denies does not count."""
    graded = vectors.highest(told)
    scores = [score for mention in _CVSS.findall(told) for score in _scores_in(mention)]
    scores = scores or ([graded[0]] if graded else [])
    if any(score >= 9 for score in scores):
        return Severity.ACT_TODAY
    for severity, pattern in _ASKED:
        if any(
            not _NOT.search(told[max(0, found.start() - _LOOKED_BACK) : found.start()])
            for found in pattern.finditer(told)
        ):
            return severity
        if severity is Severity.THIS_WEEK and any(score >= 7 for score in scores):
            return severity
    return Severity.FOR_INFORMATION if scores else None


def _scores_in(mention: str) -> list[float]:
    found = [float(score) for score in _SCORE.findall(mention)]
    return [score for score in found if score not in _VERSIONS] or found
