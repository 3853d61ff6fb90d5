"""The form of a new token."""

from datetime import datetime, timedelta

import wtforms
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length

from warp_hub import clock
from warp_hub.memberships.reading import Unreadable, read_name
from warp_hub.memberships.tokens import CEILINGS, LIVES, LONGEST_NAME
from warp_hub.pages.forms import Form, choices
from warp_hub.tlp import Marking

DAYS = {"30": _l("30 days"), "90": _l("90 days"), "180": _l("180 days"), "365": _l("One year")}
NOT_A_NAME = _l("Use letters and numbers, as in “Firewall at the town hall”")


class TokenForm(Form):
    """What a token is called, what it may fetch and for how long."""

    name = wtforms.StringField(
        _l("What is it for?"),
        [
            InputRequired(_l("Enter what the token is for")),
            Length(max=LONGEST_NAME, message=_l("Use 60 characters or fewer")),
        ],
        description=_l("For example “Firewall at the town hall”. Give each tool a token of its own."),
    )
    label = wtforms.RadioField(
        _l("Up to which label may it fetch?"),
        [InputRequired(_l("Choose a label"))],
        choices=choices({marking.value: marking.value for marking in CEILINGS}),
        default=Marking.AMBER.value,
    )
    days = wtforms.RadioField(
        _l("How long is it good for?"),
        [InputRequired(_l("Choose how long"))],
        choices=choices(DAYS),
        default=str(LIVES.days),
    )

    def validate_name(self, field: wtforms.Field) -> None:
        """Refuse what cannot be read as a name."""
        try:
            read_name(field.data or "", longest=LONGEST_NAME)
        except Unreadable:
            raise wtforms.ValidationError(str(NOT_A_NAME)) from None

    def ceiling(self) -> Marking:
        """Return the strictest label that was chosen."""
        return Marking(self.label.data)

    def expires_at(self) -> datetime:
        """Return when the token ends."""
        return clock.now() + timedelta(days=int(self.days.data))
