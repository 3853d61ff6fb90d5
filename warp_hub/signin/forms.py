"""The forms of signing in. Only what a form declares is ever read."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import Field, PasswordField, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from warp_hub.memberships.reading import LONGEST_ADDRESS, Unreadable, read_address
from warp_hub.pages.forms import Form
from warp_hub.signin import passwords

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


class NothingForm(Form):
    """A button."""


def refuse(field: Field, text: object) -> None:
    """Put a fault that was found after validation beside its field and into the summary."""
    field.errors = [*field.errors, str(text)]
