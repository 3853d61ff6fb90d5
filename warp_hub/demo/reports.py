"""What is reported in the demonstration, by the same functions as through the pages: filed, reviewed, let go."""

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from warp_hub import clock
from warp_hub.custody.promises import Promise
from warp_hub.db import session
from warp_hub.demo.agenda import Agenda, being
from warp_hub.demo.community import Community
from warp_hub.incidents import filing, indicators, places, release, review, slots
from warp_hub.incidents.places import Place
from warp_hub.jobs.timetable import put_records_away
from warp_hub.memberships.settings import settings_of
from warp_hub.tlp import Marking

PARTS = ("what", "noticed", "impact", "helped")
REVIEWED_AFTER, WITHDRAWN_AFTER = timedelta(hours=1), timedelta(days=5)
MISTAKE = "One of the four drivers could be recognised by a reader. It comes again in other words."


def told() -> list[dict[str, Any]]:
    """Return the reports as they are written down."""
    written = (Path(__file__).parent / "incidents.toml").read_text(encoding="utf-8")
    reports: list[dict[str, Any]] = tomllib.loads(written)["report"]
    return reports


def plan(agenda: Agenda, built: Community, now: datetime) -> None:
    """Put everything that is reported on the agenda, and the times at which incidents go out."""
    for report in told():
        agenda.at(now - timedelta(days=report["days"]), _filing(agenda, built, report))
    settings = settings_of(built.warps["midshire"])
    slot = slots.first_at_or_after(settings, now - timedelta(days=28))
    while slot < now:
        agenda.at(slot + timedelta(seconds=20), _batch)
        slot = slots.first_at_or_after(settings, slot + timedelta(minutes=1))


def _filing(agenda: Agenda, built: Community, report: dict[str, Any]) -> Any:
    def file() -> None:
        with being(_writer(built, report)) as viewer:
            place = _place(built, report, viewer.person)
            filing.file_report(_answers(report), place, filing.new_sending())
            session.commit()
        if report["then"] != "waiting":
            filed = clock.now()
            agenda.at(filed + REVIEWED_AFTER, lambda: _decide(agenda, built, report))

    return file


def _writer(built: Community, report: dict[str, Any]) -> UUID:
    """Return who writes it down: whoever it happened to, or the coordinator whom they rang."""
    return built.coordinators[report["warp"]] if report.get("by_phone") else built.at[report["at"]]


def _place(built: Community, report: dict[str, Any], writer: UUID | None) -> Place:
    warp = built.warps[report["warp"]].id
    if report.get("by_phone"):
        caller = next(one for one in built.people.values() if one.id == built.at[report["at"]])
        found = places.places_of_caller(caller.email, [warp])
    else:
        found = places.places_of(built.at[report["at"]])
    assert writer is not None
    return next(place for place in found if place.warp_id == warp)


def _answers(report: dict[str, Any]) -> filing.Answers:
    parsed = indicators.parse(report.get("look_for", ()))
    assert not parsed.unread, parsed.unread
    return filing.Answers(
        promise=Promise(report["promise"]),
        texts={part: report[part] for part in PARTS},
        indicators=parsed.values,
        marking=Marking(report["marking"]),
        pap=report.get("pap"),
    )


def _decide(agenda: Agenda, built: Community, report: dict[str, Any]) -> None:
    coordinator = built.coordinators[report["warp"]]
    with being(coordinator) as viewer:
        waiting = session.scalars(review.select_reports(viewer)).all()
        found = next(one for one in waiting if one.texts["what"] == report["what"])
        if report["then"] == "declined":
            review.decline(found, report["reason"], viewer)
        else:
            values = indicators.parse(report.get("look_for", ())).values
            review.edit(found, report["title"], found.texts, values, found.marking)
            review.approve(found, viewer)
        record_id = found.record_id
        session.commit()
    if report["then"] == "withdrawn":
        agenda.at(clock.now() + WITHDRAWN_AFTER, lambda: _withdraw(record_id, coordinator))


def _withdraw(record_id: UUID, coordinator: UUID) -> None:
    with being(coordinator) as viewer:
        assert review.withdraw(record_id, MISTAKE, viewer)
        session.commit()


def _batch() -> None:
    put_records_away()
    release.release_due(clock.now())
    session.commit()
