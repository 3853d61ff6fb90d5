"""Words that letters of several rooms share, in the reader's language."""

from flask_babel import get_locale
from flask_babel import gettext as _

from warp_hub.memberships.models import Warp


def warp_name(warp: Warp) -> str:
    """Return a WARP's name in the reader's language."""
    locale = get_locale()
    return warp.name_cy if warp.name_cy and locale is not None and locale.language == "cy" else warp.name


def why_at_once(warp: Warp | None) -> str:
    """Return why somebody was told at once, without a word of what it is about."""
    if warp is None:
        return str(_("You get this at once because it is addressed to you and should not wait for a digest."))
    name = warp_name(warp)
    return str(
        _("You get this at once because you belong to %(warp)s and it should not wait for the digest.", warp=name)
    )


def matches_your_list() -> str:
    """Return why something is somebody's, in a letter: never what on their list it meets."""
    return str(_("It matches your list: its page says what on it."))
