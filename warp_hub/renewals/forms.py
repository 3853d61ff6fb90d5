"""The forms of this room. Only what a form declares is ever read."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length

from warp_hub.memberships.models import PostKind
from warp_hub.memberships.reading import LONGEST_ADDRESS
from warp_hub.memberships.renewal_models import Answer
from warp_hub.pages.forms import Form, choices
from warp_hub.renewals.staff import Colleague

WORDS = {
    Answer.STILL_HERE.value: _l("Still with us"),
    Answer.HAS_LEFT.value: _l("Has left"),
    Answer.NOT_SURE.value: _l("Not sure"),
}


class NothingForm(Form):
    """A form that only has its button."""


class StaffForm(Form):
    """One answer for each colleague; `form_for` gives it its fields."""

    names: dict[str, UUID]

    def answers(self) -> dict[UUID, Answer]:
        """Return what was said of each post."""
        return {post_id: Answer(self[name].data) for name, post_id in self.names.items()}


class LeaveForm(Form):
    """One's own address, typed: a button alone is pressed too easily, by whoever has somebody's mail as well."""

    email = wtforms.StringField(
        _l("Type your e-mail address to confirm"),
        [InputRequired(_l("Type your e-mail address")), Length(max=LONGEST_ADDRESS)],
    )

    def __init__(self, address: str, **given: Any) -> None:
        super().__init__(**given)
        self._address = address

    def validate_email(self, field: wtforms.Field) -> None:
        """Refuse any other address."""
        if field.data.strip().casefold() != self._address.casefold():
            raise wtforms.ValidationError(_("This is not your e-mail address here"))


def form_for(colleagues: Sequence[Colleague]) -> StaffForm:
    """Return the form that asks about these people."""
    names = {f"post_{one.post.id.hex}": one for one in colleagues}
    fields = {name: _asked(one) for name, one in names.items()}
    form: StaffForm = type("StaffFormOfOne", (StaffForm,), fields)()
    form.names = {name: one.post.id for name, one in names.items()}
    return form


def _asked(one: Colleague) -> wtforms.RadioField:
    is_lead = one.post.kind is PostKind.LEAD
    role = _("main contact") if is_lead else _("officer")
    hint = _(
        "%(email)s. If you say that a main contact has left, your coordinator is told and decides.",
        email=one.person.email,
    )
    return wtforms.RadioField(
        f"{one.person.name}, {role}",
        description=hint if is_lead else one.person.email,
        choices=choices(WORDS),
        validators=[InputRequired(_("Choose an answer for %(name)s", name=one.person.name))],
    )
