"""The forms of this room: a report, told screen by screen, and what a coordinator does with it."""

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length

from warp_hub.incidents import indicators
from warp_hub.incidents.filing import MARKINGS
from warp_hub.incidents.reports import PARTS
from warp_hub.pages import typed_values
from warp_hub.pages.forms import Form, choices
from warp_hub.stix.labels import Pap
from warp_hub.tlp import Marking

LONGEST_TEXT, LONGEST_LIMIT = 5000, 300
DO_NOT_NAME = _l("Do not name people or your council")
PAPS = {
    "": _l("No limit"),
    Pap.GREEN.value: _l("Look them up and block them, but do not connect to them"),
    Pap.AMBER.value: _l("Look them up in your own logs and at other services, block nothing"),
    Pap.RED.value: _l("Look in your own logs only, let nobody notice"),
}
CHECKLIST = {
    "place": _l("No place, event, date or number says where it was"),
    "systems": _l("No system or supplier is named that only one or two members use"),
    "events": _l("Nothing that was in the news or known to neighbours tells who it was"),
    "style": _l("It is written in plain words, not in anybody's own way of writing"),
}


class ReportForm(Form):
    """Everything a report holds. Each screen shows some of it and carries the rest along unseen."""

    sending = wtforms.HiddenField()
    rang = wtforms.StringField(
        _l("E-mail address of whoever rang you"),
        [Length(max=254)],
        description=_l("They must be at a member of your WARP. The promise holds for them, not for you."),
    )
    place = wtforms.RadioField(_l("For whom do you report?"), validate_choice=False)
    promise = wtforms.StringField()
    what = wtforms.TextAreaField(
        _l("What happened?"),
        [InputRequired(_l("Say what happened")), Length(max=LONGEST_TEXT)],
        description=DO_NOT_NAME,
    )
    noticed = wtforms.TextAreaField(_l("How did you notice?"), [Length(max=LONGEST_TEXT)], description=DO_NOT_NAME)
    impact = wtforms.TextAreaField(_l("What did it do?"), [Length(max=LONGEST_TEXT)], description=DO_NOT_NAME)
    helped = wtforms.TextAreaField(_l("What helped?"), [Length(max=LONGEST_TEXT)], description=DO_NOT_NAME)
    indicators = wtforms.TextAreaField(
        _l("Addresses and files of the attacker (optional)"),
        [Length(max=50_000)],
        description=_l(
            "One on each line, the attacker's only, never your own: internet and e-mail addresses, domain names, file "
            "names, file hashes. Written like evil[.]example is fine."
        ),
    )
    marking = wtforms.RadioField(
        _l("How far may it travel?"),
        [InputRequired(_l("Choose a label"))],
        choices=choices({marking.value: marking.value for marking in MARKINGS}),
        default=Marking.AMBER.value,
    )
    pap = wtforms.SelectField(_l("What may members do with these addresses?"), choices=choices(PAPS), default="")
    chatham_house = wtforms.BooleanField(_l("The Chatham House Rule applies: nobody may say who said it"))
    restrictions = wtforms.StringField(_l("Another limit, in your own words"), [Length(max=LONGEST_LIMIT)])

    def texts(self) -> dict[str, str]:
        """Return what was told, by its part."""
        return {part: (self[part].data or "").replace("\r\n", "\n").strip() for part in PARTS}

    def validate_indicators(self, field: wtforms.Field) -> None:
        """Refuse lines that say nothing to look for, naming the first."""
        _require_readable(field)


class ReviewForm(Form):
    """A report as a coordinator may change it before members read it."""

    title = wtforms.StringField(_l("Title"), [InputRequired(_l("Give it a title")), Length(max=120)])
    what = wtforms.TextAreaField(
        _l("What happened"), [InputRequired(_l("Say what happened")), Length(max=LONGEST_TEXT)]
    )
    noticed = wtforms.TextAreaField(_l("How it was noticed"), [Length(max=LONGEST_TEXT)])
    impact = wtforms.TextAreaField(_l("What it did"), [Length(max=LONGEST_TEXT)])
    helped = wtforms.TextAreaField(_l("What helped"), [Length(max=LONGEST_TEXT)])
    indicators = wtforms.TextAreaField(
        _l("Addresses and files to look for"), [Length(max=50_000)], description=_l("One on each line")
    )
    marking = wtforms.RadioField(_l("Label"), [InputRequired(_l("Choose a label"))])
    checked = wtforms.SelectMultipleField(
        _l("Could someone guess?"),
        choices=choices(CHECKLIST),
        description=_l("No machine finds these. Read it as a neighbour would, and tick each before you approve."),
    )

    def texts(self) -> dict[str, str]:
        """Return what is told, by its part."""
        return {part: (self[part].data or "").replace("\r\n", "\n").strip() for part in PARTS}

    def validate_indicators(self, field: wtforms.Field) -> None:
        """Refuse lines that say nothing to look for, naming the first."""
        _require_readable(field)

    def is_fully_checked(self) -> bool:
        """Say whether everything on the list was looked at; notes on the field what was not."""
        if set(self.checked.data or ()) >= set(CHECKLIST):
            return True
        self.checked.errors = [_("Tick each of them, or change the text first")]
        return False


class DeclineForm(Form):
    """Why a report is not passed on."""

    reason = wtforms.StringField(_l("Why is it not passed on?"), [InputRequired(_l("Say why")), Length(max=500)])


class WithdrawForm(Form):
    """Why an incident is taken back."""

    reason = wtforms.StringField(_l("Why do you withdraw it?"), [InputRequired(_l("Say why")), Length(max=500)])
    tells = wtforms.BooleanField(
        _l("Members may be told its title and this reason"),
        description=_l("Leave it empty if the title or the reason should not be seen by those who could read it."),
    )


def _require_readable(field: wtforms.Field) -> None:
    typed_values.require_readable(indicators.lines_of(field.data or ""))
