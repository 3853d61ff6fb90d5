"""The words of "My systems": kinds of products, topics, sectors, and why a warning is somebody's."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from warp_hub.access import visitor
from warp_hub.alerts import interests, matching
from warp_hub.alerts.interest_models import InterestKind
from warp_hub.alerts.matching import Reason
from warp_hub.sharing.visibility import count_visible
from warp_hub.tlp import Viewer

KINDS = {
    "firewalls": _l("Firewalls and working from home"),
    "networks": _l("Networks"),
    "servers": _l("Servers and databases"),
    "office": _l("Mail and office"),
    "devices": _l("Browsers, telephones and tablets"),
    "protection": _l("Identity and protection"),
    "support": _l("Managing computers, backup and support"),
    "web": _l("Websites and sending files"),
    "council": _l("Council systems"),
    "phones": _l("Telephones and printing"),
}
TOPICS = {
    "ransomware": _l("Ransomware"),
    "phishing": _l("Phishing and false mails"),
    "fraud": _l("Payment fraud"),
    "denial": _l("Attacks that make a website unreachable"),
    "supply-chain": _l("Suppliers who are attacked"),
    "breach": _l("Data that was stolen or leaked"),
    "identity": _l("Stolen sign-ins"),
    "building": _l("Cameras, doors and buildings"),
    "elections": _l("Elections"),
    "states": _l("Attackers who work for states"),
}
SECTORS = {
    "local-government": _l("Councils"),
    "central-government": _l("Central government"),
    "schools": _l("Schools"),
    "health": _l("Health"),
    "social-care": _l("Social care"),
    "housing": _l("Housing"),
    "emergency": _l("Police, fire and ambulance"),
    "utilities": _l("Water, energy and waste"),
    "transport": _l("Transport"),
}
_SYSTEMS = (InterestKind.PRODUCT, InterestKind.TYPED)
_WORDS = {InterestKind.TOPIC: TOPICS, InterestKind.SECTOR: SECTORS}


def why_sentences(item_id: UUID) -> list[str]:
    """Return in whole sentences why a warning is the reader's: whose list it meets, and what on it."""
    return _sentences(matching.reasons(item_id, visitor().viewer))


def why_of(item_ids: Collection[UUID], viewer: Viewer) -> dict[UUID, list[str]]:
    """Return the same for several warnings; those that meet nothing are left out."""
    return {item_id: _sentences(met) for item_id, met in matching.reasons_of(item_ids, viewer).items()}


def saved(viewer: Viewer) -> str:
    """Return that a list is saved, and how much it meets by now."""
    count = count_visible(matching.matching_items(viewer), up_to=100)
    if not interests.has_list(viewer):
        return str(_("Your list is saved. Nothing is on it, so you are shown all warnings alike."))
    if not count:
        return str(_("Your list is saved. No warning matches it yet."))
    if count > 100:
        return str(_("Your list is saved. More than 100 warnings match it."))
    return str(
        ngettext(
            "Your list is saved. %(num)d warning matches it.", "Your list is saved. %(num)d warnings match it.", count
        )
    )


def _sentences(met: Sequence[Reason]) -> list[str]:
    mine = _named(one for one in met if one.kind in _SYSTEMS and not one.is_organisations)
    ours = _named(one for one in met if one.kind in _SYSTEMS and one.is_organisations and one.words not in mine)
    followed = _named(one for one in met if one.kind in _WORDS)
    sources = _named(one for one in met if one.kind is InterestKind.SOURCE)
    told = [
        _("Matches %(what)s in your systems", what=", ".join(mine)) if mine else "",
        _("Matches %(what)s in your organisation’s systems", what=", ".join(ours)) if ours else "",
        _("Is about something you follow: %(what)s", what=", ".join(followed)) if followed else "",
        _("Comes from a source you follow: %(what)s", what=", ".join(sources)) if sources else "",
    ]
    return [sentence for sentence in told if sentence]


def _named(met: Iterable[Reason]) -> list[str]:
    return list(dict.fromkeys(str(_WORDS.get(one.kind, {}).get(one.words, one.words)) for one in met))
