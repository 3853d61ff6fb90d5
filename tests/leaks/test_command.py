"""warp-hub leak-test: on a database of its own, whatever this installation's is; its last line says how it went."""

import re

import pytest
from sqlalchemy import true

from tests.leaks.throwaway import own_connections, write_anew
from warp_hub import config
from warp_hub.serving import leak_testing
from warp_hub.sharing import visibility

pytestmark = pytest.mark.long


@pytest.fixture
def elsewhere(hub_settings: object, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the lines that are said; the installation's database and mail server are where nobody answers."""
    monkeypatch.setenv("WARP_HUB_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    monkeypatch.setenv("WARP_HUB_SMTP_URL", "smtp://127.0.0.1:1")
    return []


def test_it_needs_nothing_of_the_installation_and_leaves_nothing(elsewhere: list[str]) -> None:
    with own_connections():
        assert leak_testing.run(elsewhere.append, "N", in_turns=True)
        assert config.current().embedded
        assert not config.current().data_dir.parent.exists()
    assert re.fullmatch(r"[1-9]\d* cells, 0 leaks, 0 wrong denials", elsewhere[-1])


def test_it_fails_and_names_what_was_given_to_whom(
    elsewhere: list[str], monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    request.addfinalizer(write_anew)
    monkeypatch.setattr(visibility, "_clear", lambda _reach, _outlet, _of: true())
    write_anew()
    monkeypatch.setattr("warp_hub.home.welcome.NOBODY", visibility.Viewer(is_member=True))
    with own_connections():
        assert not leak_testing.run(elsewhere.append, "M", in_turns=True)
    leaks = [line for line in elsewhere if line.startswith("LEAK: M was given the title of 'CLEAR published'")]
    assert leaks
    assert re.fullmatch(r"[1-9]\d* cells, [1-9]\d* leaks, \d+ wrong denials", elsewhere[-1])
