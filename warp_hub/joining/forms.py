"""The questions of an application, one a page, in the order in which they are asked."""

from collections.abc import Mapping

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length

from warp_hub.joining import wording
from warp_hub.memberships.applications import LONGEST_TEXT
from warp_hub.memberships.reading import LONGEST_ADDRESS, LONGEST_NAME, Unreadable, read_address, read_name
from warp_hub.pages.forms import Form, choices
from warp_hub.text.characters import visible

_LONGEST_PHONE = 40


def refuse(field: wtforms.Field, text: object) -> None:
    """Put a fault that was found after validation beside its field and into the summary."""
    field.errors = [*field.errors, str(text)]


class NothingForm(Form):
    """A button."""


class AddressForm(Form):
    """Where the link goes."""

    email = wtforms.StringField(
        _l("What is your e-mail address at work?"),
        [InputRequired(_l("Enter your e-mail address at work")), Length(max=LONGEST_ADDRESS)],
        description=_l("We send a link there. With it you begin, and come back to what you saved."),
    )

    def validate_email(self, field: wtforms.Field) -> None:
        """Refuse what cannot be an address, whoever has it."""
        try:
            read_address(field.data)
        except Unreadable:
            raise wtforms.ValidationError(
                _("Enter an e-mail address in the correct format, like name@council.gov.uk")
            ) from None


class Question(Form):
    """One question with one answer."""

    answer: wtforms.Field

    def told(self) -> str | None:
        """Return the answer as it is kept."""
        return str(self.answer.data).strip()


class _OfALine(Question):
    """A question answered in one line that hides nothing."""

    def validate_answer(self, field: wtforms.Field) -> None:
        """Refuse characters that hide or reorder others."""
        try:
            read_name(field.data)
        except Unreadable:
            raise wtforms.ValidationError(_("Use letters, digits and ordinary signs, on one line")) from None

    def told(self) -> str | None:
        """Return the answer on one line."""
        return read_name(self.answer.data)


class NameQuestion(_OfALine):
    """Who applies."""

    answer = wtforms.StringField(
        _l("What is your name?"), [InputRequired(_l("Enter your name")), Length(max=LONGEST_NAME)]
    )


class JobQuestion(_OfALine):
    """What they do."""

    answer = wtforms.StringField(
        _l("What is your job?"),
        [InputRequired(_l("Enter your job")), Length(max=LONGEST_NAME)],
        description=_l("For example, information security manager"),
    )


class PhoneQuestion(Question):
    """Where a coordinator may ring; nobody has to say."""

    answer = wtforms.StringField(
        _l("On which number can your organisation be rung? (optional)"),
        [Length(max=_LONGEST_PHONE)],
        description=_l("The coordinator may ring to make sure that it is you. The switchboard is best."),
    )

    def validate_answer(self, field: wtforms.Field) -> None:
        """Refuse what is no telephone number."""
        typed = (field.data or "").strip()
        if typed and not (set(typed) <= set("0123456789+() -.extEXT") and any(sign.isdigit() for sign in typed)):
            raise wtforms.ValidationError(_("Enter a telephone number, like 01632 960 001"))

    def told(self) -> str | None:
        """Return the number, or None."""
        return (self.answer.data or "").strip() or None


class LanguageQuestion(Question):
    """In which language they are written to."""

    answer = wtforms.RadioField(
        _l("In which language shall we write to you?"),
        [InputRequired(_l("Choose a language"))],
        choices=choices(wording.LANGUAGES),
    )


class OrganisationQuestion(_OfALine):
    """For whom they work."""

    answer = wtforms.StringField(
        _l("For which organisation do you work?"),
        [InputRequired(_l("Enter the name of your organisation")), Length(max=LONGEST_NAME)],
        description=_l("Its full name, for example Midshire County Council"),
    )


class KindQuestion(Question):
    """What kind of body that is."""

    answer = wtforms.RadioField(
        _l("What is your organisation?"),
        [InputRequired(_l("Choose what your organisation is"))],
        choices=choices(wording.KINDS),
    )


class WhyQuestion(Question):
    """Why they would join."""

    answer = wtforms.TextAreaField(
        _l("Why would your organisation like to join?"),
        [InputRequired(_l("Say why your organisation would like to join")), Length(max=LONGEST_TEXT)],
        description=_l("Two or three sentences are enough. Do not describe an incident here."),
    )

    def told(self) -> str | None:
        """Return the text, in which nothing hides."""
        return visible(self.answer.data).strip()


class ReplyQuestion(WhyQuestion):
    """What they answer to a coordinator's question."""

    answer = wtforms.TextAreaField(
        _l("What do you answer?"), [InputRequired(_l("Write your answer")), Length(max=LONGEST_TEXT)]
    )


# The address of each page, what it is called in the list, what it fills in, and its form.
ABOUT_YOU: Mapping[str, tuple[object, str, type[Question]]] = {
    "name": (_l("Your name"), "name", NameQuestion),
    "job": (_l("Your job"), "job", JobQuestion),
    "telephone": (_l("A telephone number"), "phone", PhoneQuestion),
    "language": (_l("The language we write in"), "language", LanguageQuestion),
}
ABOUT_YOUR_ORGANISATION: Mapping[str, tuple[object, str, type[Question]]] = {
    "organisation": (_l("Name of your organisation"), "organisation_name", OrganisationQuestion),
    "kind": (_l("What your organisation is"), "kind", KindQuestion),
    "reason": (_l("Why it would like to join"), "why", WhyQuestion),
}
QUESTIONS = {**ABOUT_YOU, **ABOUT_YOUR_ORGANISATION}
