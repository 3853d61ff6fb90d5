"""What an immediate notice says: the text where mail may print it, a bare word where it may not."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from tests import factories
from tests.digests.conftest import post_room as post_room
from tests.digests.post_room import PostRoom, html_of, states, text_of
from warp_hub import db
from warp_hub.alerts import choices, notices
from warp_hub.memberships.models import Warp
from warp_hub.sharing.models import Item, Severity
from warp_hub.tlp import Marking


@pytest.fixture
def midshire(post_room: PostRoom) -> Warp:
    return factories.warp("Midshire")


def posted(warp: Warp, marking: Marking = Marking.GREEN, **given: object) -> Item:
    """Announce an urgent warning whose every word is a canary."""
    names = ("title", "summary", "originator_name", "restrictions")
    words = {name: f"zq7{uuid4().hex[:16]}" for name in names}
    item = factories.item(marking, severity=Severity.ACT_TODAY, passed_by=[warp.id], **words, **given)  # type: ignore[arg-type]
    notices.announce(item.id)
    db.session.commit()
    return item


def change(item_id: UUID, **values: object) -> None:
    """Let somebody change an item."""
    item = db.session.scalars(select(Item).where(Item.id == item_id).execution_options(tlp="house: a test")).one()
    for name, value in values.items():
        setattr(item, name, value)
    db.session.commit()


def secrets_of(item: Item) -> list[bytes]:
    return [word.encode() for word in (item.title, item.summary, item.originator_name, item.restrictions)]


def test_green_is_printed_under_its_label(midshire: Warp, post_room: PostRoom) -> None:
    factories.member(midshire)
    item = posted(midshire)
    (message,) = post_room.deliver()
    assert message["Subject"].strip() == f"TLP:GREEN Act today: {item.title}"
    for part in (text_of(message), html_of(message)):
        assert all(word in part for word in (item.title, item.summary, item.originator_name, item.restrictions))
        assert "End of TLP:GREEN" in part


def test_amber_is_a_count_and_its_subject_has_no_label(midshire: Warp, post_room: PostRoom) -> None:
    factories.member(midshire)
    item = posted(midshire, Marking.AMBER, to=[midshire])
    (message,) = post_room.deliver()
    assert message["Subject"] == "A new warning to read in the portal"
    for part in (text_of(message), html_of(message)):
        assert "1 new TLP:AMBER warning" in part
        assert f"/sign-in?next=%2Fadvisories%2F{item.id}" in part
    assert not any(secret in post_room.everything() for secret in secrets_of(item))


def test_red_is_only_a_word_and_does_not_say_where(midshire: Warp, post_room: PostRoom) -> None:
    named = factories.member(midshire)
    item = posted(midshire, Marking.RED, to=[named])
    (message,) = post_room.deliver()
    assert message["Subject"] == "Something needs your attention"
    assert "RED" not in text_of(message) + html_of(message)
    assert str(item.id).encode() not in post_room.everything()
    assert not any(secret in post_room.everything() for secret in secrets_of(item))


def test_what_was_raised_meanwhile_is_only_counted(midshire: Warp, post_room: PostRoom) -> None:
    factories.member(midshire)
    item = posted(midshire)
    change(item.id, marking=Marking.AMBER, recipients=[midshire.id])
    (message,) = post_room.deliver()
    assert "1 new TLP:AMBER warning" in text_of(message)
    assert not any(secret in post_room.everything() for secret in secrets_of(item))


@pytest.mark.parametrize(
    "values",
    [{"withdrawn_at": "now"}, {"marking": Marking.RED, "recipients": []}, {"severity": Severity.FOR_INFORMATION}],
)
def test_what_was_lost_or_calmed_down_meanwhile_is_not_sent(
    midshire: Warp, post_room: PostRoom, values: dict[str, object]
) -> None:
    from warp_hub import clock

    factories.member(midshire)
    item = posted(midshire)
    change(item.id, **{name: clock.now() if value == "now" else value for name, value in values.items()})
    assert post_room.deliver() == []
    assert states() == [("cancelled", "it is not for them any more, or not urgent any more")]


def test_one_who_stops_notices_before_it_goes_does_not_get_it(midshire: Warp, post_room: PostRoom) -> None:
    reader = factories.member(midshire)
    posted(midshire)
    choices.choose(reader.id, wants=False)
    db.session.commit()
    assert post_room.deliver() == []


def test_a_notice_is_of_a_list_of_its_own(midshire: Warp, post_room: PostRoom) -> None:
    factories.member(midshire)
    posted(midshire)
    (message,) = post_room.deliver()
    assert message["List-Id"] == "<alerts.localhost>"
    assert "token=" in message["List-Unsubscribe"]
