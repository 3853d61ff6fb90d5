"""Replying, and taking words out again: by their named author, or by a coordinator of a WARP that keeps the item."""

from uuid import UUID

from sqlalchemy import func, select

from warp_hub import audit, clock, text
from warp_hub.db import new_id, session
from warp_hub.discussions import hiding, threads
from warp_hub.discussions.models import Gone, Question, Reply
from warp_hub.discussions.replies import PLACES
from warp_hub.discussions.speaking import Speaker
from warp_hub.sharing import recalling
from warp_hub.sharing.models import Item, ItemKind
from warp_hub.sharing.visibility import find_visible, select_visible
from warp_hub.tlp import Outlet, Viewer


class NotOnThisDesk(Exception):
    """It is not kept by a WARP that this viewer runs, or is gone already."""


def reply(item: Item, words: str, speaker: Speaker | None, viewer: Viewer) -> UUID:
    """Add a reply to an item of `replies.find_open`, by a speaker or "a member"; return its id, or raise TooFewToHide.

    The words that stand there last, said by the same named person once more, were sent twice: they are there already.
    """
    if speaker is None and not hiding.hides(item.handling()):
        raise hiding.TooFewToHide(str(item.id))
    _wait_for_turn(item.id)
    last = _last(item.id, viewer)
    if last is not None and speaker is not None and (last.text, last.author) == (words, speaker.person):
        return last.id
    said = Reply(
        id=new_id(),
        item_id=item.id,
        place=last.place + 1 if last else 1,
        text=words,
        html=text.clean_html(words),
        author=speaker.person if speaker else None,
        name=speaker.name if speaker else None,
        organisation=speaker.organisation if speaker else None,
        said_on=clock.today(),
    )
    session.add(said)
    session.flush()
    threads.put_thread(item, viewer)
    return said.id


def take_back(said: Reply, viewer: Viewer) -> bool:
    """Take the words out of one's own named reply; say whether it was one's own and still there."""
    _wait_for_turn(said.item_id)
    taken = bool(session.scalar(select(func.take_back(said.id))))
    if taken:
        session.expire(said)
        _put_thread_of(said, viewer, Outlet.PAGE)
        audit.record("took back a reply", actor=viewer.person, item=said.item_id)
    return taken


def hide(said: Reply, because: str, viewer: Viewer) -> None:
    """Take the words out of a reply for good, and say why; raises NotOnThisDesk."""
    item = _kept(said.item_id, viewer)
    _wait_for_turn(item.id)
    session.expire(said)  # it may have gone meanwhile
    if said.gone is not None:
        raise NotOnThisDesk(str(said.id))
    said.text, said.html, said.gone, said.gone_because = "", "", Gone.HIDDEN, because
    session.flush()
    threads.put_thread(item, viewer, Outlet.DESK)
    audit.record("hid a reply", actor=viewer.person, item=item.id, detail={"reply": str(said.id), "because": because})


def close(item_id: UUID, because: str, viewer: Viewer) -> None:
    """Let nobody reply to a question any more; raises NotOnThisDesk."""
    item = _kept(item_id, viewer)
    question: Question | None = find_visible(Question, item_id, viewer, Outlet.DESK)
    if question is None or question.closed_on is not None:
        raise NotOnThisDesk(str(item_id))
    question.closed_on, question.closed_because = clock.today(), because
    audit.record("closed a question", actor=viewer.person, item=item.id, detail={"because": because})


def withdraw(item_id: UUID, because: str, viewer: Viewer, *, tells: bool = False) -> None:
    """Take a question back from everybody, its replies with it; `tells` its title and why. Raises NotOnThisDesk."""
    item = _kept(item_id, viewer)
    if item.kind is not ItemKind.QUESTION or item.withdrawn_at is not None:
        raise NotOnThisDesk(str(item_id))
    recalling.withdraw(item, because, tells=tells, viewer=viewer)
    audit.record("withdrew a question", actor=viewer.person, item=item.id, detail={"because": because})


def _wait_for_turn(item_id: UUID) -> None:
    # One at a time below one item, whatever they do there; the lock is gone with the transaction.
    session.execute(select(func.pg_advisory_xact_lock(item_id.int % 2**63)))


def _kept(item_id: UUID, viewer: Viewer) -> Item:
    item: Item | None = find_visible(Item, item_id, viewer, Outlet.DESK)
    if item is None or item.kind not in PLACES:
        raise NotOnThisDesk(str(item_id))
    return item


def _last(item_id: UUID, viewer: Viewer) -> Reply | None:
    replies = select_visible(Reply, viewer, Outlet.PAGE).where(Reply.item_id == item_id)
    return session.scalars(replies.order_by(Reply.place.desc()).limit(1)).one_or_none()


def _put_thread_of(said: Reply, viewer: Viewer, outlet: Outlet) -> None:
    item: Item | None = find_visible(Item, said.item_id, viewer, outlet)
    if item is not None:
        threads.put_thread(item, viewer, outlet)
