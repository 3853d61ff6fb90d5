"""What is said of a recall, on pages and in letters: what became of which kind of thing, and nothing that names it."""

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from warp_hub.sharing.models import ItemKind, RecallKind


@dataclass(frozen=True)
class Words:
    """What is said of a recall: what became of which kind of thing, in the third person and to whoever had it."""

    became: LazyString
    told: LazyString
    please: LazyString


_WITHDRAWN = {
    ItemKind.ADVISORY: _l("A warning is withdrawn"),
    ItemKind.SHARED_INCIDENT: _l("An incident is withdrawn"),
    ItemKind.QUESTION: _l("A question is withdrawn"),
}
_BY_SOURCE = _l("A warning is withdrawn by its source")
_CHANGED = {
    ItemKind.ADVISORY: _l("The label of a warning has changed"),
    ItemKind.SHARED_INCIDENT: _l("The label of an incident has changed"),
    ItemKind.QUESTION: _l("The label of a question has changed"),
}
_DELETE = _l(
    "Please delete your copy: the letter, what you downloaded, and what you put into a firewall or passed on inside "
    "your organisation."
)
_KEEP = _l("Its label is stricter now. Please do not pass your copy on, and delete it if you do not need it.")
_TOLD = {
    RecallKind.WITHDRAWN: _l("It was sent to you or downloaded by you, and should not be used any more."),
    RecallKind.LABEL_CHANGED: _l("It was sent to you or downloaded by you under another label."),
}


def of_recall(what: RecallKind, of_kind: ItemKind, *, by_source: bool) -> Words:
    """Return the words of a recall, which name nothing."""
    if what is RecallKind.LABEL_CHANGED:
        return Words(_CHANGED[of_kind], _TOLD[what], _KEEP)
    became = _BY_SOURCE if by_source and of_kind is ItemKind.ADVISORY else _WITHDRAWN[of_kind]
    return Words(became, _TOLD[what], _DELETE)
