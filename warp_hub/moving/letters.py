"""The welcome letter: what a WARP sends, one button to keep it, and how to get more. It says it in both languages."""

from dataclasses import dataclass

from flask_babel import force_locale, get_locale
from flask_babel import gettext as _
from sqlalchemy import select

from warp_hub.db import session
from warp_hub.mail import Cancelled, Letter, Rendered, rendering
from warp_hub.memberships import people
from warp_hub.memberships.models import State, Warp
from warp_hub.memberships.settings import settings_of
from warp_hub.moving import staying
from warp_hub.moving.inviting import KIND, LIVES
from warp_hub.tlp import Viewer

BOTH = ("en", "cy")
NAMES = {"en": "English", "cy": "Cymraeg"}


@dataclass(frozen=True)
class Said:
    """The letter in one language."""

    language: str
    name: str
    subject: str
    heading: str
    before: tuple[str, ...]
    button: str
    after: tuple[str, ...]
    foot: tuple[str, ...]


def welcome(letter: Letter, viewer: Viewer) -> Rendered | Cancelled:  # noqa: ARG001 - nothing of an item is in it
    """Return the welcome letter, unless it has become needless."""
    person = people.find_person(letter.person_id)
    warp = session.scalars(select(Warp).where(Warp.id == letter.warp_id)).one_or_none()
    if person is None or person.state is not State.ACTIVE or warp is None:
        return Cancelled("the person is on the list no more")
    token = staying.sign(person.id, warp.id)
    answer = staying.by_link(token)
    if answer is None:
        return Cancelled("the person is on the list no more")
    if answer.is_given:
        return Cancelled("the person has answered already")
    return compose(person.name, warp, person.language, token)


def preview(name: str, warp: Warp, language: str) -> Rendered:
    """Return the letter as somebody of this name and language would get it; its button leads nobody in."""
    return compose(name, warp, language, "")


def compose(name: str, warp: Warp, language: str, token: str) -> Rendered:
    """Return the letter, in the reader's language first; which one they prefer is not known yet."""
    languages = (language, *(other for other in BOTH if other != language))
    parts = [_said(of, name, warp) for of in languages]
    return rendering.letter(
        "moving/email/welcome",
        language=language,
        parts=parts,
        subjects=list(dict.fromkeys(part.subject for part in parts)),
        link=rendering.hub_url("moving_link.keep_sending", **({"token": token} if token else {})),
    )


def name_of(warp: Warp, language: str | None = None) -> str:
    """Return what a WARP is called in a language, that of the page without one."""
    locale = get_locale()
    language = language or (locale.language if locale else "en")
    return warp.name_cy if language == "cy" and warp.name_cy else warp.name


def _said(language: str, name: str, warp: Warp) -> Said:
    with force_locale(language):
        of = name_of(warp, language)
        return Said(
            language=language,
            name=NAMES[language],
            subject=_("%(warp)s: shall we keep sending you mail?", warp=of),
            heading=_("Shall we keep sending you mail?"),
            before=(
                _("Hello %(name)s. Your address is on the list of people to whom %(warp)s writes.", name=name, warp=of),
                _(
                    "It now sends warnings, answers and news of training through WARP Hub. "
                    "You get none of it until you say yes."
                ),
            ),
            button=_("Yes, keep sending me this"),
            after=(
                _("The button works for %(count)s days, and for you alone. You need no password.", count=LIVES.days),
                _(
                    "Some things may not go out by mail. To see them too, press the button and then choose "
                    "“Send me an invitation”: it lets you sign in with a password and a second step."
                ),
                _("If you do not want this, do nothing."),
            ),
            foot=(
                _("You got this because a coordinator of %(warp)s put this address on its list.", warp=of),
                _("Questions? Ask %(name)s: %(how)s", name=of, how=how)
                if (how := _contact(warp))
                else _("Questions? Ask the coordinator of your WARP."),
            ),
        )


def _contact(warp: Warp) -> str:
    settings = settings_of(warp)
    return ", ".join(filter(None, (settings.contact_phone, settings.contact_email)))


LETTERS = {KIND: welcome}
