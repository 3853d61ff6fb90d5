"""What a coordinator does with a warning; each verb is audited and committed by its caller.

Several WARPs may decide over one item: the first pass-on publishes it, each later one adds only its own WARP.
"""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from warp_hub import audit, background, clock, text
from warp_hub.advisories import gathering, releasing, same, settling, tightening, writing_stix
from warp_hub.advisories.models import BY_A_COORDINATOR, Advisory, Note
from warp_hub.advisories.scopes import GATHERS, desk, is_of
from warp_hub.advisories.serving import coordinators_of, shows_clear
from warp_hub.alerts import askings, choices
from warp_hub.db import among, new_id, session
from warp_hub.memberships import reach
from warp_hub.sharing import bulk, publishing, recalling, words
from warp_hub.sharing.models import Choice, Decision, Item, ItemKind, Severity
from warp_hub.sharing.publishing import ADDRESSED, HeldItem, NoRecipients
from warp_hub.sharing.visibility import find_visible, select_kept
from warp_hub.tlp import Handling, Marking, Outlet, Viewer, strictest

__all__ = ["HeldItem", "NoRecipients", "NotOnThisDesk"]


class NotOnThisDesk(Exception):
    """The item is not one that this WARP decides over."""


def pass_on(item: Item, warp: UUID, viewer: Viewer) -> None:
    """Let the WARP's members have a warning, with all that stands behind it and may go.

    Raises HeldItem, NoRecipients or NotOnThisDesk.
    """
    _pass_on(item, warp, viewer)
    _announce_if_urgent(item)


def pass_on_quietly(item: Item, warp: UUID, viewer: Viewer) -> None:
    """Pass a warning on and alert nobody at once: it goes into the digest. Raises as `pass_on` does."""
    _pass_on(item, warp, viewer)


def keep(item: Item, warp: UUID, viewer: Viewer) -> None:
    """Leave a warning for later; it stays on the desk, apart from what waits."""
    settle(decision_of(item, warp, viewer), Choice.KEEP, viewer)
    audit.record("kept for later", actor=viewer.person, item=item.id, warp=warp)


def set_aside(item: Item, warp: UUID, viewer: Viewer) -> None:
    """Say that a warning is not for this WARP."""
    settle(decision_of(item, warp, viewer), Choice.NOT_FOR_US, viewer)
    audit.record("not for us", actor=viewer.person, item=item.id, warp=warp)


def write_note(item: Item, warp: UUID, said: dict[str, str], viewer: Viewer) -> Item:
    """Add what the WARP's own members should know: an item of its own, under a label no wider than its warning's.

    It is read on the warning's page and found with it, so only by those who may have the warning too.
    """
    marking = strictest([Marking.AMBER, item.marking])
    note = Item(
        id=new_id(),
        kind=ItemKind.NOTE,
        about_id=item.id,
        title="",
        originator=warp,
        originator_name="",
        marking=marking,
        keepers=[warp],
        recipients=list(item.recipients) if marking is Marking.RED else [warp],
        early=list(item.early),
        embargo_until=item.embargo_until,
    )
    session.add(note)
    session.flush()
    html = {language: text.clean_html(told) for language, told in said.items() if told.strip()}
    session.add(Note(id=note.id, warp_id=warp, text=said, html=html, written_at=clock.now()))
    words.put(note.id, "", "\n".join(map(text.plain_of_html, html.values())))
    publishing.publish([note])
    audit.record("wrote a note", actor=viewer.person, item=item.id, warp=warp)
    return note


def read_label(item: Item, marking: Marking, viewer: Viewer) -> None:
    """Give a held warning the label that a coordinator found out, and let go of what was held with it."""
    scope, named = desk(viewer), list(coordinators_of(item.keepers))
    behind = gathering.behind(scope, item)
    alike = scope(Item).where(among(Item.id, behind), Item.held == item.held)
    settled = [item, *session.scalars(alike).all()]
    for one in settled:
        publishing.settle_held(one, marking)
        one.recipients = named if marking is Marking.RED else []
    session.flush()
    reports = [item.id, *(one.id for one in settled if is_of(behind.get(one.id, ""), GATHERS))]
    released = releasing.Released(containers=reports)
    releasing.release_dependents(scope, item.originator, released)
    tightening.tighten(scope, item.originator, containers=released.containers, unmarked=released.unmarked, named=named)
    audit.record("read the label", actor=viewer.person, item=item.id, detail={"marking": marking.value})


def raise_label(item: Item, marking: Marking, viewer: Viewer) -> None:
    """Make a warning, what stands behind it alone and what it gives its label to stricter at once.

    Whoever raises it to RED stays named.
    """
    before, along = item.handling(), _alone_behind(item, viewer)
    for one in [item, *along]:
        publishing.raise_marking(one, marking, by=viewer.person)
    session.flush()
    if item.published_at is not None and writing_stix.state(item, viewer):
        publishing.revise(item)
    recalling.label_changed(item, before, along=along)
    named = [viewer.person] if viewer.person else []
    tightening.tighten(desk(viewer), item.originator, containers=[item.id], unmarked=(), named=named)
    audit.record("raised the label", actor=viewer.person, item=item.id, detail={"marking": marking.value})


def set_severity(item: Item, severity: Severity, reason: str, viewer: Viewer) -> None:
    """Say how soon to act and why, in the coordinator's judgement; only what its source calls more urgent undoes it."""
    item.severity = severity
    if advisory := find_visible(Advisory, item.id, viewer, Outlet.DESK):
        advisory.why = BY_A_COORDINATOR + text.one_line(reason)
    session.flush()
    same.revisit(desk(viewer), [item.id])
    audit.record("set the severity", actor=viewer.person, item=item.id, detail={"severity": severity.value})


def give_early_notice(item: Item, until: datetime, people: Collection[UUID], viewer: Viewer) -> None:
    """Keep a warning, and what stands behind it alone, to named people until a moment; for what is not out yet."""
    item.embargo_until, item.early = until, sorted({*people, *([viewer.person] if viewer.person else [])})
    audit.record("early notice", actor=viewer.person, item=item.id, detail={"until": until.isoformat()})


def withdraw(item: Item, reason: str, viewer: Viewer, *, tells: bool = False) -> None:
    """Take a warning, and what stands behind it alone, back from everybody at once; `tells` its title and why."""
    recalling.withdraw(item, reason, along=_alone_behind(item, viewer), tells=tells, viewer=viewer)
    session.flush()
    same.revisit(desk(viewer), [item.id])
    audit.record("withdrew", actor=viewer.person, item=item.id, detail={"reason": reason})


def who_will_see(item: Item, warp: UUID) -> reach.Audience:
    """Return who would see a warning once this WARP has passed it on."""
    return reach.audience(handling_after(item, warp))


def handling_after(item: Item, warp: UUID) -> Handling:
    """Return the handling a warning would have once this WARP has passed it on."""
    handling = item.handling()
    by_pass_on = item.marking in ADDRESSED and item.marking is not Marking.RED
    return replace(
        handling,
        published_at=handling.published_at or clock.now(),
        recipients=handling.recipients | {warp} if by_pass_on else handling.recipients,
    )


def decision_of(item: Item, warp: UUID, viewer: Viewer) -> Decision:
    """Return the row of what this WARP decides over an item; raises NotOnThisDesk."""
    if warp not in viewer.keeps or warp not in item.keepers:
        raise NotOnThisDesk(item.title)
    mine = select_kept(Decision, viewer).where(Decision.item_id == item.id, Decision.keeper == warp)
    found: Decision | None = session.scalars(mine.with_for_update()).one_or_none()
    if found is None:
        found = Decision(id=new_id(), item_id=item.id, keeper=warp)
        session.add(found)
    return found


def _alone_behind(item: Item, viewer: Viewer) -> Sequence[Item]:
    scope = desk(viewer)
    alone = gathering.only_behind(scope, item, gathering.behind(scope, item))
    return session.scalars(scope(Item).where(among(Item.id, alone))).all() if alone else ()


def let_out_beside(item: Item, warp: UUID, viewer: Viewer) -> None:
    """Let the WARP's members have a warning that is told under another, where it may go at all; nobody is alerted."""
    if item.withdrawn_at is None:
        with suppress(HeldItem, NoRecipients):
            _let_out(item, warp, viewer)


def _pass_on(item: Item, warp: UUID, viewer: Viewer) -> None:
    decision = decision_of(item, warp, viewer)
    _let_out(item, warp, viewer)
    settle(decision, Choice.PASS_ON, viewer)
    audit.record("passed on", actor=viewer.person, item=item.id, warp=warp)
    askings.ask(item, warp, viewer)
    for other in _told_under(item, warp, viewer):
        let_out_beside(other, warp, viewer)


def _let_out(item: Item, warp: UUID, viewer: Viewer) -> None:
    if item.held is not None:
        raise HeldItem(item.held)
    if item.marking is Marking.RED and not item.recipients:
        raise NoRecipients(item.title)
    writing_stix.state(item, viewer)
    behind = gathering.behind(desk(viewer), item)
    if item.handling().under_embargo(clock.now()):
        session.flush()
        settling.as_early_as(desk(viewer), item, behind)
    bulk.publish_all([*behind, item.id], to=[warp], passed_by=[warp], publicly=shows_clear([warp]))
    settling.open_up(desk(viewer), item.originator, clock.now())
    session.expire(item)


def _told_under(item: Item, warp: UUID, viewer: Viewer) -> Sequence[Item]:
    """Return what this WARP said tells the same as an item."""
    said = select_kept(Decision, viewer).where(Decision.keeper == warp, Decision.choice == Choice.SAME_AS)
    ids = session.scalars(said.where(Decision.same_as_id == item.id).with_only_columns(Decision.item_id)).all()
    asked = desk(viewer)(Item).where(among(Item.id, ids), Item.same_as_id == item.id)
    return session.scalars(asked).all() if ids else ()


def settle(decision: Decision, choice: Choice, viewer: Viewer) -> None:
    """Note what was decided, when and by whom."""
    decision.choice, decision.decided_at, decision.decided_by = choice, clock.now(), viewer.person


def _announce_if_urgent(item: Item) -> None:
    if item.severity in choices.severities_wanted() and not item.handling().under_embargo(clock.now()):
        background.defer(session, "announce", item_id=str(item.id))
