"""A list that a coordinator put in: some were written to, one said yes, the others have not answered."""

import tomllib
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from warp_hub.db import session
from warp_hub.demo.agenda import Agenda, being
from warp_hub.demo.community import Community
from warp_hub.memberships import people
from warp_hub.memberships.models import Person
from warp_hub.moving import columns, inviting, putting_in, staying

TOLD = tomllib.loads(Path(__file__).with_name("guests.toml").read_text("utf-8"))


def plan(agenda: Agenda, built: Community, now: datetime) -> None:
    """Put on the agenda when the list was put in, who was written to, and who answered."""
    agenda.at(now - timedelta(days=11), lambda: _put_in(built))
    agenda.at(now - timedelta(days=10), lambda: _write_to(built, TOLD["written_to_first"]))
    agenda.at(now - timedelta(days=9), lambda: _say_yes(built))
    agenda.at(now - timedelta(days=2), lambda: _write_to(built, TOLD["written_to_lately"]))


def _put_in(built: Community) -> None:
    sheet, by = columns.read_list(TOLD["list"]), built.people["coordinator-midshire"].id
    with being(by):
        places = columns.guessed(sheet)
        putting_in.put_in(sheet, places, built.warps["midshire"], by, dry_run=False, notes_domains=True)
        session.commit()


def _write_to(built: Community, addresses: Iterable[str]) -> None:
    by = built.people["coordinator-midshire"].id
    with being(by):
        inviting.write_to(built.warps["midshire"], by, [_named(address).id for address in addresses])
        session.commit()


def _say_yes(built: Community) -> None:
    answer = staying.by_link(staying.sign(_named(TOLD["said_yes"]).id, built.warps["midshire"].id))
    assert answer is not None
    staying.say_yes(answer)
    session.commit()


def _named(address: str) -> Person:
    found = people.find_person_by_email(address)
    assert found is not None
    return found
