"""What a WARP may set for itself: validated, with floors, kept as JSON on the WARP."""

from datetime import time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from warp_hub.memberships.models import Warp
from warp_hub.memberships.working_days import Nation


class Cadence(StrEnum):
    """How often a digest comes."""

    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


class Contact(BaseModel):
    """Whom to ring while something is happening."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=100)
    what_for: str = Field(default="", max_length=200)
    phone: str = Field(default="", max_length=40)
    web: str = Field(default="", max_length=200, pattern=r"^(https://\S+)?$")


URGENT_CONTACTS = (
    Contact(
        name="National Cyber Security Centre (NCSC)",
        what_for="For a cyber incident that does harm now",
        phone="0300 020 0973",
        web="https://report.ncsc.gov.uk",
    ),
    Contact(
        name="Report Fraud (formerly Action Fraud)",
        what_for="For a crime, such as fraud or extortion",
        phone="0300 123 2040",
        web="https://www.reportfraud.police.uk",
    ),
    Contact(
        name="Information Commissioner (ICO)",
        what_for="For personal data that was lost or seen, within 72 hours",
        phone="0303 123 1113",
        web="https://ico.org.uk/for-organisations/report-a-breach",
    ),
)
MOST_RELEASES_A_DAY, CLOSEST_RELEASES = 4, timedelta(hours=2)
CLOSEST_REMINDERS, LATEST_REMINDER = 7, 150  # days; nobody has longer from being asked to the end of access
LONGEST_WORDS = 1000  # of one text, in one language


class WarpSettings(BaseModel):
    """The settings of one WARP; unknown names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    about: dict[str, str] = Field(default_factory=dict, description="two sentences for the public page, by language")
    who_may_join: dict[str, str] = Field(default_factory=dict)
    costs: dict[str, str] = Field(default_factory=dict, description="what it costs and who pays, by language")
    takes_applications: bool = True
    new_member_notice_days: int = Field(
        default=0, ge=0, le=15, description="working days of notice to members before a new organisation goes live"
    )
    contact_email: str = ""
    contact_phone: str = ""
    shows_clear_warnings: bool = True
    digest_days: tuple[int, ...] = Field(default=(0, 1, 2, 3, 4), description="days of a daily digest, Monday is 0")
    weekly_day: int = Field(default=0, ge=0, le=6)
    digest_at: time = time(7, 30)
    default_cadence: Cadence = Cadence.DAILY
    zone: str = "Europe/London"
    record_days: int = Field(default=90, ge=30, le=365, description="how long it is kept who sent a report")
    k: int = Field(default=5, ge=5, le=50, description="no count of people below this is shown")

    most_leads: int = Field(default=2, ge=2, le=5, description="leads of one organisation, who keep its page")

    urgent_contacts: tuple[Contact, ...] = Field(default=URGENT_CONTACTS, max_length=8)
    release_at: tuple[time, ...] = Field(
        default=(time(10), time(15)),
        min_length=1,
        max_length=MOST_RELEASES_A_DAY,
        description="when incidents go out on working days; the fewer the times, the less each one tells",
    )
    release_hold_hours: int = Field(default=4, ge=4, le=24, description="what was reported waits at least this long")
    release_alone_waits: int = Field(default=1, ge=1, le=2, description="times an anonymised one waits for company")

    nation: Nation = Field(default=Nation.ENGLAND, description="whose bank holidays are no working days")
    answer_days_act_today: int = Field(default=1, ge=1, le=5, description="working days to answer in")
    answer_days_this_week: int = Field(default=5, ge=2, le=20)
    answer_at: time = Field(default=time(17), ge=time(12), le=time(20), description="until when on the last day")
    answers_close_after_days: int = Field(default=30, ge=7, le=180, description="after the day they were due")

    renewal_month: int | None = Field(
        default=None, ge=1, le=12, description="the month on whose first day everybody's confirmation is due"
    )
    renewal_every_months: int = Field(default=12, ge=6, le=12, description="without a month: after the last one")
    renewal_ask_days: int = Field(default=30, ge=14, le=60, description="asked so long before the day it is due")
    renewal_remind_after_days: tuple[int, ...] = Field(default=(14, 28), min_length=1, max_length=3)
    renewal_grace_days: int = Field(default=30, ge=14, le=90, description="from the day it was due to suspension")

    coordinators_need_passkeys: bool = Field(
        default=False, description="who runs the WARP does so only after signing in with a passkey"
    )

    @field_validator("release_at")
    @classmethod
    def _releases_are_apart(cls, value: tuple[time, ...]) -> tuple[time, ...]:
        minutes = sorted(timedelta(hours=at.hour, minutes=at.minute) for at in value)
        if any(after - before < CLOSEST_RELEASES for before, after in pairwise(minutes)):
            raise ValueError("must be at least two hours apart")
        return tuple(sorted(at.replace(second=0, microsecond=0, tzinfo=None) for at in value))

    @field_validator("renewal_remind_after_days")
    @classmethod
    def _reminders_are_apart(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        days = tuple(sorted(value))
        if days[0] < CLOSEST_REMINDERS or any(after - before < CLOSEST_REMINDERS for before, after in pairwise(days)):
            raise ValueError("must be at least a week apart")
        if days[-1] > LATEST_REMINDER:
            raise ValueError(f"must be within {LATEST_REMINDER} days")
        return days

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("is not a time zone")
        return value

    @property
    def zone_info(self) -> ZoneInfo:
        """Return the zone in which this WARP's schedules are wall time."""
        return ZoneInfo(self.zone)


def settings_of(warp: Warp) -> WarpSettings:
    """Return a WARP's settings; what is not set has its default."""
    return WarpSettings.model_validate(warp.settings)


def bounds_of(name: str) -> tuple[Any, Any]:
    """Return the lowest and the highest value that a setting takes: forms and their sentences ask here."""
    said = WarpSettings.model_fields[name].metadata
    (lowest,) = (one.ge for one in said if hasattr(one, "ge"))
    (highest,) = (one.le for one in said if hasattr(one, "le"))
    return lowest, highest


def most_of(name: str) -> int:
    """Return how many a setting that is a list may have."""
    (most,) = (one.max_length for one in WarpSettings.model_fields[name].metadata if hasattr(one, "max_length"))
    return int(most)


def takes(name: str, value: Any) -> bool:
    """Say whether a setting takes this value."""
    try:
        WarpSettings.model_validate({name: value})
    except ValidationError:
        return False
    return True
