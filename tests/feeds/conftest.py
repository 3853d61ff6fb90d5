import shutil
import ssl
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from feeds.contract import Limits
from tests.feeds import real_data


@pytest.fixture
def quick() -> Limits:
    """Limits without pauses, wide enough for a busy machine."""
    return Limits(connect=10, read=20, page=30, run=120, sleep=lambda _: None)


@pytest.fixture
def hasty(quick: Limits) -> Limits:
    """Limits that let a test of a hang end in a second."""
    return replace(quick, connect=1, read=0.6, page=1.0)


@pytest.fixture(scope="session")
def stix_folder() -> Path:
    folder = real_data.folder()
    if folder is None:
        pytest.skip(real_data.ABSENT)
    return folder


class Certificates(NamedTuple):
    authority: str
    server: ssl.SSLContext


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """A certificate for the name localhost alone, signed by itself."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("needs the openssl program to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    order = "req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost"
    arguments = [program, *order.split(), "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(arguments, cwd=folder, check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return Certificates(str(folder / "cert.pem"), context)
