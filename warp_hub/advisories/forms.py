"""The forms of the desk."""

from datetime import datetime
from uuid import UUID

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from wtforms.validators import InputRequired, Length

from warp_hub import clock
from warp_hub.db import session
from warp_hub.memberships.models import Person
from warp_hub.pages.forms import Form, choices
from warp_hub.pages.labels import SEVERITIES
from warp_hub.sharing.models import Severity
from warp_hub.tlp import Marking

_MOMENT = "%d/%m/%Y %H:%M"
LABELS = {marking.value: marking.value for marking in Marking}


class NoteForm(Form):
    """A note of a WARP to its own members."""

    english = wtforms.TextAreaField(
        _l("Your note to members, in English"), [InputRequired(_l("Write a note")), Length(max=5000)]
    )
    welsh = wtforms.TextAreaField(_l("The same in Welsh (optional)"), [Length(max=5000)])

    def words(self) -> dict[str, str]:
        """Return the note by language; what was left empty is left out."""
        said = {"en": self.english.data or "", "cy": self.welsh.data or ""}
        return {language: text for language, text in said.items() if text.strip()}


class LabelForm(Form):
    """A label chosen by a coordinator."""

    marking = wtforms.RadioField(_l("Label"), [InputRequired(_l("Choose a label"))], choices=choices(LABELS))


class SeverityForm(Form):
    """How soon to act."""

    severity = wtforms.RadioField(
        _l("How soon to act"), [InputRequired(_l("Choose one"))], choices=choices(dict(SEVERITIES))
    )

    reason = wtforms.StringField(
        _l("Why?"),
        [InputRequired(_l("Say why")), Length(max=200)],
        description=_l("Everybody who can read the warning sees it."),
        id="why-so-soon",  # another form of the page asks for a reason as well
    )

    def chosen(self) -> Severity:
        """Return the severity that was chosen."""
        return Severity(self.severity.data)


class EarlyNoticeForm(Form):
    """Until when a warning is for named people only, and for whom."""

    until = wtforms.StringField(
        _l("Not for others until"),
        [InputRequired(_l("Enter a day and a time"))],
        description=_l("For example, 24/12/2026 09:00"),
    )
    people = wtforms.TextAreaField(
        _l("E-mail addresses of those who may see it before"),
        [InputRequired(_l("Name at least one person")), Length(max=5000)],
        description=_l("One on each line"),
    )

    moment: datetime
    found: list[UUID]

    def validate_until(self, field: wtforms.Field) -> None:
        """Refuse what is no moment, or one that has passed."""
        try:
            self.moment = datetime.strptime(field.data.strip(), _MOMENT).replace(tzinfo=clock.LONDON)
        except ValueError:
            raise wtforms.ValidationError(_("Enter a day and a time like 24/12/2026 09:00")) from None
        if self.moment <= clock.now():
            raise wtforms.ValidationError(_("This moment has passed"))

    def validate_people(self, field: wtforms.Field) -> None:
        """Refuse addresses that nobody here has."""
        asked = {line.strip().lower() for line in field.data.splitlines() if line.strip()}
        rows = session.execute(select(func.lower(Person.email), Person.id).where(func.lower(Person.email).in_(asked)))
        known = {row[0]: row[1] for row in rows}
        if missing := sorted(asked - set(known)):
            raise wtforms.ValidationError(_("Nobody here has the address %(address)s", address=missing[0]))
        self.found = list(known.values())


class WithdrawForm(Form):
    """Why a warning is taken back."""

    reason = wtforms.StringField(_l("Why do you withdraw it?"), [InputRequired(_l("Say why")), Length(max=500)])
    tells = wtforms.BooleanField(
        _l("Members may be told its title and this reason"),
        description=_l("Leave it empty if the title or the reason should not be seen by those who could read it."),
    )
