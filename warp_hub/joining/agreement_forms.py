"""The forms about a WARP's agreement: accepting it, writing it, publishing it."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length

from warp_hub import clock
from warp_hub.memberships.agreement_writing import LONGEST
from warp_hub.memberships.agreements import Demand
from warp_hub.pages.forms import Form

_DAY = "%d/%m/%Y"


class AcceptForm(Form):
    """That somebody accepts, and in which role."""

    agreed = wtforms.BooleanField(validators=[InputRequired(_l("Tick the box to accept the agreement"))])

    def worded_for(self, demand: Demand) -> "AcceptForm":
        """Say at the box for whom it is accepted, and by what right."""
        name = demand.organisation.name
        self.agreed.label.text = (
            _("I accept this agreement for %(name)s", name=name)
            if demand.is_lead
            else _("%(name)s gave me the authority to accept this agreement for it, and I do", name=name)
        )
        return self


class TextForm(Form):
    """The text in both languages."""

    english = wtforms.TextAreaField(
        _l("The agreement, in English"),
        [InputRequired(_l("Write the agreement in English")), Length(max=LONGEST)],
        description=_l("Markdown: # for a heading, - for a list, ** around what is bold."),
    )
    welsh = wtforms.TextAreaField(
        _l("The agreement, in Welsh"),
        [Length(max=LONGEST)],
        description=_l("Without it, Welsh readers are shown the English text."),
    )
    seen = wtforms.HiddenField()

    def text(self) -> dict[str, str]:
        """Return the texts by language."""
        typed = {"en": self.english.data or "", "cy": self.welsh.data or ""}
        return {language: words.replace("\r\n", "\n") for language, words in typed.items()}


class PublishForm(Form):
    """From which day it binds."""

    day = wtforms.StringField(
        _l("From which day does it bind?"),
        [InputRequired(_l("Enter a day"))],
        description=_l("For example, 24/12/2026. Today is possible: it then binds at once."),
    )
    seen = wtforms.HiddenField()
    zone: ZoneInfo = clock.LONDON
    binds_from: datetime

    def validate_day(self, field: wtforms.Field) -> None:
        """Refuse what is no day, and one that has passed; today means at once."""
        try:
            day = datetime.strptime(field.data.strip(), _DAY).replace(tzinfo=self.zone).date()
        except ValueError:
            raise wtforms.ValidationError(_("Enter a day like 24/12/2026")) from None
        if day < clock.local(clock.now(), self.zone).date():
            raise wtforms.ValidationError(_("This day has passed"))
        self.binds_from = datetime.combine(day, time(), self.zone)
