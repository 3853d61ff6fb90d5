"""We saw this too: one press an organisation, taken back as easily, and no row that tells whose it is."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select, text

from tests import factories
from tests.alerts.conftest import Community
from warp_hub import clock, config, db
from warp_hub.alerts import seen_too, wording_answers
from warp_hub.alerts.answer_models import SeenToo, SeenTooCount
from warp_hub.sharing import publishing
from warp_hub.sharing.visibility import house_read
from warp_hub.tlp import Marking, Viewer

pytestmark = pytest.mark.usefixtures("database")


def marks() -> int:
    return len(db.session.scalars(house_read(select(SeenToo.mark), "test")).all())


def told(item_id: object, viewer: Viewer) -> int | None:
    seen_too.count_all()
    db.session.commit()
    return seen_too.at_least(item_id, viewer)  # type: ignore[arg-type]


def as_web(viewer: Viewer, verb: object, item_id: object) -> object:
    with db.acting("web"):
        db.enter(viewer.settings())
        found = verb(item_id, viewer)  # type: ignore[operator]
        db.session.commit()
        db.leave()
    return found


def test_one_press_an_organisation_counts_and_can_be_taken_back(here: Community) -> None:
    item = factories.item()
    sam, grace = here.viewer(here.sam), here.viewer(here.grace)
    assert as_web(sam, seen_too.has_said, item.id) is False
    for viewer in (sam, sam, grace):
        as_web(viewer, seen_too.say, item.id)
    assert as_web(grace, seen_too.has_said, item.id) is True
    assert marks() == 1
    as_web(grace, seen_too.take_back, item.id)
    assert as_web(sam, seen_too.has_said, item.id) is False
    assert marks() == 0


def test_the_number_is_told_in_steps_of_five_once_a_day_and_never_goes_back(here: Community) -> None:
    item = factories.item()
    pressing = [here.viewer(person) for person in here.members(11)]
    said = []
    for viewer in pressing:
        seen_too.say(item.id, viewer)
        assert seen_too.at_least(item.id, viewer) == (said[-1] if said else None)  # nothing moves with a press
        said.append(told(item.id, viewer))
    assert said == [None] * 4 + [5] * 5 + [10] * 2
    for viewer in pressing[:8]:
        seen_too.take_back(item.id, viewer)
    assert told(item.id, pressing[0]) == 10


def test_how_many_saw_it_is_told_to_members_alone(portal: Flask, here: Community) -> None:
    item = factories.item(Marking.CLEAR, is_public=True)
    for person in here.members(5):
        seen_too.say(item.id, here.viewer(person))
    assert told(item.id, here.viewer(here.sam)) == 5
    with portal.test_request_context():
        portal.preprocess_request()
        assert wording_answers.seen_too_of(item) == wording_answers.Seen(None, None)


def test_no_mark_tells_its_organisation_without_the_hubs_secret_nor_once_it_is_over(here: Community) -> None:
    item = factories.item()
    seen_too.say(item.id, here.viewer(here.sam))
    db.session.commit()
    everything = text("SELECT t::text FROM seen_too t UNION ALL SELECT c::text FROM seen_too_count c")
    rows = db.session.execute(everything.execution_options(tlp="test"))
    dump = " ".join(rows.scalars())
    for telling in (here.council.id, here.sam.id, here.council.id.hex, here.sam.id.hex):
        assert str(telling) not in dump
    assert config.current().secret() not in dump
    # No moment of a press is kept either: beside who was signed in it would tell who pressed first.
    assert [
        (ends.hour, ends.minute, ends.microsecond)
        for ends in db.session.scalars(house_read(select(SeenTooCount.ends_at), "test"))
    ] == [(0, 0, 0)]
    with clock.at(clock.now() + timedelta(days=91)):
        told(item.id, here.viewer(here.sam))
    state = db.session.scalars(house_read(select(SeenTooCount), "test")).one()
    assert (state.salt, marks()) == (None, 0)
    assert seen_too.has_said(item.id, here.viewer(here.sam)) is None
    with pytest.raises(seen_too.NotForThem):
        seen_too.say(item.id, here.viewer(here.sam))


def test_nobody_says_so_of_what_they_may_not_have_or_is_for_named_people_or_withdrawn(here: Community) -> None:
    stranger = factories.member(factories.warp("Westmarch"))
    amber, red = factories.item(Marking.AMBER, to=[here.midshire]), factories.item(Marking.RED, to=[here.sam])
    gone = factories.item()
    seen_too.say(gone.id, here.viewer(here.sam))
    publishing.withdraw(gone)
    db.session.commit()
    for person, item in ((stranger, amber), (here.sam, red), (here.sam, gone), (here.priya, factories.item())):
        with pytest.raises(seen_too.NotForThem):
            seen_too.say(item.id, here.viewer(person))
    told(gone.id, here.viewer(here.sam))
    assert marks() == 0


def test_the_wall_keeps_marks_and_salt_from_whoever_does_not_receive_the_warning(here: Community) -> None:
    item = factories.item(Marking.AMBER, to=[here.midshire])
    as_web(here.viewer(here.sam), seen_too.say, item.id)
    for person, rows in ((here.grace, 1), (factories.member(factories.warp("Westmarch")), 0)):
        assert as_web(here.viewer(person), _unasked, item.id) == [rows, rows, rows]


def _unasked(item_id: object, _viewer: Viewer) -> list[int]:
    """Read and remove without the rule, as a fault in the web process might."""
    found = [
        len(db.session.scalars(select(what).execution_options(tlp="test")).all()) for what in (SeenToo, SeenTooCount)
    ]
    gone = db.session.execute(delete(SeenToo).where(SeenToo.item_id == item_id))
    db.session.rollback()
    return [*found, gone.rowcount]  # type: ignore[attr-defined]
