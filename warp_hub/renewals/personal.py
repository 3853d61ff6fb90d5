"""Every table with somebody in it: what of a row is theirs to see, and what becomes of it when they leave.

One line a table, by its name, so that a new one fails the build until somebody has decided
(`tests/renewals/test_own_data.py`). What others wrote, secrets and hashes are never handed out, and nothing that
would tell what somebody reported: of a letter that says that there is a message about it, not even that it came.
"""

from dataclasses import dataclass
from enum import StrEnum


class AtLeaving(StrEnum):
    """What becomes of rows of somebody who has left."""

    GOES = "goes at once"
    NAME_GOES = "the name goes at once, the rest stays"
    STAYS = "stays for its time"


class Read(StrEnum):
    """By which way rows are read: plainly, as what somebody wrote or asked for themselves, or by the worker alone."""

    PLAIN = "plainly"
    ASKED = "as their own"
    RECEIVED = "as far as they receive it"
    WORKER = "by the operator's command alone"
    NOT = "not"


@dataclass(frozen=True)
class Held:
    """What one table has of a person: `shown` are the columns of the copy they get, `why` says why there are none."""

    title: str
    shown: tuple[str, ...] = ()
    at_leaving: AtLeaving = AtLeaving.STAYS
    whose: tuple[str, ...] = ("person_id",)
    read: Read = Read.PLAIN
    why: str = ""


GOES, NAME_GOES = AtLeaving.GOES, AtLeaving.NAME_GOES

# The letter that says that there is a message about something reported: nobody may read from a copy that it came.
UNTOLD_LETTERS = ("record_opened",)

OF_A_PERSON: dict[str, Held] = {
    "post": Held("Your posts", ("organisation_id", "kind", "state")),
    "coordinator": Held("WARPs you run", ("warp_id", "state", "until")),
    "stand_in": Held(
        "Standing in", ("warp_id", "named_at", "until", "ended_at"), whose=("coordinator_id", "person_id")
    ),
    "role_proposal": Held(
        "Proposals about your role",
        ("warp_id", "is_grant", "reason", "proposed_at", "decided_at", "is_confirmed"),
    ),
    "recusal": Held("Organisations you do not decide about", ("warp_id", "organisation_id", "reason", "since"), GOES),
    "profile": Held(
        "Your profile",
        (
            "role",
            "telephone",
            "can_help_with",
            "shows_name",
            "shows_role",
            "shows_telephone",
            "shows_email",
            "shows_help",
        ),
        GOES,
    ),
    "application": Held(
        "Your applications",
        (
            "warp_id",
            "email",
            "name",
            "job",
            "phone",
            "language",
            "organisation_name",
            "kind",
            "why",
            "state",
            "made_at",
            "sent_at",
            "decided_at",
            "reason",
        ),
    ),
    "agreement_acceptance": Held(
        "Agreements you accepted for an organisation", ("agreement_id", "organisation_id", "at", "as_lead")
    ),
    "invitation": Held("Invitations to you", ("made_at", "expires_at", "used_at"), GOES),
    "mailbox_renewal": Held(
        "Confirming your mailbox", ("counted_from", "asked_on", "due_on", "reminded", "suspended_on"), GOES
    ),
    "staff_answer": Held("What you said of colleagues", read=Read.NOT, why="is about others"),
    "signed_in_day": Held("Days on which you signed in fully, of the last 30", ("day",), GOES),
    "last_full_month": Held("The month in which you last signed in fully", ("month", "counted_from"), GOES),
    "session": Held("Where you signed in, of the last 30 days", ("proof", "started", "last_seen", "ended"), GOES),
    "credential": Held("Your password and second step", ("password_set_at", "totp_confirmed_at"), GOES),
    "passkey": Held("Your passkeys", ("name", "is_synced", "made_at", "last_used_on"), GOES),
    "recovery_code": Held("Your recovery codes", ("made_at", "is_used"), GOES),
    "address_change": Held(
        "Changes of your address", ("old_email", "new_email", "asked_at", "changed_at", "ended_at"), GOES
    ),
    "recovery_address": Held(
        "Your address for the day without the council's mail", ("address", "asked_at", "confirmed_at", "used_at"), GOES
    ),
    "provider_account": Held("Accounts you sign in with", ("provider", "label", "linked_at", "ended_at"), GOES),
    "token": Held(
        "Tokens of your tools", ("name", "ceiling", "made_at", "expires_at", "last_used_on", "revoked_at"), GOES
    ),
    "calendar_address": Held("The address of your calendar", ("made_at",), GOES),
    "key_holder": Held("Your key", ("made_on", "retired_on")),
    "digest_subscription": Held("Digests you chose", ("warp_id", "cadence", "unsubscribed_at"), GOES),
    "alert_choice": Held(
        "Being told at once",
        ("stopped_at", "of_what", "from_severity", "most_a_week", "quiet_from", "quiet_until", "may_wake"),
        GOES,
    ),
    "interest": Held("Your systems", ("kind", "value", "floor"), GOES, read=Read.ASKED),
    "follow": Held("What you follow", ("item_id",), GOES),
    "booking": Held(
        "Your places in training",
        ("item_id", "organisation_id", "state", "asked_at", "attended"),
        read=Read.ASKED,
    ),
    "question": Held(
        "Questions you asked under your name",
        ("text", "organisation", "asked_on"),
        NAME_GOES,
        ("author",),
        Read.RECEIVED,
    ),
    "reply": Held(
        "Replies you wrote under your name",
        ("item_id", "text", "organisation", "said_on"),
        NAME_GOES,
        ("author",),
        Read.RECEIVED,
    ),
    "share_request": Held(
        "What you asked to share wider",
        ("item_id", "wish", "whom", "why", "asked_at", "answer", "because", "answered_at"),
        read=Read.ASKED,
    ),
    "letter": Held("Letters to you", ("kind", "state", "created_at", "finished_at")),
    "digest_run": Held("Digests to you", ("warp_id", "period", "started_at", "delivered_at", "skipped")),
    "digest_watermark": Held("How far your digests told", ("warp_id", "covered_until"), GOES),
    "alert_sent": Held("What you were told at once", ("item_id", "at"), GOES, read=Read.WORKER),
    "recall_told": Held("Recalls you were told of", ("recall_id",), read=Read.WORKER),
    "domain_request": Held("Domains you asked for", ("domain", "asked_at", "decided_at"), whose=("asked_by",)),
    "delivery": Held("What went out to you", ("item_id", "outlet", "first_at"), read=Read.WORKER),
    "audit": Held("What you did here", ("at", "action"), whose=("actor",), read=Read.WORKER),
    "provider_binding": Held(
        "Who may sign in with which directory",
        whose=("said_by", "confirmed_by", "bound_by"),
        read=Read.NOT,
        why="is an organisation's",
    ),
}
