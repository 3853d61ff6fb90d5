"""The forms of signing in. Only what a form declares is ever read."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import Field, PasswordField, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from warp_hub.memberships.reading import LONGEST_ADDRESS, Unreadable, read_address
from warp_hub.pages.forms import Form
from warp_hub.signin import passwords
from warp_hub.signin.passkeys import LONGEST_ANSWER, LONGEST_NAME

NOT_AN_ADDRESS = _l("Enter an e-mail address in the correct format, like name@council.gov.uk")


class _AddressField(StringField):  # type: ignore[misc]
    """An e-mail address, refused when it cannot be one whoever has it."""

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002 - the interface of WTForms
        try:
            read_address(self.data or "name@council.example")  # that it is missing is said elsewhere
        except Unreadable:
            raise ValidationError(str(NOT_AN_ADDRESS)) from None


def _address() -> _AddressField:
    return _AddressField(
        _l("E-mail address"),
        validators=[InputRequired(_l("Enter your e-mail address")), Length(max=LONGEST_ADDRESS)],
    )


class SignInForm(Form):
    """E-mail and password."""

    email = _address()
    password = PasswordField(
        _l("Password"), validators=[InputRequired(_l("Enter your password")), Length(max=passwords.LONGEST)]
    )


class AddressForm(Form):
    """Where to send a letter."""

    email = _address()


class CodeForm(Form):
    """A code of the authenticator app."""

    code = StringField(
        _l("Six-digit code"),
        description=_l("From the authenticator app on your phone. It changes every 30 seconds."),
        validators=[InputRequired(_l("Enter the six-digit code")), Length(max=40)],
    )


class PasswordAgainForm(Form):
    """The password once more, from somebody signed in with it."""

    password = PasswordField(
        _l("Password"), validators=[InputRequired(_l("Enter your password")), Length(max=passwords.LONGEST)]
    )


class _NewPasswordField(PasswordField):  # type: ignore[misc]
    """A password that is long and that nobody would try first; `about` are words known of its owner."""

    about: Iterable[str] = ()

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002 - the interface of WTForms
        if self.data and (weak := passwords.weakness(self.data, self.about)):
            raise ValidationError(str(weak))


def _new_password() -> _NewPasswordField:
    return _NewPasswordField(
        _l("New password"),
        description=_l("15 or more characters. Three random words are strong and easy to remember."),
        validators=[InputRequired(_l("Enter a new password"))],
    )


class NewPasswordForm(Form):
    """A first password, or one in place of a forgotten one."""

    new_password = _new_password()


class ChangePasswordForm(Form):
    """The password of now and the one to come."""

    password = PasswordField(
        _l("Your password now"), validators=[InputRequired(_l("Enter your password")), Length(max=passwords.LONGEST)]
    )
    new_password = _new_password()


class RecoveryAddressForm(Form):
    """Where somebody is reached when their council's mail is down."""

    address = _AddressField(
        _l("Recovery address"),
        description=_l("A mailbox of your own outside your council, or one at another organisation that you trust."),
        validators=[InputRequired(_l("Enter an e-mail address")), Length(max=LONGEST_ADDRESS)],
    )


class NothingForm(Form):
    """A button."""


class RecoveryForm(Form):
    """A recovery code, off paper."""

    recovery_code = StringField(
        _l("Recovery code"),
        description=_l("Ten letters and numbers, like 4f7kq-9xw2m. Each code works once."),
        validators=[InputRequired(_l("Enter a recovery code")), Length(max=60)],
    )


class PasskeyForm(Form):
    """What the browser answered for a passkey; a field that nobody sees."""

    passkey_code = StringField(validators=[Length(max=LONGEST_ANSWER)])
    typed_address = StringField(validators=[Length(max=LONGEST_ADDRESS)])


class PasskeyNameForm(PasskeyForm):
    """What a passkey is called, and what the browser answered when it was made."""

    name = StringField(
        _l("Name of this passkey"),
        description=_l("So that you know it again, for example “Work laptop” or “Blue security key”."),
        validators=[InputRequired(_l("Enter a name")), Length(max=LONGEST_NAME)],
    )


class RenameForm(Form):
    """Another name for a passkey."""

    name = StringField(_l("Name"), validators=[InputRequired(_l("Enter a name")), Length(max=LONGEST_NAME)])


class NewAddressForm(Form):
    """Where somebody wants to be reached from now on."""

    new_email = _AddressField(
        _l("New e-mail address"),
        validators=[InputRequired(_l("Enter your new e-mail address")), Length(max=LONGEST_ADDRESS)],
    )


def refuse(field: Field, text: object) -> None:
    """Put a fault that was found after validation beside its field and into the summary."""
    field.errors = [*field.errors, str(text)]


def refuse_whole(form: Form, text: object) -> None:
    """Put a fault of no field in particular into the summary."""
    form.form_errors.append(str(text))
