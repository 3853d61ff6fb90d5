"""The whole matrix: nobody is given what is not theirs, nobody is denied what is.

The viewers are walked in four groups, each on a hub of its own, so that they share the machine's cores.
"""

import pytest

from tests.leaks.throwaway import hub
from tests.sizes import SIZES
from warp_hub.proof import judging, matrix
from warp_hub.proof.cast import VIEWERS
from warp_hub.proof.judging import Result

pytestmark = pytest.mark.long

GROUPS = {
    "nobody, those who were somebody, and tools": "NLUZAIDFHJV",
    "members": "R1MSX0",
    "of other WARPs": "BOGPT",
    "coordinators": "CWKYE",
}


@pytest.fixture(scope="module", params=GROUPS)
def walked(request: pytest.FixtureRequest, hub_settings: object) -> tuple[str, Result]:
    """Return a group of viewers with what came of their walk."""
    viewers = GROUPS[request.param]
    with hub() as app:
        result = matrix.run(app, lambda _line: None, viewers, in_turns=not SIZES.every_id_as_everybody)
    return viewers, result


def test_the_matrix_is_clean(walked: tuple[str, Result]) -> None:
    viewers, result = walked
    assert result.leaks == []
    assert result.wrong_denials == []
    assert result.cells >= 40 * len(judging.ROWS) * len(viewers)


def test_every_viewer_is_walked() -> None:
    assert sorted("".join(GROUPS.values())) == sorted(VIEWERS)
