"""The form that binds a tenant to an organisation."""

from collections.abc import Iterable
from typing import Self

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired, Length

from warp_hub.pages.forms import Form, choices
from warp_hub.signin.federation.providers import Provider

ANSWERS = {
    "yes": _l("Yes, always: a second step there counts here"),
    "no": _l("No, or I am not sure: ask for a second step here"),
}


class BindForm(Form):
    """Which provider, which tenant of it, and whether it asks for two factors every time."""

    provider = RadioField(_l("Who signs your people in?"), validators=[InputRequired(_l("Choose one"))])
    tenant = StringField(
        _l("Tenant ID"),
        description=_l(
            "For Microsoft: in the Entra admin centre under Overview. Your Microsoft 365 administrator knows it."
        ),
        validators=[Length(max=60)],
    )
    second_factor = RadioField(
        _l("Does it ask everybody for a second factor at every sign-in?"),
        description=_l(
            "Your answer is kept with your name and counts once a coordinator has said yes to it. Coordinators always "
            "use a second step of this hub as well."
        ),
        choices=choices(ANSWERS),
        validators=[InputRequired(_l("Say whether it does"))],
    )

    @classmethod
    def offering(cls, offered: Iterable[Provider]) -> Self:
        """Return the form with the providers of this installation."""
        form = cls()
        form.provider.choices = choices({of.slug: of.name for of in offered})
        if len(form.provider.choices) == 1 and not form.is_submitted():
            form.provider.data = form.provider.choices[0].value
        return form
