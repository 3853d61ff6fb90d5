"""What `warp-hub digest …` says and does; each function is one verb of the command line, and is audited."""

from warp_hub.digests import previews
from warp_hub.memberships.models import Person, Warp
from warp_hub.memberships.people import find_person_by_email
from warp_hub.memberships.warps import find_warp


class NotFound(Exception):
    """There is no such WARP or person; the text says which."""

    for_the_command_line = True


def preview(slug: str, email: str | None) -> str:
    """Return the digest somebody would get now; without a person, how many would get one."""
    warp = _warp(slug)
    if email is None:
        forecast = previews.forecast(warp)
        return f"{forecast.posted} would get a digest of {warp.name} now, {forecast.skipped} would get none"
    letter = previews.preview(warp, _person(email))
    if letter is None:
        return f"nothing new for {email}: no digest of {warp.name} would be sent"
    return f"Subject: {letter.subject}\n\n{letter.text}"


def send(slug: str, email: str | None) -> str:
    """Post today's digest at once, to everybody who wants it or to one person; return how many."""
    sent = previews.send_now(_warp(slug), _person(email) if email is not None else None)
    return f"posted {sent.posted} skipped {sent.skipped}"


def _warp(slug: str) -> Warp:
    warp = find_warp(slug)
    if warp is None:
        raise NotFound(f"there is no WARP {slug}")
    return warp


def _person(email: str) -> Person:
    person = find_person_by_email(email)
    if person is None:
        raise NotFound(f"there is nobody with the address {email}")
    return person
