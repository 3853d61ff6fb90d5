"""The timetable: what the hub does by itself and when. One line a job; each runs once whoever ticks."""

from datetime import time

from warp_hub import audit, background, clock, mail
from warp_hub.advisories import comparing, intake
from warp_hub.advisories.mailbox import boxes
from warp_hub.alerts import answer_figures, askings, seen_too
from warp_hub.alerts import reminders as answer_reminders
from warp_hub.background import Job, daily, every_hour, every_minute
from warp_hub.custody import moving
from warp_hub.db import session
from warp_hub.desk import totals
from warp_hub.digests import schedule
from warp_hub.discussions import telling
from warp_hub.incidents import release
from warp_hub.jobs import retention
from warp_hub.memberships import away, deciding, stand_ins
from warp_hub.moving import inviting
from warp_hub.renewals import mailboxes, staff
from warp_hub.resharing import telling as recalls
from warp_hub.sharing import publishing
from warp_hub.training import reminders


def start_digests() -> str:
    """Begin the digests whose time has come."""
    started = schedule.start_due(clock.now())
    return f"{len(started)} begun, {sum(one.posted for one in started)} letters" if started else ""


def lift_embargoes() -> str:
    """Let go out what came out of embargo, and tell at once whom it concerns."""
    lifted = publishing.lift_due_embargoes()
    background.defer_many(session, "announce", [{"item_id": str(item_id)} for item_id in lifted])
    return f"{len(lifted)} lifted" if lifted else ""


def put_records_away() -> None:
    """Put sealed records away and throw away those whose time is over, saying nothing: a count would tell the hour."""
    with moving.as_custodian():
        moving.move()
        moving.purge()
        session.commit()


def release_incidents() -> str:
    """Let approved reports go out as incidents, at their WARPs' times."""
    released = release.release_due(clock.now())
    return f"{released} went out" if released else ""


def look_after_training() -> str:
    """Remind those who have a place, and let no digest carry what is over."""
    reminders.close_digests()
    return reminders.remind_due()


def ask_members() -> str:
    """Ask about what sources passed on by themselves."""
    asked = askings.ask_of_what_came()
    return f"{asked} asked" if asked else ""


def look_after_answers() -> str:
    """Close the questions that are over, remind those who have not answered, make the figures that are due."""
    done = {"closed": askings.close_due(), "reminded": answer_reminders.remind_due(), "told": answer_figures.read_due()}
    return ", ".join(f"{count} {what}" for what, count in done.items() if count)


def admit_announced() -> str:
    """Admit the organisations whose notice to members is over."""
    admitted = deciding.go_live_due()
    return f"{admitted} admitted" if admitted else ""


def look_after_renewals() -> str:
    """Ask who is still here, remind, and shut out who did not answer."""
    away.begin_counting()
    done = mailboxes.look_after() | staff.look_after()
    return ", ".join(f"{count} {what}" for what, count in done.items() if count)


def look_after_lists() -> str:
    """Take off the lists who never answered."""
    taken = inviting.let_lie()
    return f"{taken} taken off" if taken else ""


TIMETABLE: tuple[Job, ...] = (
    Job("letters", every_minute, mail.start_due),
    Job("sources", every_minute, intake.pull_due),
    Job("what sources still have", daily(time(4, 10)), comparing.compare_due),
    Job("mailboxes", every_minute, boxes.start_due),
    Job("embargoes", every_minute, lift_embargoes),
    Job("questions about warnings", every_minute, ask_members),
    Job("answers", every_hour, look_after_answers),
    Job("saw this too", daily(time(2, 50)), seen_too.count_all),
    Job("audit chain", every_minute, audit.link),
    Job("records", every_hour, put_records_away),
    Job("incidents", every_minute, release_incidents),
    Job("digests", every_minute, start_digests),
    Job("training", every_minute, look_after_training),
    Job("replies", every_minute, telling.tell_due),
    Job("recalls", every_minute, recalls.tell_due),
    Job("stand-ins", every_minute, stand_ins.end_due),
    Job("announced members", every_hour, admit_announced),
    Job("daily totals", daily(time(2, 20)), totals.record),
    Job("who is still here", daily(time(6, 40)), look_after_renewals),
    Job("lists put in", daily(time(3, 5)), look_after_lists),
    Job("tidying", daily(time(3, 15)), retention.purge),
)
