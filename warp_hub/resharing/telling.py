"""Telling those who have a copy that it is recalled: the worker posts a letter to each of them, once."""

from datetime import timedelta

from warp_hub import clock, mail
from warp_hub.sharing import recalling

KIND = "recalled"
WORTH_SENDING_FOR = timedelta(days=7)


def tell_due() -> str:
    """Post the letters of recalls that are not all posted yet; say how many."""
    now, posted = clock.now(), 0
    for recalled in recalling.due(now):
        people = recalling.claim_told(recalled)
        posted += len(mail.post_all(KIND, people, item_ids=[recalled.id], expires_at=now + WORTH_SENDING_FOR))
    return f"{posted} letters" if posted else ""
