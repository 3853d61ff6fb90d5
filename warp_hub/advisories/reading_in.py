"""What a pasted mail, a document or the text of a PDF says, read so that a coordinator only has to check it.

Nothing here decides. What cannot be read for sure is left empty, a label above all.
"""

import re
from dataclasses import dataclass

from warp_hub import text
from warp_hub.advisories import reading_labels, reading_mail, reading_values, sorting
from warp_hub.alerts import products
from warp_hub.sharing.models import Severity
from warp_hub.stix import IndicatorValue, cves
from warp_hub.tlp import Marking

LONGEST, MOST_CVES = 100_000, 200
LONGEST_TITLE, LONGEST_SUMMARY, LONGEST_LINE = 200, 300, 1000

_GREETING = re.compile(
    r"\A\s*(?:dear|hi|hello|hey|good (?:morning|afternoon|evening)|all|annwyl|helo|bore da|prynhawn da)\b"
    r"[^\n]{0,60}[,.!]?\s*\n",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[a-z]{2})[.!?]\s+(?=[A-Z])")
_NO_TITLE = re.compile(
    r"(?:page \d+|date\b.*|published\b.*|issued\b.*|version\b.*|reference\b.*|[\d\s/.:-]+)\Z", re.IGNORECASE
)
_PARTS = re.compile(
    r"(?:summary|overview|background|details|description|introduction|what to do|impact)\Z", re.IGNORECASE
)


@dataclass(frozen=True)
class Draft:
    """What was read out of a text: `body` and `to_do` are Markdown; no marking means that none could be read."""

    title: str = ""
    summary: str = ""
    body: str = ""
    cves: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    indicators: tuple[IndicatorValue, ...] = ()
    marking: Marking | None = None
    links: tuple[str, ...] = ()
    severity: Severity | None = None
    to_do: str = ""


def read_in(told: str, name: str) -> Draft:
    """Return what a text says; `name`, of its file or the subject of its mail, is its title where it has none."""
    whole = text.visible(text.for_database(told[:LONGEST]))
    mail = reading_mail.open_mail(whole)
    markdown = reading_mail.as_markdown(_GREETING.sub("", reading_labels.without_label_lines(mail.said)))
    body, to_do = sorting.without_advice(markdown)
    found = reading_values.read_values(markdown, mail.sender)
    everything = f"{mail.subject}\n{markdown}"
    title = _title(mail.subject, markdown, name)
    body = _without_title(body, title)
    return Draft(
        title=title,
        summary=text.first_paragraph(body, LONGEST_SUMMARY),
        body=body.strip(),
        cves=cves({"name": mail.subject, "description": whole})[:MOST_CVES],
        products=tuple(product.name for product in products.find_products(everything)),
        indicators=found.indicators,
        marking=reading_labels.marking_in(f"{name}\n{whole}"),
        links=found.links,
        severity=reading_labels.severity_in(everything),
        to_do=to_do.strip(),
    )


def _title(subject: str, markdown: str, name: str) -> str:
    """Return the subject, or else the first sentence of the first line that is none of the usual small ones."""
    lines = (line.strip(" #*_") for line in markdown.split("\n"))
    telling = (line for line in lines if len(line) > 3 and not _NO_TITLE.match(line) and not _PARTS.match(line))
    for found in (subject, *(_SENTENCE.split(line, maxsplit=1)[0] for line in telling), name):
        if title := text.one_line(reading_labels.without_label(text.plain(found[:LONGEST_LINE])), LONGEST_TITLE):
            return title
    return ""


def _without_title(body: str, title: str) -> str:
    """Return a text without its first line where that is its title, which stands above it anyway."""
    first, _, rest = body.strip().partition("\n")
    return rest if text.one_line(text.plain(first[:LONGEST_LINE])) == title and rest.strip() else body
