"""Three random words: from a long plain list, always good enough, never what everybody uses."""

import re

import pytest

from tests.journeys.words import NEVER
from warp_hub.signin import passwords


def test_the_list_is_long_plain_and_without_doubles() -> None:
    words = passwords._listed("words.txt")

    assert len(words) > 2000
    assert len(set(words)) == len(words)
    assert all(re.fullmatch(r"[a-z]{4,9}", word) for word in words)
    assert not set(words) & set(NEVER)  # a suggestion is on the screen too


def test_every_suggestion_may_be_used_and_none_comes_twice() -> None:
    told = {passwords.suggestion(("Sam Lee", "sam.lee@coffee.example")) for _ in range(300)}

    assert len(told) == 300
    assert all(passwords.weakness(one) is None for one in told)


@pytest.mark.parametrize(
    "common", ["butterflysunshine", "Liverpool1-Princess", "butterfly_sunshine99", "computer!computer1"]
)
def test_one_or_two_of_the_passwords_most_used_are_refused(common: str) -> None:
    assert len(passwords._listed("common_passwords.txt")) == 3000
    assert passwords.weakness(common) is not None
