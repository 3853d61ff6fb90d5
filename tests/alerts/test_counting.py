"""Figures under attack: whatever is read, however often and by how many WARPs, nothing below k can be worked out."""

import random
from collections import Counter
from itertools import combinations

from warp_hub.alerts.answer_models import AnswerChoice
from warp_hub.alerts.counting import Given, Reading, read, read_last, showable

K = 5
ATTEMPTS = 1000
CHOICES = tuple(AnswerChoice)
YES, NO, CHECKING, FIXED = AnswerChoice.YES, AnswerChoice.NO, AnswerChoice.CHECKING, AnswerChoice.FIXED


class Figure:
    """One WARP's figure and the answers behind it; every reading that was ever told is kept."""

    def __init__(self) -> None:
        self.now: dict[int, AnswerChoice] = {}
        self.told: dict[int, tuple[AnswerChoice, int]] = {}
        self.readings: list[tuple[Reading, dict[int, AnswerChoice]]] = []

    def poll(self) -> None:
        if reading := read(self._given(), K):
            told = {who: self.told.get(who, (choice, len(self.readings))) for who, choice in self.now.items()}
            self.told = told
            self.readings.append((reading, {who: choice for who, (choice, _) in told.items()}))

    def close(self) -> None:
        if reading := read_last(self._given(), K):
            self.readings.append((reading, dict(self.now)))

    def _given(self) -> list[Given]:
        return [Given(choice, *self.told.get(who, (None, 0))) for who, choice in self.now.items()]


def test_a_thousand_times_polling_subtracting_and_comparing_warps_isolates_nobody() -> None:
    chance = random.Random(20261122)
    readings = 0
    for _ in range(ATTEMPTS):
        figures = _lived_through(chance)
        readings += sum(len(figure.readings) for figure in figures)
        for figure in figures:
            for reading, truth in figure.readings:
                assert _isolated_by(reading, truth) == []
            for (before, old), (after, new) in combinations(figure.readings, 2):
                assert _isolated_between(before, old, after, new) == []
        # Two WARPs' figures have nobody in common, so that one is never the rest of the other.
        assert not figures[0].told.keys() & figures[1].told.keys()
    assert readings > ATTEMPTS  # the attack had something to work with


def _lived_through(chance: random.Random) -> list[Figure]:
    """Return two WARPs' figures after days of answers, each polled after every single one."""
    figures = [Figure(), Figure()]
    size, leaning = chance.randint(4, 40), [chance.random() + 0.05 for _ in CHOICES]
    for _ in range(chance.randint(10, 90)):
        who = chance.randrange(2 * size)
        figure = figures[who % 2]
        figure.now[who] = chance.choices(CHOICES, leaning)[0]
        figure.poll()
    for figure in figures:
        figure.close()
    return figures


def _isolated_by(reading: Reading, truth: dict[int, AnswerChoice]) -> list[object]:
    """Return which groups of fewer than k one reading gives away: shown numbers, their rest, and what is left over."""
    whole, shown = len(truth), {of: number for of, number in reading.by_choice.items() if number is not None}
    assert reading.answered == whole
    assert shown == {of: Counter(truth.values())[of] for of in shown}
    groups = [*shown.values(), *(whole - number for number in shown.values()), whole - sum(shown.values())]
    return [number for number in groups if number < K]


def _isolated_between(
    before: Reading, old: dict[int, AnswerChoice], after: Reading, new: dict[int, AnswerChoice]
) -> list[object]:
    """Return what two readings of one figure give away: too few that moved, or too few that moved into a number."""
    moved = {who for who in new if old.get(who) != new[who]}
    left = {who for who in moved if who in old}
    found: list[object] = [] if len(moved) >= K and (not left or len(left) >= K) else ["few moved"]
    for of in CHOICES:
        if before.by_choice[of] is None or after.by_choice[of] is None:
            continue
        into = sum(new[who] is of for who in moved)
        found += [(of, into)] if into < K or len(moved) - into < K else []
    return found


def test_what_is_hidden_cannot_be_worked_out_from_what_is_shown() -> None:
    for numbers, shown in (
        ((4, 0, 0, 0), set()),
        ((9, 0, 0, 0), set()),  # all of them answered yes
        ((5, 5, 0, 0), {YES}),
        ((5, 4, 0, 0), set()),
        ((7, 12, 1, 0), {YES}),
        ((7, 12, 6, 0), {YES, CHECKING}),
        ((7, 12, 3, 2), {YES, NO}),
        ((1, 20, 2, 0), set()),
        ((6, 6, 6, 6), {YES, CHECKING, FIXED}),
    ):
        table = dict(zip((YES, NO, CHECKING, FIXED), numbers, strict=True))
        assert showable(table, K) == shown, numbers


def test_a_later_reading_waits_until_what_lies_between_may_be_told_itself() -> None:
    first = [Given(YES)] * 6 + [Given(NO)] * 6
    assert read(first[:4], K) is None
    assert read(first, K) == Reading(12, {YES: 6, NO: None, CHECKING: None, FIXED: None})
    told = [Given(one.choice, one.choice, 1) for one in first]
    for more, goes in (
        ([Given(YES)], False),
        ([Given(YES)] * 5, False),  # all five of them would have answered yes
        ([Given(NO)] * 4 + [Given(YES)] * 5, False),
        ([Given(NO)] * 5 + [Given(YES)] * 5, True),
    ):
        assert (read([*told, *more], K) is not None) is goes
    ten = [*[Given(NO)] * 5, *[Given(YES)] * 5]
    for changed, goes in ((2, False), (5, True)):
        ended = [*[Given(FIXED, YES, 1)] * changed, *told[changed:]]
        assert read([*ended, *ten], K) == Reading(22, {YES: 11, NO: None, CHECKING: None, FIXED: None})
        assert (read_last([*ended, *ten], K) is not None) is goes
