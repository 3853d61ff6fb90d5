"""What members of the demonstration ask each other, and what they answer."""

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from warp_hub.db import session
from warp_hub.demo.agenda import Agenda, being
from warp_hub.demo.community import Community
from warp_hub.discussions import asking, replies, replying, speaking
from warp_hub.discussions.addressing import addresses_for
from warp_hub.discussions.asking import Asked
from warp_hub.sharing.models import Item, ItemKind
from warp_hub.sharing.visibility import select_visible
from warp_hub.tlp import Marking, Outlet, Viewer

CLOSED_AFTER = timedelta(days=3)


def told() -> list[dict[str, Any]]:
    """Return the questions as they are written down."""
    written = (Path(__file__).parent / "questions.toml").read_text(encoding="utf-8")
    questions: list[dict[str, Any]] = tomllib.loads(written)["question"]
    return questions


def plan(agenda: Agenda, built: Community, now: datetime) -> None:
    """Put every question with its replies on the agenda."""
    for question in told():
        agenda.at(now - timedelta(days=question["days"]), _asking(agenda, built, question, now))


def _asking(agenda: Agenda, built: Community, question: dict[str, Any], now: datetime) -> Any:
    def ask() -> None:
        with being(_who(built, question["by"])) as viewer:
            item_id = asking.ask(_asked(question, viewer), viewer)
            session.commit()
        asked = now - timedelta(days=question["days"])
        for number, reply in enumerate(question.get("replies", ())):
            moment = asked + timedelta(days=reply["after"], hours=2 + number)
            agenda.at(moment, _replying(built, item_id, reply))
        if "closed" in question:
            agenda.at(asked + CLOSED_AFTER, _closing(built.coordinators["midshire"], item_id, question["closed"]))

    return ask


def _asked(question: dict[str, Any], viewer: Viewer) -> Asked:
    about = _warning(question["about"], viewer) if "about" in question else None
    address = next(one for one in addresses_for(viewer, about) if one.marking is Marking(question["to"]))
    assert viewer.person is not None
    speaker = speaking.speaker_of(viewer.person) if question["named"] else None
    return Asked(question["title"], question["words"], address, speaker, about)


def _replying(built: Community, item_id: UUID, reply: dict[str, Any]) -> Any:
    def say() -> None:
        with being(person := _who(built, reply["by"])) as viewer:
            item = replies.find_open(item_id, viewer)
            assert item is not None
            replying.reply(item, reply["words"], speaking.speaker_of(person) if reply["named"] else None, viewer)
            session.commit()

    return say


def _closing(coordinator: UUID, item_id: UUID, because: str) -> Any:
    def close() -> None:
        with being(coordinator) as viewer:
            replying.close(item_id, because, viewer)
            session.commit()

    return close


def _who(built: Community, by: str) -> UUID:
    return built.people[by].id if by in built.people else built.at[by]


def _warning(beginning: str, viewer: Viewer) -> Item:
    warnings = select_visible(Item, viewer, Outlet.PAGE).where(Item.kind == ItemKind.ADVISORY)
    found: Item = session.scalars(warnings.where(Item.title.startswith(beginning)).limit(1)).one()
    return found
