"""The browser of the journeys: Debian's Chromium, told to stay at home."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
USUAL = Path("/usr/bin/chromium")


@contextmanager
def running() -> Iterator[Browser]:
    """Have a browser for the length of a `with`; skip the test where there is none, but fail it where CI runs it."""
    found = program()
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("CI is true and there is no Chromium: install Debian's package chromium")
    if found is None:
        pytest.skip("there is no Chromium on this machine: install Debian's package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def program() -> str | None:
    """Return where the browser is, or None."""
    return str(USUAL) if USUAL.exists() else shutil.which("chromium")
