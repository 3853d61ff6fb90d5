"""The process tree: children that die are begun again, all stop together, and none outlives the parent."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.mail.servers import free_port
from warp_hub.config import Settings, load_settings
from warp_hub.serving.failures import Refused
from warp_hub.serving.listening import listen
from warp_hub.serving.supervising import CANNOT_START, Child, environment_of, supervise

ROOT = Path(__file__).parents[2]
SLEEP = "import time; time.sleep(60)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"


def _child(code: str, name: str = "web") -> Child:
    return Child(name, (sys.executable, "-c", code), dict(os.environ))


def test_a_port_in_use_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Refused, match=f"^port {port} on 127.0.0.1 is in use: ") as refused:
            listen(_settings(port=port))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_an_address_of_another_machine_is_one_clear_line(host: str) -> None:
    with pytest.raises(Refused, match="is not an address of this machine"):
        listen(_settings(host=host))


def test_the_port_is_free_again_at_once() -> None:
    port = free_port()
    for _ in range(3):
        with listen(_settings(port=port)) as listener, socket.create_connection(("127.0.0.1", port), timeout=5):
            listener.accept()[0].close()


def test_a_child_reads_exactly_the_settings_of_its_parent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WARP_HUB_SMTP_URL", "smtp://elsewhere")
    provider = {
        "slug": "signet",
        "name": "Signet",
        "issuer": "https://signet.example",
        "client_id": "hub",
        "client_secret": "the provider's secret",
        "second_factor_acr": ["mfa"],
    }
    given = load_settings(
        data_dir=tmp_path,
        smtp_url=None,
        secret_key="a secret for the tests alone 0123456789",
        demo=True,
        port=8123,
        sign_in_providers=[provider],
    )
    code = "from warp_hub.config import load_settings as s; print(s().model_dump_json(exclude={'secret_key'}))"
    environment = environment_of(given)
    read = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert read.stdout.strip() == given.model_dump_json(exclude={"secret_key"})
    assert environment["WARP_HUB_SECRET_KEY"] == "a secret for the tests alone 0123456789"
    assert "the provider's secret" in environment["WARP_HUB_SIGN_IN_PROVIDERS"]
    with monkeypatch.context() as child:
        child.setattr(os, "environ", environment)
        assert load_settings().sign_in_providers == given.sign_in_providers


def test_a_child_that_dies_is_begun_again_and_waits_longer_each_time() -> None:
    child = _child("raise SystemExit(1)")
    begun, pauses = [], []
    deadline = time.monotonic() + 20
    while len(pauses) < 3 and time.monotonic() < deadline:
        before = child.process
        child.look_after()
        if child.process is not None and child.process is not before:
            begun.append(child.process.pid)
        if before is not None and child.process is None:
            pauses.append(child.pause)
        time.sleep(0.02)
    child.close()

    assert pauses == [1.0, 2.0, 4.0]
    assert len(set(begun)) == 3


def test_a_child_that_cannot_start_ends_the_tree() -> None:
    other = _child(SLEEP, "work")
    with pytest.raises(Refused, match="the web process cannot start"):
        supervise([_child(f"raise SystemExit({CANNOT_START})"), other])

    assert other.has_ended()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_every_child(number: signal.Signals) -> None:
    parent = _tree([SLEEP, SLEEP])
    begun = time.monotonic()
    parent.send_signal(number)

    assert parent.wait(10) == 0
    assert time.monotonic() - begun < 3
    parent.communicate()


def test_a_child_that_will_not_stop_is_killed_in_time() -> None:
    parent = _tree([DEAF])
    begun = time.monotonic()
    parent.send_signal(signal.SIGTERM)

    assert parent.wait(12) == 0
    assert time.monotonic() - begun < 10
    parent.communicate()


def test_a_killed_parent_takes_its_children_along() -> None:
    watching = "from warp_hub.serving.signals import stop_with_parent; import time; stop_with_parent(); time.sleep(60)"
    parent = _tree([watching])
    (child,) = _children_of(parent.pid)
    parent.kill()
    parent.communicate()

    _wait_for(lambda: not _is_alive(child))


def _tree(codes: list[str]) -> "subprocess.Popen[bytes]":
    """Run a parent with these children and wait until they live."""
    code = (
        "import os, sys\n"
        "from warp_hub.serving.supervising import Child, supervise\n"
        f"children = [Child(str(n), (sys.executable, '-c', c), dict(os.environ)) for n, c in enumerate({codes!r})]\n"
        "supervise(children)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
    _wait_for(lambda: len(_children_of(parent.pid)) == len(codes))
    time.sleep(0.7)  # let them come as far as to what they do with signals
    return parent


def _children_of(pid: int) -> list[int]:
    return [int(number) for number in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _is_alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _settings(**given: object) -> Settings:
    return load_settings(secret_key="a secret for the tests alone 0123456789", **given)
