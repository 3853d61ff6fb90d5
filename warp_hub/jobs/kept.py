"""What is kept, for how long, from when, and what then goes: one table.

One nightly job purges by it (`retention`), and the record of processing (docs/processing.md) is written from it; a
test holds the two equal.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from warp_hub import background, clock, mail
from warp_hub.advisories import sources
from warp_hub.advisories.mailbox import answering, taking
from warp_hub.alerts import answer_figures
from warp_hub.custody import opening
from warp_hub.desk import totals
from warp_hub.digests import runs
from warp_hub.incidents import release
from warp_hub.memberships import applications, away, stand_ins, tokens
from warp_hub.renewals import forgetting
from warp_hub.sharing import deliveries
from warp_hub.signin import retention as signing_in
from warp_hub.training import bookings

DIGESTS_KEPT = timedelta(days=400)


@dataclass(frozen=True)
class Kept:
    """One class of what is kept: of whom, what for, how long, from when, and what goes then.

    `purge` removes it and returns how many; without one, `by` says what else ends it. `lists_ids` is false where the
    ids of what goes would tell when something was reported.
    """

    what: str
    of_whom: str
    what_for: str
    how_long: str
    since: str
    goes: str
    purge: Callable[[], int] | None = None
    by: str = ""
    lists_ids: bool = True


def forget_digests() -> int:
    """Remove which digests were begun for whom, long ago; return how many."""
    return runs.forget((clock.now() - DIGESTS_KEPT).date())


def forget_mails() -> int:
    """Remove what tells a mail that was taken, and who was answered; return how many."""
    return taking.forget_old() + answering.forget()


MEMBERS, ALL = "people of members", "everybody who signs in or is written to"
RETENTION: tuple[Kept, ...] = (
    Kept(
        "names, addresses and posts",
        MEMBERS,
        "to warn the right people",
        "while they belong",
        "joining",
        "the address at leaving; the name a year later",
        forgetting.forget_names,
    ),
    Kept(
        "people who belong nowhere, or were shut out",
        MEMBERS,
        "so that a mistake can be put right",
        "90 days; 1 year for who was shut out",
        "the last post's end, or the day of being shut out",
        "they are let go, as if they had left",
        forgetting.let_go,
    ),
    Kept(
        "what lies about after leaving",
        "who has left",
        "nothing",
        "at once",
        "leaving",
        "lists, choices, follows, tokens, sessions, secrets, names under questions and replies",
        forgetting.clear_up_missed,
    ),
    Kept(
        "invitations",
        "who was invited",
        "to let them in once",
        "90 days",
        "their use or their end",
        "the row",
        forgetting.forget_invitations,
    ),
    Kept(
        "applications",
        "who applied",
        "to decide, and to answer why",
        "30 days unfinished; 180 days decided",
        "the last change, or the decision",
        "the row",
        applications.forget_old,
    ),
    Kept(
        "days of full sign-in",
        ALL,
        "to let unused access to TLP:AMBER lapse",
        "30 days",
        "the day",
        "the day; the month of the last one stays until leaving",
        away.forget_days,
    ),
    Kept(
        "times of signing in: sessions, tries and what sign-in remembers",
        ALL,
        "security of the account",
        "30 days; the month in which somebody was at home at a place 1 year; requests for a link 1 day",
        "last use",
        "the row, or the time in it",
        signing_in.sweep,
    ),
    Kept(
        "letters that tell of signing in",
        ALL,
        "to show what went out and what failed",
        "30 days",
        "being written",
        "the row",
        signing_in.forget_letters,
    ),
    Kept(
        "tokens of tools, with the day of their last use",
        MEMBERS,
        "to let tools fetch",
        "90 days",
        "their end",
        "the row",
        tokens.sweep,
    ),
    Kept("stand-ins", "coordinators", "to know who decided", "400 days", "their end", "the row", stand_ins.forget_old),
    Kept(
        "letters (never their text)",
        ALL,
        "to show what went out and what failed",
        "1 year",
        "being finished",
        "the row",
        mail.forget_old,
    ),
    Kept(
        "letters that say that there is a message about something reported",
        "who reported",
        "to reach them",
        "30 days",
        "being written",
        "the row",
        opening.forget_messages,
        lists_ids=False,
    ),
    Kept("digests begun", MEMBERS, "to tell everything once", "400 days", "their period", "the row", forget_digests),
    Kept(
        "what went out to whom",
        MEMBERS,
        "to recall what is withdrawn",
        "1 year",
        "first going out",
        "the row",
        deliveries.forget_old,
    ),
    Kept(
        "places in training",
        MEMBERS,
        "to run sessions and count who came",
        "400 days",
        "the session's end",
        "the row",
        bookings.forget_old,
    ),
    Kept(
        "answers to “Does this affect you?”",
        "organisations",
        "to know who needs help",
        "30 days",
        "the question's closing",
        "the answer; figures that name nobody stay",
        answer_figures.forget_old,
    ),
    Kept(
        "reports of incidents",
        "organisations",
        "to warn others without naming them",
        "3 days after going out; 30 days after being declined",
        "going out, or the decision",
        "the report; what went out names nobody who did not want it",
        release.forget,
        lists_ids=False,
    ),
    Kept(
        "sealed records of who reported",
        "who reported",
        "to ask back when others are in danger",
        "90 days, or what the WARP has set",
        "filing, counted in weeks",
        "the record",
        by="the hourly job “records”, which says nothing: a number would tell the hour",
        lists_ids=False,
    ),
    Kept(
        "mails taken and numbers of the day",
        "who writes to a WARP's mailbox",
        "to take each mail once",
        "90 days; numbers 400 days; who was answered 2 days",
        "arrival",
        "the hash, the number",
        forget_mails,
    ),
    Kept(
        "runs of sources",
        "nobody",
        "to see how a source is doing",
        "30 or 400 days",
        "the run",
        "the row",
        sources.forget_old_runs,
    ),
    Kept("daily totals", "nobody", "to show what it amounts to", "5 years", "the day", "the row", totals.forget_old),
    Kept(
        "jobs of the queue",
        "nobody",
        "to do what is due",
        "1 day; failed ones 30 days",
        "their end",
        "the row",
        background.remove_old,
    ),
    Kept(
        "periods of the timetable",
        "nobody",
        "to do it once",
        "14 days",
        "the period",
        "the row",
        background.forget_old_runs,
    ),
    Kept(
        "the record of who did what (audit)",
        ALL,
        "to show afterwards that rules were kept",
        "as long as the hub",
        "the deed",
        "nothing: it is chained; it has people by an id that tells nothing once the name goes, and no signing in",
        by="nobody may remove it",
    ),
    Kept(
        "warnings, incidents, questions, replies, sessions",
        "whoever put their name to them",
        "the service itself",
        "as long as the hub, or until withdrawn",
        "going out",
        "the name, when its owner leaves",
        by="withdrawing, and leaving",
    ),
)
