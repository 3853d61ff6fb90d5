"""The words and marks that the pages of this room need; installed on the blueprint's app."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from warp_hub import clock, text
from warp_hub.pages import values
from warp_hub.pages.components import trusted
from warp_hub.sharing.models import Choice, Item
from warp_hub.tlp import Marking

SUBJECTS = {
    "product": _l("Products"),
    "vendor": _l("Suppliers"),
    "cve": _l("CVEs"),
    "technique": _l("Techniques"),
    "sector": _l("Sectors"),
}
CHOICES = {
    Choice.PASS_ON: _l("passed on"),
    Choice.KEEP: _l("kept for later"),
    Choice.SAME_AS: _l("same as another"),
    Choice.NOT_FOR_US: _l("not for us"),
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
        "why_words": why_words,
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


def why_words(why: str) -> str:
    """Return why a warning is urgent, as the end of a sentence."""
    return str(_("because its source says so") if why.startswith("label ") else _("because of %(why)s", why=why))


def printable(raw: bytes) -> str:
    """Return the beginning of what a source sent, harmless to look at."""
    return text.visible(raw[:LONGEST_RAW].decode("utf-8", "replace"))
