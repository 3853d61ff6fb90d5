"""The forms of the desk: a session as its organisers write it."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from warp_hub import clock, text
from warp_hub.memberships.models import Warp
from warp_hub.memberships.settings import settings_of
from warp_hub.pages.forms import Form, choices
from warp_hub.tlp import Marking
from warp_hub.training.models import OpenTo, SessionKind, TrainingSession
from warp_hub.training.organising import MARKINGS, Details
from warp_hub.training.wording import KINDS

_KINDS = {kind.value: words for kind, words in KINDS.items()}
_DAY, _TIME = "%d/%m/%Y", "%H:%M"
FIRST_YEAR, LAST_YEAR = 2000, 2100
MOST_PLACES = 10_000
ONLINE, AT_A_PLACE = "online", "place"
LABELS = {
    Marking.CLEAR.value: _l("TLP:CLEAR: it may be public"),
    Marking.GREEN.value: _l("TLP:GREEN: members of all WARPs may see it"),
    Marking.AMBER.value: _l("TLP:AMBER: members of this WARP alone may see it; mail and calendars say only when it is"),
}
WHO = {OpenTo.OWN.value: _l("Members of this WARP"), OpenTo.ALL.value: _l("Members of all WARPs")}


class SessionForm(Form):
    """What a coordinator says of a session; `details()` is good once the form is valid."""

    title = wtforms.StringField(_l("Title"), [InputRequired(_l("Enter a title")), Length(max=160)])
    kind = wtforms.RadioField(_l("What is it?"), [InputRequired(_l("Choose what it is"))], choices=choices(_KINDS))
    day = wtforms.StringField(
        _l("Day"), [InputRequired(_l("Enter the day"))], description=_l("For example, 24/12/2026")
    )
    starts = wtforms.StringField(
        _l("Starts at"), [InputRequired(_l("Enter when it starts"))], description=_l("For example, 10:00")
    )
    ends = wtforms.StringField(
        _l("Ends at"), [InputRequired(_l("Enter when it ends"))], description=_l("For example, 11:30")
    )
    where = wtforms.RadioField(
        _l("Where is it?"),
        [InputRequired(_l("Choose where it is"))],
        choices=choices({ONLINE: _l("Online"), AT_A_PLACE: _l("At a place")}),
    )
    place = wtforms.StringField(
        _l("Place (optional)"), [Length(max=200)], description=_l("Everybody who sees the session sees this")
    )
    join_link = wtforms.StringField(
        _l("Link to join (optional)"), [Length(max=1000)], description=_l("Only those who have a place see this")
    )
    english = wtforms.TextAreaField(
        _l("What it is about, in English"), [InputRequired(_l("Say what it is about")), Length(max=10_000)]
    )
    welsh = wtforms.TextAreaField(_l("The same in Welsh (optional)"), [Length(max=10_000)])
    capacity = wtforms.IntegerField(
        _l("Number of places (optional)"),
        [Optional(), NumberRange(1, MOST_PLACES, _l("Enter a number of places from 1 to 10,000"))],
        description=_l("When they are taken, others join a waiting list"),
    )
    per_organisation = wtforms.IntegerField(
        _l("Most places for one organisation (optional)"),
        [Optional(), NumberRange(1, MOST_PLACES, _l("Enter a number of places from 1 to 10,000"))],
    )
    chatham_house = wtforms.BooleanField(_l("The Chatham House Rule applies"))

    zone: ZoneInfo = clock.LONDON
    starts_at: datetime
    ends_at: datetime

    def validate_day(self, field: wtforms.Field) -> None:
        """Refuse what is no day."""
        if _day(field.data) is None:
            raise wtforms.ValidationError(_("Enter a day like 24/12/2026"))

    def validate_starts(self, field: wtforms.Field) -> None:
        """Refuse what is no time, what has passed, and the hour that does not exist."""
        self.starts_at = self._moment(field)
        if self.starts_at <= clock.now():
            raise wtforms.ValidationError(_("This moment has passed"))

    def validate_ends(self, field: wtforms.Field) -> None:
        """Refuse an end that does not come after the start."""
        self.ends_at = self._moment(field)
        if hasattr(self, "starts_at") and self.ends_at <= self.starts_at:
            raise wtforms.ValidationError(_("It must end after it starts"))

    def validate_join_link(self, field: wtforms.Field) -> None:
        """Refuse what no browser should open."""
        if field.data and not (field.data.startswith("https://") and text.is_safe_address(field.data)):
            raise wtforms.ValidationError(_("Enter an address that begins with https://"))

    def validate_place(self, field: wtforms.Field) -> None:
        """Ask for the place where there is one."""
        if self.where.data == AT_A_PLACE and not (field.data or "").strip():
            raise wtforms.ValidationError(_("Enter the place"))

    def details(self) -> Details:
        """Return what was said."""
        said = {"en": self.english.data or "", "cy": self.welsh.data or ""}
        return Details(
            title=text.one_line(self.title.data),
            kind=SessionKind(self.kind.data),
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            text={language: words for language, words in said.items() if words.strip()},
            is_online=self.where.data == ONLINE,
            place=text.one_line(self.place.data or ""),
            join_link=(self.join_link.data or "").strip(),
            capacity=self.capacity.data,
            per_organisation=self.per_organisation.data,
            chatham_house=bool(self.chatham_house.data),
        )

    def _moment(self, field: wtforms.Field) -> datetime:
        day, at = _day(self.day.data), _time(field.data)
        if at is None:
            raise wtforms.ValidationError(_("Enter a time like 10:00"))
        wall = datetime.combine(day or clock.today(), at, self.zone)
        moment = wall.astimezone(UTC)
        if moment.astimezone(self.zone).replace(tzinfo=None) != wall.replace(tzinfo=None):
            raise wtforms.ValidationError(_("This time does not exist: the clocks go forward that night"))
        return moment


class NewSessionForm(SessionForm):
    """A session that is not announced yet: whose it is, for whom, under which label."""

    warp = wtforms.SelectField(_l("Organised by"), [InputRequired(_l("Choose a WARP"))])
    open_to = wtforms.RadioField(
        _l("Who is it for?"), [InputRequired(_l("Choose who it is for"))], choices=choices(dict(WHO))
    )
    marking = wtforms.RadioField(
        _l("Label"),
        [InputRequired(_l("Choose a label"))],
        choices=choices({marking.value: LABELS[marking.value] for marking in MARKINGS}),
    )

    def validate_marking(self, field: wtforms.Field) -> None:
        """Refuse a label under which those it is for could not see it."""
        if field.data == Marking.AMBER.value and self.open_to.data == OpenTo.ALL.value:
            raise wtforms.ValidationError(_("Members of other WARPs do not see TLP:AMBER: choose TLP:GREEN"))


def as_typed(of: TrainingSession, title: str, chatham_house: bool, join_link: str) -> dict[str, Any]:
    """Return a session as its form shows it, in the wall time of its own zone."""
    starts, ends = (clock.local(moment, ZoneInfo(of.zone)) for moment in (of.starts_at, of.ends_at))
    return {
        "title": title,
        "kind": of.kind.value,
        "day": starts.strftime(_DAY),
        "starts": starts.strftime(_TIME),
        "ends": ends.strftime(_TIME),
        "where": ONLINE if of.is_online else AT_A_PLACE,
        "place": of.place,
        "join_link": join_link,
        "english": of.text.get("en", ""),
        "welsh": of.text.get("cy", ""),
        "capacity": of.capacity,
        "per_organisation": of.per_organisation,
        "chatham_house": chatham_house,
    }


def zone_of(warp: Warp | None) -> ZoneInfo:
    """Return the zone in which a WARP's times are meant."""
    return settings_of(warp).zone_info if warp is not None else clock.LONDON


def zone_of_session(of: TrainingSession) -> ZoneInfo:
    """Return the zone in which a session's times were given."""
    return ZoneInfo(of.zone)


def _day(typed: str | None) -> date | None:
    try:
        found = datetime.strptime((typed or "").strip(), _DAY).replace(tzinfo=UTC).date()
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def _time(typed: str | None) -> time | None:
    try:
        return datetime.strptime((typed or "").strip(), _TIME).replace(tzinfo=UTC).time()
    except ValueError:
        return None
