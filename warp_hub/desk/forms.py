"""The forms of the desk."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from warp_hub import clock
from warp_hub.memberships.stand_ins import LONGEST, Candidate
from warp_hub.pages.forms import Form, choices

_DAY = "%d/%m/%Y"


class StandInForm(Form):
    """Who stands in, and up to and including which day."""

    person = wtforms.SelectField(_l("Who stands in for you?"), [InputRequired(_l("Choose who stands in for you"))])
    last_day = wtforms.StringField(
        _l("Last day"),
        [InputRequired(_l("Enter a day"))],
        description=_l("For example, 24/12/2026. It ends at midnight that night, at most three months from now."),
    )

    until: datetime

    def offer(self, found: Sequence[Candidate]) -> "StandInForm":
        """Let these people be chosen."""
        words = {str(one.person_id): ", ".join((one.name, one.place or _("coordinator"))) for one in found}
        self.person.choices = choices({"": _("Choose a person"), **words})
        return self

    def validate_last_day(self, field: wtforms.Field) -> None:
        """Refuse what is no day, one that has passed, and one too far away."""
        try:
            day = datetime.strptime(field.data.strip(), _DAY).replace(tzinfo=clock.LONDON).date()
        except ValueError:
            raise wtforms.ValidationError(_("Enter a day like 24/12/2026")) from None
        self.until = datetime.combine(day + timedelta(days=1), time(), clock.LONDON)
        if self.until <= clock.now():
            raise wtforms.ValidationError(_("This day has passed"))
        if self.until > clock.now() + LONGEST:
            raise wtforms.ValidationError(_("Enter a day in the next three months"))
