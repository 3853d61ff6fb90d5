"""Links in letters: for one person, one purpose, a limited time."""

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mail.letters import settings
from warp_hub import clock
from warp_hub.config import Settings
from warp_hub.mail import links

DAY = timedelta(days=1)


def test_a_link_says_who_and_what_and_since_when(hub_settings: Settings) -> None:
    person = uuid4()
    before = clock.now()
    claim = links.read("unsubscribe", links.sign("unsubscribe", person, warp="midshire", note="â ŵ"), DAY)

    assert claim is not None
    assert (claim.person_id, claim.data) == (person, {"warp": "midshire", "note": "â ŵ"})
    assert before - timedelta(seconds=1) < claim.issued_at <= clock.now()


def test_a_link_for_one_purpose_is_none_for_another(hub_settings: Settings) -> None:
    token = links.sign("unsubscribe", uuid4())

    assert links.read("sign in", token, DAY) is None
    assert links.read("unsubscribe", token, DAY) is not None


def test_a_link_ends_with_its_age_and_lasts_for_ever_without_one(hub_settings: Settings) -> None:
    token = links.sign("sign in", uuid4())

    with clock.at(clock.now() + DAY + timedelta(seconds=2)):
        assert links.read("sign in", token, DAY) is None
        assert links.read("sign in", token, None) is not None


def test_a_link_from_the_future_is_refused_where_age_counts(hub_settings: Settings) -> None:
    with clock.at(clock.now() + DAY):
        token = links.sign("sign in", uuid4())

    assert links.read("sign in", token, DAY) is None


def test_a_link_of_another_installation_is_refused(hub_settings: Settings) -> None:
    with settings(secret_key=hub_settings.secret_key.__class__("another secret, as long as the first 012345")):
        token = links.sign("sign in", uuid4())

    assert links.read("sign in", token, DAY) is None


@pytest.mark.parametrize("token", ["", ".", "..", "a.b.c", "é", "\ud800", "\x00", "x" * 100_000])
def test_nonsense_is_refused(hub_settings: Settings, token: str) -> None:
    assert links.read("sign in", token, DAY) is None
    assert links.read("sign in", token, None) is None


@given(st.data())
def test_a_changed_link_is_refused(hub_settings: Settings, data: st.DataObject) -> None:
    token = links.sign("sign in", uuid4())
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(min_codepoint=33, max_codepoint=126).filter(lambda c: c != token[place]))
    changed = token[:place] + other + token[place + 1 :]

    claim = links.read("sign in", changed, None)
    # The last character of a base64 text has bits that nobody reads; what it says must be the same then.
    assert claim is None or claim == links.read("sign in", token, None)
