"""The pages of members, walked: what somebody does not show is nowhere, what they show is where it may be."""

from collections.abc import Iterator

import pytest

from tests.leaks.throwaway import hub
from warp_hub import db
from warp_hub.proof import cast, profiles
from warp_hub.proof.judging import Ledger
from warp_hub.proof.matrix import Matrix
from warp_hub.proof.planted import Garden
from warp_hub.proof.walking import Walker

OURS = ("/members", "/account/profile", "/organisation", "/desk/people", "/desk/organisations", "/national")


@pytest.fixture(scope="module")
def matrix(hub_settings: object) -> Iterator[Matrix]:
    with hub() as app:
        with db.acting("work"):
            garden = Garden(cast.assemble())
            profiles.plant(garden.cast.people, garden.register)
            db.session.commit()
            db.leave()
        yield Matrix(app, garden, Walker(app, garden.cast), Ledger(), "MOC")


def test_nothing_that_is_not_shown_is_on_any_page_of_theirs(matrix: Matrix) -> None:
    matrix.walk_pages(OURS, OURS)
    result = matrix.ledger.result()
    assert result.leaks == []
    assert result.wrong_denials == []


def test_the_walk_would_find_it(matrix: Matrix) -> None:
    answer = matrix.walker.ask("M", "/members")
    found = matrix.garden.register.found_in(answer.body)
    assert {mark.row for mark in found} == {f"the profile of {profiles.SHOWN}"}
    assert not profiles.lacks(found, "M")
    assert profiles.lacks({}, "M")
