"""The forms of key holders; what has "passphrase" in its name is repeated on no page."""

from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, TextAreaField, ValidationError
from wtforms.validators import EqualTo, InputRequired, Length

from warp_hub.custody import opening, passphrases
from warp_hub.pages.forms import Form


class _NewPassphraseField(PasswordField):  # type: ignore[misc]
    """A passphrase that is long and is not the owner's password."""

    owner: UUID | None = None

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002 - the interface of WTForms
        assert self.owner is not None
        if self.data and (wrong := passphrases.fault(self.owner, self.data)):
            raise ValidationError(str(wrong))


class _NewPassphraseForm(Form):
    """A new passphrase, twice: one that was mistyped could never be found out."""

    new_passphrase = _NewPassphraseField(
        _l("New passphrase"),
        description=_l(
            "20 or more characters, and not your password. Five random words are strong and easy to remember."
        ),
        validators=[InputRequired(_l("Enter a new passphrase"))],
    )
    passphrase_again = PasswordField(
        _l("The same passphrase again"),
        validators=[
            InputRequired(_l("Enter the new passphrase again")),
            EqualTo("new_passphrase", _l("The two passphrases are not the same")),
        ],
    )

    def of(self, person_id: UUID) -> "_NewPassphraseForm":
        """Return this form, for this person."""
        self.new_passphrase.owner = person_id
        return self


def _passphrase(label: object) -> PasswordField:
    required = InputRequired(_l("Enter your passphrase"))
    return PasswordField(label, validators=[required, Length(max=passphrases.LONGEST)])


class MakeKeyForm(_NewPassphraseForm):
    """What a new key is put under."""


class ChangePassphraseForm(_NewPassphraseForm):
    """The passphrase of now and the one to come."""

    passphrase = _passphrase(_l("Your passphrase now"))


class RetireForm(Form):
    """A button."""


class OpenForm(Form):
    """Why a record is to be opened, and the passphrase that opens it."""

    reason = TextAreaField(
        _l("Why do you need to know who sent this?"),
        description=_l("Your reason is kept for good, with your name. Do not write who you think it is."),
        filters=[lambda typed: typed.strip() if typed else typed],
        validators=[
            InputRequired(_l("Enter your reason")),
            Length(
                opening.SHORTEST_REASON,
                opening.LONGEST_REASON,
                _l("Give your reason in 10 to 500 characters"),
            ),
        ],
    )
    passphrase = _passphrase(_l("The passphrase of your key"))


def refuse(field: object, text: object) -> None:
    """Put a fault that was found after validation beside its field and into the summary."""
    field.errors = [*field.errors, str(text)]  # type: ignore[attr-defined]
