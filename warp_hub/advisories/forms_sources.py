"""The form of a source. What the hub signs in with is written into it and never read back out."""

from collections.abc import Iterable
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from feeds import opening
from warp_hub.advisories.endpoints import Access
from warp_hub.advisories.models import Source, SourceKind
from warp_hub.advisories.source_changes import Changes, Login
from warp_hub.advisories.source_details import (
    LONGEST_INTERVAL,
    LONGEST_NAME,
    LONGEST_PEM,
    MOST_EARLY_DAYS,
    SourceRefused,
    read_authority,
    read_certificate,
    read_web_address,
)
from warp_hub.advisories.source_wording import KINDS
from warp_hub.memberships.models import Warp
from warp_hub.pages.forms import Form, choices
from warp_hub.tlp import Marking

LABELS = {marking.value: marking.value for marking in Marking}
ASK, BY_ITSELF = "ask", "itself"
PASSING_ON = {ASK: _l("A coordinator decides about each warning"), BY_ITSELF: _l("It is passed on by itself")}
_PEM = _l("As text that begins with -----BEGIN. It is kept locked away and never shown again")


class SourceForm(Form):
    """What a coordinator says of a source; `test` and `changes` are good once the form is valid."""

    name = wtforms.StringField(_l("Name"), [InputRequired(_l("Enter a name")), Length(max=LONGEST_NAME)])
    url = wtforms.StringField(
        _l("Address"),
        [Length(max=2000)],
        description=_l("It begins with https. Of a MISP feed: the folder in which its manifest.json is"),
    )
    username = wtforms.StringField(_l("User name (optional)"), [Length(max=500)])
    password = wtforms.PasswordField(_l("Password (optional)"), [Length(max=5000)])
    certificate_secret = wtforms.TextAreaField(
        _l("Certificate that the hub shows, with its key (optional)"), [Length(max=LONGEST_PEM)], description=_PEM
    )
    authority = wtforms.TextAreaField(
        _l("Certificate of the source's own authority (optional)"),
        [Length(max=LONGEST_PEM)],
        description=_l("Only if its certificate is not signed by a public authority"),
    )
    warps = wtforms.SelectMultipleField(_l("Which WARPs does it serve?"), [InputRequired(_l("Choose at least one"))])
    marking = wtforms.RadioField(
        _l("Label of what comes without one"), [InputRequired(_l("Choose a label"))], choices=choices(LABELS)
    )
    passing_on = wtforms.RadioField(
        _l("What happens with its warnings?"), [InputRequired(_l("Choose one"))], choices=choices(PASSING_ON)
    )
    interval_minutes = wtforms.IntegerField(
        _l("Minutes between two times it is asked"),
        [
            InputRequired(_l("Enter a number of minutes")),
            NumberRange(1, LONGEST_INTERVAL, _l("Enter a number of minutes from 1 to 10,080")),
        ],
    )
    early_days = wtforms.IntegerField(
        _l("Days of early notice (optional)"),
        [Optional(), NumberRange(0, MOST_EARLY_DAYS, _l("Enter a number of days from 0 to 90"))],
        description=_l("For so many days what comes is for the coordinators of these WARPs alone"),
    )

    needs_address = True

    def offer(self, warps: Iterable[Warp]) -> None:
        """Say which WARPs can be chosen."""
        self.warps.choices = choices({warp.slug: warp.name for warp in warps})

    def validate_url(self, field: wtforms.Field) -> None:
        """Refuse what is no https address."""
        if field.data or self.needs_address:
            _said(lambda: read_web_address(field.data or ""))

    def validate_certificate_secret(self, field: wtforms.Field) -> None:
        """Refuse what is no certificate with its key."""
        if field.data:
            _said(lambda: read_certificate(field.data))

    def validate_authority(self, field: wtforms.Field) -> None:
        """Refuse what is no certificate."""
        if field.data:
            _said(lambda: read_authority(field.data))

    def refused(self, error: SourceRefused) -> None:
        """Put what is wrong beside its field."""
        names = {"certificate": "certificate_secret", "": "name"}
        field = self[names.get(error.field, error.field)]
        field.errors = [*field.errors, _(error.sentence, **error.values)]

    def without_secrets(self) -> None:
        """Forget what must be entered again each time."""
        self.password.data = self.certificate_secret.data = None

    def access(self) -> Access:
        """Return what was typed, for a test."""
        return Access(
            url=(self.url.data or "").strip(),
            username=self.username.data or None,
            password=self.password.data or None,
            certificate=self.certificate_secret.data or None,
            authority=self.authority.data or None,
        )


class NewSourceForm(SourceForm):
    """A source that is not there yet."""

    kind = wtforms.RadioField(_l("What is it?"), [InputRequired(_l("Choose what it is"))])

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.kind.choices = choices({kind: KINDS[SourceKind(kind)] for kind in opening.readable()})


class ChangeSourceForm(SourceForm):
    """A source that is there: what is left empty of its address and its secrets stays as it is."""

    remove_login = wtforms.BooleanField(_l("Remove the user name and password that are kept"))
    remove_certificate = wtforms.BooleanField(_l("Remove the certificate that is kept"))
    remove_authority = wtforms.BooleanField(_l("Remove the authority that is kept"))

    needs_address = False

    def changes(self, source: Source) -> Changes:
        """Return what is to be different; a source that only operators may point elsewhere keeps its address."""
        return Changes(
            name=self.name.data,
            url=(self.url.data or None) if is_free_to_move(source) else None,
            login=self._login(),
            certificate=self.certificate_secret.data or ("" if self.remove_certificate.data else None),
            authority=self.authority.data or ("" if self.remove_authority.data else None),
            marking=self.marking.data,
            trusted=self.passing_on.data == BY_ITSELF,
            interval_minutes=self.interval_minutes.data,
            early_days=self.early_days.data or 0,
        )

    def _login(self) -> Login | None:
        if self.username.data or self.password.data:
            return Login(self.username.data or "", self.password.data or "")
        return Login() if self.remove_login.data else None


def is_free_to_move(source: Source) -> bool:
    """Say whether coordinators may give a source another address: not where it reads this machine or its network."""
    return bool(source.origin) and not source.allow_private


def as_typed(source: Source, warps: Iterable[Warp]) -> dict[str, Any]:
    """Return a source as its form shows it."""
    return {
        "name": source.name,
        "warps": [warp.slug for warp in warps],
        "marking": source.marking.value,
        "passing_on": BY_ITSELF if source.trusted else ASK,
        "interval_minutes": source.interval_minutes,
        "early_days": source.early_days,
    }


def _said(read: Any) -> None:
    try:
        read()
    except SourceRefused as refused:
        raise wtforms.ValidationError(_(refused.sentence, **refused.values)) from None
