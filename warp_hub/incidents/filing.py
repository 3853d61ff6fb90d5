"""Filing a report: one row on the WARP's desk and nothing else, so that no other row says who sent it when."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from warp_hub import clock, config
from warp_hub.custody import sealing
from warp_hub.custody.promises import Promise
from warp_hub.custody.sealing import NotOffered, Sender
from warp_hub.db import session
from warp_hub.incidents import slots, telling
from warp_hub.incidents.places import Place
from warp_hub.incidents.reports import PARTS, Report, ReportState
from warp_hub.stix import IndicatorValue
from warp_hub.tlp import Marking

__all__ = ["MARKINGS", "PROMISES", "Answers", "NotOffered", "file_report", "new_sending"]

PROMISES = (Promise.NAMED, Promise.ANONYMISED)
# TLP:RED names the people who receive it, and so would tell who wrote; TLP:CLEAR is for what a WARP itself publishes.
MARKINGS = (Marking.GREEN, Marking.AMBER, Marking.AMBER_STRICT)
_SENDING = re.compile(r"[0-9a-f]{32}")
_PURPOSE = b"warp-hub report 1"


@dataclass(frozen=True)
class Answers:
    """What is reported, as it was checked by whoever reports it."""

    promise: Promise
    texts: Mapping[str, str]
    indicators: Sequence[IndicatorValue] = ()
    marking: Marking = Marking.AMBER
    chatham_house: bool = False
    pap: str | None = None
    restrictions: str = ""
    title: str = ""
    kept: Sequence[Mapping[str, str]] = ()


def new_sending() -> str:
    """Return a name for one sending, which the form carries: pressed twice, it is sent once."""
    return secrets.token_hex(16)


def is_sending(name: str) -> bool:
    """Say whether this could be the name of a sending."""
    return _SENDING.fullmatch(name) is not None


def file_report(answers: Answers, place: Place, sending: str, now: datetime | None = None) -> None:
    """Put a report on the WARP's desk; what was sent before is not put there again.

    Raises NotOffered for a promise that this WARP cannot keep. Exactly one row is written, and nobody is told.
    """
    moment = now or clock.now()
    if answers.promise not in PROMISES or answers.marking not in MARKINGS:
        raise NotOffered(answers.promise)
    row = _row(answers, place, _record_id(sending), moment)
    session.execute(insert(Report).values(row).on_conflict_do_nothing())


def _row(answers: Answers, place: Place, record_id: UUID, moment: datetime) -> dict[str, Any]:
    texts = {part: answers.texts.get(part, "").strip() for part in PARTS}
    return {
        "record_id": record_id,
        "keeper": place.warp_id,
        "warp_id": place.warp_id,
        **_who(answers, place, record_id, moment),
        "state": ReportState.WAITING,
        "marking": answers.marking,
        "chatham_house": answers.chatham_house,
        "pap": answers.pap,
        "restrictions": answers.restrictions.strip(),
        "title": answers.title or telling.title_of(texts),
        "texts": texts,
        "sent": texts,
        "indicators": [{"kind": one.kind.value, "value": one.value} for one in answers.indicators],
        "kept": [dict(one) for one in answers.kept],
        "month": f"{clock.local(moment, place.settings.zone_info):%Y-%m}",
        "not_before": slots.may_go_out(place.settings, moment),
        "waited": 0,
        "reason": "",
    }


def _who(answers: Answers, place: Place, record_id: UUID, moment: datetime) -> dict[str, Any]:
    if answers.promise is Promise.NAMED:
        named = {"organisation_id": place.organisation_id, "organisation_name": place.organisation_name}
        return {"promise": Promise.NAMED, "sealed": None, **named}
    hour = moment.replace(minute=0, second=0, microsecond=0)
    sealed = sealing.seal(place.warp_id, record_id, Sender(place.person_id, place.organisation_id, hour))
    return {"promise": answers.promise, "sealed": sealed, "organisation_id": None, "organisation_name": None}


def _record_id(sending: str) -> UUID:
    """Return the id of the record that this sending makes: the same each time, and to be guessed by nobody."""
    key = config.current().secret().encode()
    made = hmac.new(key, _PURPOSE + sending.encode(), hashlib.sha256).digest()
    return UUID(bytes=made[:16], version=4)
