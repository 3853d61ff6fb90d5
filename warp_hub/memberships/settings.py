"""What a WARP may set for itself: validated, with floors, kept as JSON on the WARP."""

from datetime import time
from enum import StrEnum
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, field_validator

from warp_hub.memberships.models import Warp


class Cadence(StrEnum):
    """How often a digest comes."""

    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


class WarpSettings(BaseModel):
    """The settings of one WARP; unknown names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    about: dict[str, str] = Field(default_factory=dict, description="two sentences for the public page, by language")
    who_may_join: dict[str, str] = Field(default_factory=dict)
    contact_email: str = ""
    contact_phone: str = ""
    shows_clear_warnings: bool = True
    digest_days: tuple[int, ...] = Field(default=(0, 1, 2, 3, 4), description="days of a daily digest, Monday is 0")
    weekly_day: int = Field(default=0, ge=0, le=6)
    digest_at: time = time(7, 30)
    default_cadence: Cadence = Cadence.DAILY
    zone: str = "Europe/London"
    k: int = Field(default=5, ge=5, le=50, description="no count of people below this is shown")

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
