"""The forms of this room."""

from collections.abc import Mapping
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length, ValidationError

from warp_hub.discussions import hiding
from warp_hub.discussions.addressing import Address
from warp_hub.discussions.speaking import A_MEMBER, NAMED
from warp_hub.pages.forms import Form, choices
from warp_hub.tlp import Handling, Marking

LONGEST_TITLE, LONGEST_WORDS = 200, 10_000
SHOWN_AS = {NAMED: _l("Show my name"), A_MEMBER: _l("Do not show my name")}


class _SpokenForm(Form):
    """A form whose words somebody speaks under their name or as "a member"."""

    shown_as: wtforms.Field

    @property
    def is_named(self) -> bool:
        """Say whether the name is to be shown."""
        return bool(self.shown_as.data == NAMED)

    def handling(self) -> Handling | None:
        """Return under which handling it will be read; None while that is not chosen, as here where no form says."""
        return None

    def validate_shown_as(self, field: wtforms.Field) -> None:
        """Refuse "a member" where too few can read it."""
        handling = self.handling()
        if field.data == A_MEMBER and handling is not None and not hiding.hides(handling):
            raise ValidationError(_("Too few can read this to hide who wrote it"))


def _shown_as() -> Any:
    """Return the choice of being named, as the last field of a form."""
    return wtforms.RadioField(
        _l("Who will members see?"), [InputRequired(_l("Choose how members see you"))], choices=choices(SHOWN_AS)
    )


class AskForm(_SpokenForm):
    """A question, and whom to ask."""

    title = wtforms.StringField(
        _l("Your question in one line"),
        [InputRequired(_l("Enter your question in one line")), Length(max=LONGEST_TITLE)],
    )
    words = wtforms.TextAreaField(
        _l("What others need to know to answer"),
        [InputRequired(_l("Say a little more")), Length(max=LONGEST_WORDS)],
    )
    to = wtforms.RadioField(_l("Who may see it?"), [InputRequired(_l("Choose who may see it"))])
    shown_as = _shown_as()

    def __init__(self, addresses: Mapping[str, Address], words: Mapping[str, str], **given: Any) -> None:
        super().__init__(**given)
        self.addresses = addresses
        self.to.choices = choices(words)
        if not self.is_submitted():
            self.to.data = next(iter(addresses))

    def handling(self) -> Handling | None:
        """Return under which handling it will be read; None while that is not chosen."""
        address = self.addresses.get(self.to.data)
        return address.handling() if address else None

    def texts(self) -> dict[str, str]:
        """Return what members will read, by field."""
        return {"title": self.title.data or "", "words": self.words.data or ""}


class ReplyForm(_SpokenForm):
    """A reply."""

    words = wtforms.TextAreaField(_l("Your reply"), [InputRequired(_l("Enter your reply")), Length(max=LONGEST_WORDS)])
    shown_as = _shown_as()

    def __init__(self, handling: Handling, **given: Any) -> None:
        super().__init__(**given)
        self._handling = handling
        # Named people know each other: there the choice is not even offered.
        if handling.marking is Marking.RED and not self.is_submitted():
            self.shown_as.choices = choices({NAMED: SHOWN_AS[NAMED]})

    def handling(self) -> Handling:
        """Return the handling of what is replied to."""
        return self._handling

    def texts(self) -> dict[str, str]:
        """Return what members will read, by field."""
        return {"words": self.words.data or ""}


class ReasonForm(Form):
    """Why a coordinator takes something away."""

    because = wtforms.StringField(
        _l("Why?"), [InputRequired(_l("Say why")), Length(max=300)], description=_l("Members see the reason.")
    )


class WithdrawForm(Form):
    """Why a question is taken back from everybody."""

    because = wtforms.StringField(
        _l("Why?"), [InputRequired(_l("Say why")), Length(max=300)], description=_l("It is kept on record.")
    )
    tells = wtforms.BooleanField(
        _l("Members may be told its title and this reason"),
        description=_l("Leave it empty if the title or the reason should not be seen by those who could read it."),
    )
