"""The forms of moving in. The list travels in the form alone: nothing is kept between two steps."""

import hashlib
from collections.abc import Iterable

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from wtforms.validators import Length, Optional

from warp_hub.memberships.models import Warp
from warp_hub.memberships.tables import FileRefused, Sheet, decoded
from warp_hub.moving import columns
from warp_hub.moving.columns import Column
from warp_hub.pages.forms import Form, choices

PUT_IN = "put-in"
SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # how .xlsx and .xls files begin
NOT_THERE = ""


def _column(label: object) -> wtforms.SelectField:
    return wtforms.SelectField(label, [Optional()], validate_choice=True, choices=[])


class ListForm(Form):
    """A list, what its columns hold, and what to do with it. `sheet` is there once the form is valid."""

    warp = wtforms.SelectField(_l("Which WARP is it for?"))
    table = wtforms.TextAreaField(
        _l("The list"),
        description=_l("Copy the rows in your spreadsheet, with the headings above them, and paste them here."),
    )
    file = wtforms.FileField(
        _l("Or choose a file"),
        description=_l("A CSV file from your spreadsheet, or the contacts that Outlook exports."),
    )
    headings = wtforms.HiddenField(validators=[Length(max=64)])
    notes_domains = wtforms.BooleanField(
        _l("Note the mail domains of these people for organisations that have none yet"),
        description=_l("Whoever has an address there can then ask to join. Leave it out if bodies share a domain."),
    )
    email = _column(_l("E-mail address"))
    name = _column(_l("Name"))
    first_name = _column(_l("First name"))
    last_name = _column(_l("Last name"))
    organisation = _column(_l("Organisation"))
    post = _column(_l("Officer or lead (main contact)"))
    language = _column(_l("Language (en or cy)"))
    short_name = _column(_l("Short name of the organisation"))
    code = _column(_l("Code of the organisation"))
    kind = _column(_l("Type of organisation"))
    region = _column(_l("Region"))
    domains = _column(_l("Mail domains"))
    former_domains = _column(_l("Former mail domains"))
    also_known_as = _column(_l("Other names of the organisation"))
    membership = _column(_l("Full or associate member"))
    do = wtforms.HiddenField()

    sheet: Sheet | None = None

    def offer(self, warps: Iterable[Warp]) -> "ListForm":
        """Let the list be for one of these WARPs, and read what was given."""
        self.warp.choices = choices({str(warp.id): warp.name for warp in warps})
        if not self.is_submitted():
            return self
        try:
            self._take_the_file()
            self.sheet = columns.read_list(self.table.data or "") if self.table.data else None
        except FileRefused as refusal:
            self._refusal = str(refusal)
        self._offer_columns()
        return self

    def validate_table(self, field: wtforms.Field) -> None:
        """Refuse what is no list."""
        if self._refusal:
            raise wtforms.ValidationError(self._refusal)
        if self.sheet is None:
            raise wtforms.ValidationError(_("Paste a list or choose a file"))
        if not self.sheet.lines:
            raise wtforms.ValidationError(_("The list has no rows under its headings"))
        if field.data and not (self.email.data or self.organisation.data):
            raise wtforms.ValidationError(_("Say which column has the e-mail addresses or the organisations"))

    def places(self) -> dict[str, int]:
        """Return in which column each thing stands."""
        return {name: int(self[name].data) for name in columns.FIELDS if self[name].data}

    def columns(self) -> list[Column]:
        """Return the columns as the page shows them."""
        return columns.columns_of(self.sheet) if self.sheet else []

    def start_again_with(self, text: str) -> None:
        """Leave only these lines in the list."""
        self.table.data = text

    _refusal = ""

    def _take_the_file(self) -> None:
        given = self.file.data
        content = given.read(columns.LONGEST_LIST * 4) if isinstance(given, FileStorage) else b""
        if content.startswith(SPREADSHEETS):
            raise FileRefused(_("This is the spreadsheet itself. Save it as CSV, or copy its rows and paste them."))
        if content:
            # Too long a file is refused before it fills the box: the form could not be sent again with it.
            self.table.data = columns.short_enough(decoded(content).replace("\r\n", "\n").replace("\0", ""))

    def _offer_columns(self) -> None:
        """Let each thing stand in any column; guess anew where the headings are others than before."""
        headings = self.sheet.headings if self.sheet else []
        shown = {NOT_THERE: _("Not in the list")} | {str(one.place): _words(one) for one in self.columns()}
        marked = hashlib.sha256("\n".join(headings).encode()).hexdigest()
        guessed = columns.guessed(self.sheet) if self.sheet else {}
        for name in columns.FIELDS:
            self[name].choices = choices(shown)
            if self.headings.data != marked:
                self[name].data = str(guessed.get(name, NOT_THERE))
        self.headings.data = marked


def _words(column: Column) -> str:
    name = column.heading.strip()[:60] or _("Column %(number)s", number=column.place + 1)
    return f"{name} ({column.samples[0]})" if column.samples else name


class NothingForm(Form):
    """A button alone, with its token."""
