"""The forms of asking to share wider, of answering, and of lowering a label."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Self
from uuid import UUID

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length

from warp_hub import clock
from warp_hub.memberships.models import Warp
from warp_hub.pages.forms import Form, choices
from warp_hub.resharing import answering
from warp_hub.resharing.models import Wish
from warp_hub.sharing.grants import Consent
from warp_hub.sharing.models import Item, ItemKind
from warp_hub.tlp import Marking

_DAY = "%d/%m/%Y"
WISHES = {
    Wish.WARP: _l("Another WARP"),
    Wish.ORGANISATION: _l("One more organisation"),
    Wish.LABEL: _l("Everybody under a wider label"),
}
NO = "no"


class AskForm(Form):
    """Who should have it too, and why."""

    wish = wtforms.RadioField(_l("Who should have it too?"), [InputRequired(_l("Choose who should have it too"))])
    warp = wtforms.SelectField(_l("Which WARP? (if it is a WARP)"), validate_choice=False)
    organisation = wtforms.StringField(_l("Which organisation? (if it is one)"), [Length(max=200)])
    label = wtforms.SelectField(_l("Which label? (if it is a label)"), validate_choice=False)
    why = wtforms.TextAreaField(_l("Why?"), [InputRequired(_l("Say why")), Length(max=2000)])

    def offer(self, wishes: Iterable[Wish], warps: Sequence[Warp], labels: Sequence[Marking]) -> "AskForm":
        """Let these be chosen."""
        self.wish.choices = choices({one.value: WISHES[one] for one in wishes})
        self.warp.choices = choices({"": _("Choose a WARP"), **{warp.name: warp.name for warp in warps}})
        self.label.choices = choices({"": _("Choose a label"), **{label.value: label.value for label in labels}})
        return self

    def validate_warp(self, field: wtforms.Field) -> None:
        """Ask for the WARP where that is what is wished."""
        if self.wish.data == Wish.WARP and field.data not in _values(field):
            raise wtforms.ValidationError(_("Choose a WARP"))

    def validate_organisation(self, field: wtforms.Field) -> None:
        """Ask for the organisation where that is what is wished."""
        if self.wish.data == Wish.ORGANISATION and not (field.data or "").strip():
            raise wtforms.ValidationError(_("Enter its name"))

    def validate_label(self, field: wtforms.Field) -> None:
        """Ask for the label where that is what is wished."""
        if self.wish.data == Wish.LABEL and field.data not in _values(field):
            raise wtforms.ValidationError(_("Choose a label"))

    @property
    def whom(self) -> str:
        """Return the WARP or organisation that is wished for, empty for a label."""
        names = {Wish.WARP: self.warp.data, Wish.ORGANISATION: (self.organisation.data or "").strip()}
        return names.get(self.wish.data, "") or ""

    @property
    def marking(self) -> Marking | None:
        """Return the label that is wished for, if it is one."""
        return Marking(self.label.data) if self.wish.data == Wish.LABEL else None


class ConsentForm(Form):
    """Who at the source said that it may go further.

    What members reported or asked has no source but themselves, and may be without their names: of that no name is
    taken, nor how they said it, which tells as much. Its source stands under the name that everybody reads.
    """

    who = wtforms.StringField(_l("Who at the source agreed?"), [Length(max=200)])
    on = wtforms.StringField(_l("On which day?"), [Length(max=20)], description=_l("For example, 24/12/2026"))
    how = wtforms.StringField(
        _l("How did they say it?"), [Length(max=200)], description=_l("For example, by e-mail or on the telephone")
    )

    day: date
    known_as = ""

    def about(self, item: Item) -> Self:
        """Ask only for what may be kept of whoever agrees to this item's going further."""
        if item.kind is not ItemKind.ADVISORY:
            self.known_as = item.originator_name
        return self

    def is_wanted(self) -> bool:
        """Say whether the consent of the source is needed for what is chosen."""
        return True

    def validate_who(self, field: wtforms.Field) -> None:
        """Ask for a name."""
        if self.is_wanted() and not self.known_as and not (field.data or "").strip():
            raise wtforms.ValidationError(_("Enter who agreed"))

    def validate_on(self, field: wtforms.Field) -> None:
        """Refuse what is no day, or one to come."""
        if not self.is_wanted():
            return
        try:
            self.day = datetime.strptime((field.data or "").strip(), _DAY).replace(tzinfo=clock.LONDON).date()
        except ValueError:
            raise wtforms.ValidationError(_("Enter a day like 24/12/2026")) from None
        if self.day > clock.today():
            raise wtforms.ValidationError(_("This day has not come yet"))

    def validate_how(self, field: wtforms.Field) -> None:
        """Ask for the way."""
        if self.is_wanted() and not self.known_as and not (field.data or "").strip():
            raise wtforms.ValidationError(_("Enter how they said it"))

    def consent(self) -> Consent:
        """Return what was entered."""
        if self.known_as:
            return Consent(self.known_as, self.day, "")
        return Consent(self.who.data.strip(), self.day, self.how.data.strip())


class LowerForm(ConsentForm):
    """A wider label, and who at the source agreed to it."""

    label = wtforms.RadioField(_l("Which label?"), [InputRequired(_l("Choose a label"))])

    def offer(self, labels: Sequence[Marking]) -> "LowerForm":
        """Let these be chosen."""
        self.label.choices = choices({label.value: label.value for label in labels})
        return self


class AnswerForm(ConsentForm):
    """Yes, to whom and with whose consent; or no, and why."""

    answer = wtforms.RadioField(_l("Your answer"), [InputRequired(_l("Choose an answer"))])
    warp = wtforms.SelectField(_l("Which WARP? (if it is a WARP)"), validate_choice=False)
    organisation = wtforms.StringField(
        _l("Which organisation? (if it is one)"),
        [Length(max=200)],
        description=_l("Its name as it stands in the list of members"),
    )
    label = wtforms.SelectField(_l("Which label? (if it is a label)"), validate_choice=False)
    because = wtforms.TextAreaField(
        _l("Your reason"), [Length(max=1000)], description=_l("Whoever asked reads it when they sign in.")
    )

    to: tuple[UUID, str]

    def offer(self, wishes: Iterable[Wish], warps: Sequence[Warp], labels: Sequence[Marking]) -> "AnswerForm":
        """Let these be chosen."""
        words = {
            Wish.WARP: _("Yes, another WARP may have it"),
            Wish.ORGANISATION: _("Yes, one more organisation may have it"),
            Wish.LABEL: _("Yes, it may go under a wider label"),
        }
        self.answer.choices = choices({**{one.value: words[one] for one in wishes}, NO: _("No")})
        self.warp.choices = choices({"": _("Choose a WARP"), **{str(warp.id): warp.name for warp in warps}})
        self.label.choices = choices({"": _("Choose a label"), **{label.value: label.value for label in labels}})
        return self

    def is_wanted(self) -> bool:
        """Say whether the consent of the source is needed for what is chosen."""
        return self.answer.data is not None and self.answer.data != NO

    def validate_warp(self, field: wtforms.Field) -> None:
        """Ask for the WARP that may have it."""
        if self.answer.data != Wish.WARP:
            return
        found = dict(_pairs(field))
        if not field.data or field.data not in found:
            raise wtforms.ValidationError(_("Choose a WARP"))
        self.to = (UUID(field.data), str(found[field.data]))

    def validate_organisation(self, field: wtforms.Field) -> None:
        """Ask for the organisation that may have it, by its name."""
        if self.answer.data != Wish.ORGANISATION:
            return
        found = answering.find_organisation(field.data or "")
        if found is None:
            raise wtforms.ValidationError(_("No member has exactly this name"))
        self.to = (found.id, found.name)

    def validate_label(self, field: wtforms.Field) -> None:
        """Ask for the label it may have."""
        if self.answer.data == Wish.LABEL and field.data not in _values(field):
            raise wtforms.ValidationError(_("Choose a label"))

    def validate_because(self, field: wtforms.Field) -> None:
        """Ask for a reason for a no."""
        if self.answer.data == NO and not (field.data or "").strip():
            raise wtforms.ValidationError(_("Say why"))


def _pairs(field: wtforms.SelectField) -> list[tuple[str, str]]:
    return [(value, label) for value, label, *_rest in field.iter_choices()]


def _values(field: wtforms.SelectField) -> set[str]:
    return {value for value, _label in _pairs(field) if value}
