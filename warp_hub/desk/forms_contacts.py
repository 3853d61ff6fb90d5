"""Whom members ring while something is happening: a few rows of four boxes, as many as there are and one more."""

from collections.abc import Iterator
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from pydantic import ValidationError

from warp_hub.desk.forms_settings import SettingsForm, without_tricks
from warp_hub.memberships.settings import Contact, WarpSettings, most_of
from warp_hub.pages.forms import Form

WRONG = {
    "name": _l("Enter a name, or empty the other boxes"),
    "what_for": _l("Say it in fewer words"),
    "phone": _l("Enter a shorter telephone number"),
    "web": _l("Enter an address that begins with https://"),
}


class ContactFields(Form):
    """One of them; what a contact is says the settings' own class."""

    class Meta(Form.Meta):
        csrf = False  # the form around it has the token

    name = wtforms.StringField(_l("Name"))
    what_for = wtforms.StringField(_l("When to ring"))
    phone = wtforms.TelField(_l("Telephone"), render_kw={"classes": "govuk-input--width-20"})
    web = wtforms.URLField(_l("Web address"), render_kw={"spellcheck": False})

    def typed(self) -> dict[str, str]:
        """Return what was typed, without what surrounds it."""
        return {name: without_tricks(self[name]) for name in WRONG}

    def validate(self, extra_validators: Any = None) -> bool:
        """Say at each box what a contact does not take; a row left empty is none."""
        is_good = bool(super().validate(extra_validators))
        try:
            if any(self.typed().values()):
                Contact(**self.typed())
        except ValidationError as error:
            for one in error.errors():
                self[str(one["loc"][0])].errors = [str(WRONG[str(one["loc"][0])])]
            return False
        return is_good


class ContactsForm(SettingsForm):
    """Whom members ring."""

    TITLE = _l("Who to ring")
    INTRO = _l(
        "Members see these before they report an incident, and on the printed contact sheet. Empty a row to remove it."
    )
    NAMES = ("urgent_contacts",)

    urgent_contacts = wtforms.FieldList(wtforms.FormField(ContactFields), max_entries=most_of("urgent_contacts"))

    @classmethod
    def shown(cls, settings: WarpSettings) -> dict[str, Any]:
        """Return what the fields show of these settings: an empty row at the end, where there is room."""
        rows = [contact.model_dump() for contact in settings.urgent_contacts]
        return {"urgent_contacts": [*rows, {}][: most_of("urgent_contacts")]}

    def said(self) -> dict[str, Any]:
        """Return the settings as they are to be."""
        rows = (entry.form.typed() for entry in self.urgent_contacts)
        return {"urgent_contacts": tuple(Contact(**row) for row in rows if row["name"])}

    def rows(self) -> Iterator[tuple[str, wtforms.Form]]:
        """Yield each row with what it is called."""
        for entry in self.urgent_contacts:
            yield entry.form.typed()["name"] or _("One more"), entry.form
