"""The words that the pages of this room need."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from warp_hub.access import visitor
from warp_hub.discussions import speaking
from warp_hub.discussions.addressing import Address
from warp_hub.discussions.forms import ReplyForm
from warp_hub.discussions.models import Gone, Question, Reply
from warp_hub.discussions.replies import place_of
from warp_hub.discussions.speaking import A_MEMBER, NAMED
from warp_hub.memberships import reach
from warp_hub.memberships.reach import Audience
from warp_hub.pages import labels
from warp_hub.pages.components import trusted
from warp_hub.pages.dates import day
from warp_hub.sharing.models import Item, ItemKind
from warp_hub.tlp import Handling, Marking

BACK = {
    ItemKind.QUESTION: _l("Questions"),
    ItemKind.ADVISORY: _l("Warnings"),
    ItemKind.SHARED_INCIDENT: _l("Incidents"),
}


def words() -> dict[str, Any]:
    """Return what the templates of this room call."""
    return {
        "asker_of": asker_of,
        "speaker_of": speaker_of,
        "gone_words": gone_words,
        "place_of_item": place_of,
        "day": day,
        "facts_of_question": facts_of_question,
        "address_hints": address_hints,
        "shown_as_hints": shown_as_hints,
        "send_words": send_words,
        "my_name": my_name,
        "reply_form": lambda item: ReplyForm(item.handling(), formdata=None),
        # Stored text was cleaned once, when it was written.
        "said_html": trusted,
    }


def asker_of(question: Question, item: Item) -> str:
    """Return who asked: name and organisation, or "a member" of the WARP that keeps the question."""
    if question.name is None:
        return str(_("A member of %(warp)s", warp=item.originator_name))
    return _named(question.name, question.organisation)


def speaker_of(reply: Reply) -> str:
    """Return who replied: name and organisation, or "a member"."""
    return str(_("A member")) if reply.name is None else _named(reply.name, reply.organisation)


def gone_words(reply: Reply) -> str:
    """Return what stands where the words of a reply were."""
    if reply.gone is Gone.HIDDEN:
        return str(_("A coordinator has removed this reply: %(because)s", because=reply.gone_because))
    return str(_("The author has taken this reply back."))


def facts_of_question(question: Question, item: Item) -> list[str]:
    """Return the small print of a row in the list of questions."""
    count = question.replies
    said = ngettext("%(num)d reply", "%(num)d replies", count) if count else _("No reply yet")
    closed = [str(_("Closed"))] if question.closed_on else []
    return [asker_of(question, item), day(question.asked_on), str(said), *closed]


def my_name() -> str:
    """Return how a named reply or question of whoever is reading is signed."""
    person = visitor().person
    speaker = speaking.speaker_of(person) if person else None
    return _named(speaker.name, speaker.organisation) if speaker else ""


def address_words(address: Address) -> str:
    """Return to whom a question goes, as a choice in a form."""
    match address.marking:
        case Marking.GREEN:
            return str(_("Everyone in all WARPs on this hub"))
        case Marking.AMBER_STRICT:
            return str(_("Full members of %(warp)s, no suppliers", warp=address.warp.name))
        case _:
            return str(_("Members of %(warp)s", warp=address.warp.name))


def address_hints(addresses: Mapping[str, Address]) -> dict[str, str]:
    """Return the label that a question has by each choice of whom to ask."""
    return {value: f"{one.marking}. {labels.may_do(one.marking)}" for value, one in addresses.items()}


def shown_as_hints(item: Item | None = None) -> dict[str, str]:
    """Return what each way of being shown means, the whole of the promise."""
    seen = _("Members see “A member”.") if item else _("Members see “A member of” and the name of your WARP.")
    kept = _(
        "We keep no record of who wrote it and only the day, so you cannot take it back and nobody can ask you about "
        "it. People who follow get the mail about it the next morning. Your own words can still give you away."
    )
    return {NAMED: str(_("Members see your name and your organisation.")), A_MEMBER: f"{seen} {kept}"}


def send_words(address: Address) -> str:
    """Return the words of the button that sends a question."""
    if address.marking is Marking.GREEN:
        return str(_("Send to all WARPs"))
    return str(_("Send to %(warp)s", warp=address.warp.name))


def who_will_see(handling: Handling) -> Audience:
    """Return how many will see something under this handling."""
    return reach.audience(handling)


def who_may_see(item: Item) -> Audience:
    """Return how many may come to see what is said below an item: the WARPs that keep it may still pass it on."""
    handling = item.handling()
    if item.marking in (Marking.AMBER, Marking.AMBER_STRICT):
        handling = replace(handling, recipients=handling.recipients | handling.keepers)
    return reach.audience(handling)


def back_to(item: Item) -> str:
    """Return the name of the list that an item stands in."""
    return str(BACK[item.kind])


def _named(name: str, organisation: str | None) -> str:
    return ", ".join(filter(None, (name, organisation)))
