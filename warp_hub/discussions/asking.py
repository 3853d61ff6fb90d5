"""Asking: a question is written under an id of this one transaction and handed to the WARP, so that no row, not even
a dead one, ever holds the person who asked as "a member".
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import func, select

from warp_hub import clock, db, text
from warp_hub.db import new_id, session
from warp_hub.discussions import following, hiding, threads
from warp_hub.discussions.addressing import Address, addresses_for
from warp_hub.discussions.models import Question
from warp_hub.discussions.speaking import Speaker
from warp_hub.memberships.models import Warp
from warp_hub.sharing import publishing
from warp_hub.sharing.models import Item, ItemKind
from warp_hub.sharing.visibility import select_visible
from warp_hub.tlp import Marking, Outlet, Viewer


class NotToThem(Exception):
    """The question was addressed to whom this viewer may not address one, or wider than what it is about."""


@dataclass(frozen=True)
class Asked:
    """What somebody asks, and whom; without a speaker it is asked by "a member"."""

    title: str
    words: str
    address: Address
    speaker: Speaker | None = None
    about: Item | None = None


def ask(asked: Asked, viewer: Viewer) -> UUID:
    """Publish a question and return its id; raises NotToThem or TooFewToHide. A named asker follows it from now on.

    The very same question, asked again by the same named person on the same day, was sent twice: it is there already.
    """
    if asked.address.value not in {one.value for one in addresses_for(viewer, asked.about)}:
        raise NotToThem(asked.address.value)
    if asked.speaker is None and not hiding.hides(asked.address.handling()):
        raise hiding.TooFewToHide(asked.address.value)
    if asked.speaker is not None and (there := _sent_before(asked, asked.speaker, viewer)) is not None:
        return there
    with _pen(viewer) as pen:
        item = _item(asked, pen)
        session.add(item)
        session.flush()
        session.add(_question(item.id, asked))
        _publish(item, asked)
        session.flush()
        session.execute(select(func.hand_over(item.id, asked.address.warp.id)))
        session.expunge(item)
    if asked.speaker is not None:
        following.follow(asked.speaker.person, item.id)
    threads.put_words(item.id, asked.title, [asked.words])
    return item.id


def _sent_before(asked: Asked, speaker: Speaker, viewer: Viewer) -> UUID | None:
    # Two at once take turns, so that the second finds what the first has sent.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(asked.title + asked.words, 0))))
    same = (
        select_visible(Question, viewer, Outlet.PAGE)
        .where(Question.asked_on == clock.today(), Question.text == asked.words)
        .where(Question.author == speaker.person)
        .where(Item.title == _title(asked), Item.marking == asked.address.marking)
        .where(Item.originator == asked.address.warp.id, Item.about_id.is_not_distinct_from(_about(asked)))
    )
    return session.scalar(same.with_only_columns(Question.id).limit(1))


def _title(asked: Asked) -> str:
    return text.one_line(asked.title, 300)


def _about(asked: Asked) -> UUID | None:
    return asked.about.id if asked.about else None


@contextmanager
def _pen(viewer: Viewer) -> Iterator[UUID]:
    """Let this viewer keep, for the length of a `with`, what is written under a new id."""
    pen = new_id()
    db.enter(replace(viewer, keeps=viewer.keeps | {pen}).settings())
    try:
        yield pen
    finally:
        db.enter(viewer.settings())


def _item(asked: Asked, pen: UUID) -> Item:
    warp, speaker = asked.address.warp, asked.speaker
    return Item(
        id=new_id(),
        kind=ItemKind.QUESTION,
        about_id=_about(asked),
        title=_title(asked),
        summary=text.first_paragraph(asked.words),
        originator=warp.id,
        originator_name=", ".join(filter(None, (speaker.name, speaker.organisation))) if speaker else warp.name,
        marking=asked.address.marking,
        keepers=[pen],
    )


def _question(item_id: UUID, asked: Asked) -> Question:
    speaker = asked.speaker
    return Question(
        id=item_id,
        text=asked.words,
        html=text.clean_html(asked.words),
        author=speaker.person if speaker else None,
        name=speaker.name if speaker else None,
        organisation=speaker.organisation if speaker else None,
        asked_on=clock.today(),
    )


def _publish(item: Item, asked: Asked) -> None:
    """Let it out: to all WARPs a TLP:GREEN one, of whose digests each carries it."""
    warps = [asked.address.warp.id]
    if asked.address.marking is Marking.GREEN:
        warps = list(session.scalars(select(Warp.id).order_by(Warp.slug)))
    if asked.speaker is None:
        publishing.publish_by_the_day(item, to=warps, passed_by=warps)
    else:
        publishing.publish([item], to=warps, passed_by=warps)
