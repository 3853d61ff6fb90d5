"""The words of a digest: counts, headings and the sentence that a count is made of, in the reader's language."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from warp_hub.alerts.printing import Entry
from warp_hub.alerts.wording import warp_name
from warp_hub.digests.compose import Digest, Notice
from warp_hub.digests.told import News
from warp_hub.memberships.models import Warp
from warp_hub.sharing.models import ItemKind


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it."""

    heading: str
    entries: tuple[Entry, ...]
    is_changes: bool = False


def of_letter(digest: Digest, warp: Warp) -> dict[str, Any]:
    """Return what the templates of a digest say, by the names they use."""
    return {
        "subject": subject(digest, warp),
        "warp_name": warp_name(warp),
        "counts": counts(digest),
        "waiting": waiting(digest),
        "sections": sections(digest),
        "more": digest.more,
        "notices": [notice(one) for one in digest.notices],
        "withheld": withheld(digest),
        "needs_attention": digest.needs_attention,
    }


def subject(digest: Digest, warp: Warp) -> str:
    """Return the subject: the strictest label of what is printed, and no label where nothing is."""
    words: str = _("%(warp)s digest, %(counts)s", warp=warp_name(warp), counts=counts(digest))
    return f"{digest.highest.value} {words}" if digest.highest is not None else words


def sections(digest: Digest) -> list[Section]:
    """Return what a digest prints, in the order of the letter: the reader's, the new by kind, then what changed."""
    others = [one for one in digest.new if one.id not in digest.mine]
    mine = tuple(one for one in digest.new if one.id in digest.mine)
    found = [Section(_("For you, because it matches your list"), mine)]
    found += [Section(heading, tuple(one for one in others if one.kind is kind)) for kind, heading in _headings()]
    found.append(Section(_("Changed since you were told"), digest.changed, is_changes=True))
    return [section for section in found if section.entries]


def counts(digest: Digest) -> str:
    """Return how much is in a digest, as its subject and its first line say it."""
    told = [
        _of(digest.new_in_all, lambda n: ngettext("%(num)d new", "%(num)d new", n)),
        _of(digest.changed_in_all, lambda n: ngettext("%(num)d changed", "%(num)d changed", n)),
    ]
    return ", ".join(filter(None, told)) or waiting(digest)


def waiting(digest: Digest) -> str:
    """Return how much waits in the portal alone, empty for nothing."""
    if digest.withheld:
        return str(ngettext("%(num)d in the portal only", "%(num)d in the portal only", digest.withheld))
    return str(_("please sign in")) if digest.needs_attention else ""


def withheld(digest: Digest) -> str:
    """Return the sentence on what the label keeps in the portal, empty for nothing."""
    count, sentence = digest.withheld, ""
    if count and digest.highest is None:
        sentence = ngettext(
            "It is in the portal only because of its label.",
            "They are in the portal only because of their label.",
            count,
        )
    elif count:
        sentence = ngettext(
            "%(num)d more is in the portal only because of its label.",
            "%(num)d more are in the portal only because of their label.",
            count,
        )
    return sentence


def notice(of: Notice) -> str:
    """Return "1 new TLP:AMBER warning": the label and a count, and nothing else of what it is about."""
    words = _NEW if of.news is News.NEW else _CHANGED
    return words[of.kind](of.count, of.marking.value)


def _headings() -> Iterator[tuple[ItemKind, str]]:
    yield ItemKind.ADVISORY, _("Warnings")
    yield ItemKind.SHARED_INCIDENT, _("Incidents")
    yield ItemKind.QUESTION, _("Questions")
    yield ItemKind.TRAINING_SESSION, _("Training")


def _of(count: int, words: Callable[[int], str]) -> str:
    return words(count) if count else ""


_NEW: dict[ItemKind, Callable[[int, str], str]] = {
    ItemKind.ADVISORY: lambda n, label: ngettext(
        "%(num)d new %(label)s warning", "%(num)d new %(label)s warnings", n, label=label
    ),
    ItemKind.SHARED_INCIDENT: lambda n, label: ngettext(
        "%(num)d new %(label)s incident", "%(num)d new %(label)s incidents", n, label=label
    ),
    ItemKind.QUESTION: lambda n, label: ngettext(
        "%(num)d new %(label)s question", "%(num)d new %(label)s questions", n, label=label
    ),
    ItemKind.TRAINING_SESSION: lambda n, label: ngettext(
        "%(num)d new %(label)s training session", "%(num)d new %(label)s training sessions", n, label=label
    ),
}
_CHANGED: dict[ItemKind, Callable[[int, str], str]] = {
    ItemKind.ADVISORY: lambda n, label: ngettext(
        "%(num)d changed %(label)s warning", "%(num)d changed %(label)s warnings", n, label=label
    ),
    ItemKind.SHARED_INCIDENT: lambda n, label: ngettext(
        "%(num)d changed %(label)s incident", "%(num)d changed %(label)s incidents", n, label=label
    ),
    ItemKind.QUESTION: lambda n, label: ngettext(
        "%(num)d changed %(label)s question", "%(num)d changed %(label)s questions", n, label=label
    ),
    ItemKind.TRAINING_SESSION: lambda n, label: ngettext(
        "%(num)d changed %(label)s training session", "%(num)d changed %(label)s training sessions", n, label=label
    ),
}
