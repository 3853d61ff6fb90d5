"""The words and marks that the pages of this room need; installed on the blueprint's app."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from warp_hub import clock, text
from warp_hub.advisories import exploited, likeness, what_changed
from warp_hub.advisories.models import BY_A_COORDINATOR
from warp_hub.advisories.supporting import Rule
from warp_hub.pages import values
from warp_hub.pages.components import trusted
from warp_hub.sharing.models import Choice, Item
from warp_hub.tlp import Marking

SUBJECTS = {
    "product": _l("Products"),
    "vendor": _l("Suppliers"),
    "supplier": _l("Suppliers"),
    "cve": _l("CVEs"),
    "technique": _l("How attackers go about it"),
    "sector": _l("Sectors"),
}
TYPES = {
    "threat-actor": _l("attacker"),
    "intrusion-set": _l("group of attackers"),
    "campaign": _l("campaign"),
    "malware": _l("malware"),
    "tool": _l("tool"),
    "incident": _l("incident"),
    "infrastructure": _l("attackers' servers"),
}
CHOICES = {
    Choice.PASS_ON: _l("passed on"),
    Choice.KEEP: _l("kept for later"),
    Choice.SAME_AS: _l("same as another"),
    Choice.NOT_FOR_US: _l("not for us"),
}
LIKENESSES = {
    likeness.COPY: _l("The very same, from another source"),
    likeness.NOTICE: _l("It has the same number"),
    likeness.STIX_ID: _l("It has the same identifier, in other words"),
    likeness.CVES: _l("It names the same CVEs"),
    likeness.PAGE: _l("It has the same title and address"),
}
LONGEST_RAW = 4000


def words() -> dict[str, Any]:
    """Return what the templates of this room call."""
    return {
        "subject_words": lambda kind: SUBJECTS.get(kind, kind),
        "value_words": values.GROUPS.__getitem__,
        "choice_words": lambda choice: CHOICES[choice] if choice else _("waiting"),
        "is_early": is_early,
        "shown_label": shown_label,
        "if_stricter": if_stricter,
        "facts_of": facts_of,
        "history_of": what_changed.history_of,
        "why_words": why_words,
        "likeness_words": lambda kind: LIKENESSES.get(kind, ""),
        "many_words": many_words,
        "address_of_warning": address_of,
        "type_words": lambda kind: TYPES.get(kind, ""),
        "told_by_counts": told_by_counts,
        "rule_words": rule_words,
        "printable": printable,
        # Stored text was cleaned once, when it was written.
        "cleaned": trusted,
    }


def is_early(item: Item) -> bool:
    """Say whether an item is for its named early readers only."""
    return item.handling().under_embargo(clock.now())


def shown_label(item: Item) -> Marking | None:
    """Return the label to show: none where it is not known, TLP:RED while only early readers may see it."""
    if item.held is not None:
        return None
    return Marking.RED if is_early(item) else item.marking


def if_stricter(label: Marking | None, item: Item) -> Marking | None:
    """Return a label if it is stricter than the one under which the item itself is shown."""
    own = Marking.RED if is_early(item) else item.marking
    return label if label is not None and label.rank > own.rank else None


def facts_of(item: Item) -> list[str]:
    """Return the small print of a row in a list."""
    return [item.originator_name, *([str(_("Early notice, for you alone"))] if is_early(item) else [])]


def address_of(item: Item) -> str:
    """Return where a warning is read: on the desk while it is not out."""
    return f"/advisories/{item.id}" if item.published_at else f"/desk/warnings/{item.id}"


def why_words(why: str) -> str:
    """Return why a warning is urgent, as the end of a sentence."""
    if why.startswith(BY_A_COORDINATOR):
        return str(_("because a coordinator says so: %(why)s", why=why.removeprefix(BY_A_COORDINATOR)))
    if why.startswith(exploited.WHY):
        return str(_("because attackers are using this now"))
    if why.startswith(("label ", "severity ")):
        return str(_("because its source says so"))
    return str(_("because of %(why)s", why=why))


def told_by_counts(counts: Mapping[str, int]) -> str:
    """Return what stands behind a warning that its source does not describe, in numbers."""
    values = sum(counts.get(kind, 0) for kind in ("indicator", "observed-data"))
    attackers = sum(counts.get(kind, 0) for kind in TYPES)
    techniques, measures = counts.get("attack-pattern", 0), counts.get("course-of-action", 0)
    told = [
        values and ngettext("one thing to look for", "%(num)d things to look for", values),
        techniques and ngettext("one way to attack", "%(num)d ways to attack", techniques),
        measures and ngettext("one measure", "%(num)d measures", measures),
        attackers and ngettext("one attacker or tool", "%(num)d attackers and tools", attackers),
    ]
    return ", ".join(str(part) for part in told if part)


def many_words(choice: str, count: int) -> str:
    """Return the question that is asked before several warnings are decided over."""
    if choice == "pass_on":
        return str(ngettext("Pass on one warning to members?", "Pass on %(num)d warnings to members?", count))
    if choice == "same_as":
        return str(ngettext("Put one warning under another?", "Put %(num)d warnings under others?", count))
    return str(ngettext("Put one warning aside, not for us?", "Put %(num)d warnings aside, not for us?", count))


def rule_words(rule: Rule) -> str:
    """Return what a detection rule is called, with its language."""
    return f"{rule.title} ({rule.language})" if rule.title else rule.language


def printable(raw: bytes) -> str:
    """Return the beginning of what a source sent, harmless to look at."""
    return text.visible(raw[:LONGEST_RAW].decode("utf-8", "replace"))
