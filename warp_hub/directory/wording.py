"""The words of people's places, in the reader's language."""

from collections.abc import Callable
from typing import Any

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from warp_hub.access import visitor
from warp_hub.directory.acting import Action
from warp_hub.directory.history import Event
from warp_hub.directory.standing import Standing
from warp_hub.memberships import authority, colleagues, domain_requests, recusals, roles
from warp_hub.memberships.models import MembershipKind, PostKind, State, Warp

STANDINGS: dict[Standing, LazyString] = {
    Standing.INVITED: _l("Invited"),
    Standing.APPLIED: _l("Applied"),
    Standing.ACTIVE: _l("Active"),
    Standing.BY_MAIL: _l("Reads by mail"),
    Standing.LAPSED: _l("Lapsed"),
    Standing.SUSPENDED: _l("Suspended"),
    Standing.LEFT: _l("Left"),
    Standing.BOUNCED: _l("Mail comes back"),
    Standing.AGREEMENT: _l("Agreement not accepted"),
}
COLOURS = {
    Standing.SUSPENDED: "red",
    Standing.BOUNCED: "red",
    Standing.LAPSED: "orange",
    Standing.AGREEMENT: "orange",
    Standing.APPLIED: "purple",
    Standing.INVITED: "purple",
    Standing.BY_MAIL: "blue",
}
STATES: dict[State, LazyString] = {
    State.APPLIED: _l("Applied"),
    State.INVITED: _l("Invited"),
    State.ACTIVE: _l("Active"),
    State.LAPSED: _l("Lapsed"),
    State.SUSPENDED: _l("Suspended"),
    State.LEFT: _l("Left"),
}
POSTS: dict[PostKind, LazyString] = {PostKind.LEAD: _l("Main contact"), PostKind.OFFICER: _l("Officer")}
KINDS: dict[MembershipKind, LazyString] = {
    MembershipKind.FULL: _l("Full member"),
    MembershipKind.ASSOCIATE: _l("Associate"),
}
_ACTIONS: dict[Action, LazyString] = {
    Action.SUSPEND: _l("Suspend"),
    Action.RESTORE: _l("Restore"),
    Action.WRITE: _l("Write again"),
    Action.TAKE_OUT: _l("Take out"),
}
_CONSEQUENCES: dict[Action, LazyString] = {
    Action.SUSPEND: _l("They are signed out at once and receive nothing, here or in any other WARP, until restored."),
    Action.RESTORE: _l("They may sign in and receive again. Where they were signed in before stays ended."),
    Action.WRITE: _l("They get a new letter with a way in; the one before is worth nothing."),
    Action.TAKE_OUT: _l(
        "Their places at the organisations of your WARPs end at once. If they have no other place, they leave the hub "
        "for good: what they booked and chose is removed, and to come back they are invited anew. What they wrote "
        "stays, without their name."
    ),
}
_WHAT: dict[str, LazyString] = {
    "person.added": _l("Added to the hub"),
    "person.invited": _l("Invited by letter"),
    "person.appointed": _l("Place given"),
    "person.left-post": _l("Place ended"),
    "person.suspended": _l("Suspended"),
    "person.lapsed": _l("Lapsed"),
    "person.left": _l("Left the hub"),
    "person.restored": _l("Restored"),
    "person.renamed": _l("Name corrected"),
    "person.confirmed": _l("Said that they read their mail"),
    "person.unconfirmed": _l("Access ended, since they did not say that they read their mail"),
    "person.let-back": _l("Let back in"),
    "person.still-here": _l("Still here, by a coordinator’s word"),
    "mail.resumed": _l("Written to again"),
    "coordinator.proposed": _l("Proposed as coordinator"),
    "coordinator.removal-proposed": _l("Proposed to be coordinator no longer"),
    "coordinator.proposal-refused": _l("Proposal refused"),
    "coordinator.appointed": _l("Coordinator from now on"),
    "coordinator.stepped-down": _l("Coordinator no longer"),
    "stand-in.named": _l("Named to stand in"),
    "stand-in.ended": _l("Stands in no longer"),
    "organisation.added": _l("Added to the hub"),
    "organisation.renamed": _l("Names changed"),
    "organisation.replaced": _l("Replaced by its successor"),
    "organisation.domain-added": _l("Mail domain verified"),
    "organisation.domain-asked": _l("Mail domain asked for"),
    "organisation.domain-dropped": _l("Mail domain former from now on"),
    "organisation.domain-refused": _l("Mail domain refused"),
    "membership.joined": _l("Joined"),
    "membership.kind-changed": _l("Kind of membership changed"),
    "membership.lapsed": _l("Membership lapsed"),
    "membership.suspended": _l("Membership suspended"),
    "membership.left": _l("Left the WARP"),
    "membership.active": _l("Membership restored"),
    "membership.recused": _l("A coordinator decides about it no longer"),
    "membership.recusal-ended": _l("A coordinator decides about it again"),
}


def words() -> dict[str, Any]:
    """Return what the templates of this room call, and My account."""
    return {
        "standing_words": STANDINGS,
        "standing_colours": COLOURS,
        "state_words": STATES,
        "post_words": POSTS,
        "place_words": KINDS,
        "action_words": _ACTIONS,
        "consequence_words": _CONSEQUENCES,
        "event_words": _event,
        "I_lead": _led,
        "may_decide": lambda of, warp: runs_for_good(warp) and authority.may_decide(visitor().person, of.id, warp.id),
        "runs_for_good": runs_for_good,
        "recused": lambda of, warp: [(who.name, why) for who, why in recusals.those_of(of.id, warp.id)],
        "is_recused": lambda of, warp: visitor().person in {who.id for who, _why in recusals.those_of(of.id, warp.id)},
        "waiting_for_me": waiting_for_me,
        "of_national_team": lambda: authority.is_national(visitor().person),
    }


def waiting_for_me() -> tuple[int, int]:
    """Return how many mail domains and how many proposals wait for whoever reads."""
    me, warps = visitor().person, visitor().coordinates
    if me is None or not warps:
        return 0, 0
    proposed = [one for one in roles.open_to(me, warps) if roles.may_confirm(one.proposal, me)]
    return len(domain_requests.open_in(warps)), len(proposed)


def runs_for_good(warp: Warp) -> bool:
    """Say whether whoever reads runs this WARP and does not only stand in for somebody."""
    return authority.runs_for_good(visitor().person, warp.id) if visitor().person else False


def done(action: Action, count: int) -> str:
    """Return the sentence after something was done to several people."""
    told: dict[Action, Callable[[], str]] = {
        Action.SUSPEND: lambda: ngettext("%(num)d person suspended.", "%(num)d people suspended.", count),
        Action.RESTORE: lambda: ngettext("%(num)d person restored.", "%(num)d people restored.", count),
        Action.WRITE: lambda: ngettext("%(num)d letter is on its way.", "%(num)d letters are on their way.", count),
        Action.TAKE_OUT: lambda: ngettext("%(num)d person taken out.", "%(num)d people taken out.", count),
    }
    return told[action]()


def _event(event: Event) -> tuple[str, list[str]] | None:
    """Return what happened in a word or two, and what else is known of it; None for what is nobody's business."""
    what = _WHAT.get(event.action)
    if what is None:
        return None
    more = [event.organisation] if event.organisation else []
    kind = event.detail.get("kind")
    if kind in list(PostKind):
        more.append(str(POSTS[PostKind(kind)]))
    elif kind in list(MembershipKind):
        more.append(str(KINDS[MembershipKind(kind)]))
    more += [text for text in (event.detail.get("domain"), event.detail.get("reason")) if text]
    by = _("by the hub") if event.by is None else _("by %(name)s", name=event.by or _("somebody of another WARP"))
    return str(what), [*more, by]


def _led() -> Any:
    me = visitor()
    return colleagues.led_by(me.person) if me.person is not None and me.proof == "full" else []
