"""The outbox: letters that leave after the commit, each written for one person when it goes."""

from warp_hub.mail import links, rendering
from warp_hub.mail.carriers import carrier, check_settings
from warp_hub.mail.delivery import People, deliver
from warp_hub.mail.letters import Cancelled, Invitation, Recipient, Render, Rendered
from warp_hub.mail.models import Letter, LetterState
from warp_hub.mail.outbox import (
    Health,
    LetterNotInTrouble,
    forget_old,
    health,
    post,
    post_all,
    retry,
    select_troubled,
    start_due,
)

__all__ = [
    "Cancelled",
    "Health",
    "Invitation",
    "Letter",
    "LetterNotInTrouble",
    "LetterState",
    "People",
    "Recipient",
    "Render",
    "Rendered",
    "carrier",
    "check_settings",
    "deliver",
    "forget_old",
    "health",
    "links",
    "post",
    "post_all",
    "rendering",
    "retry",
    "select_troubled",
    "start_due",
]
