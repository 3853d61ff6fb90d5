"""The text of a PDF: taken out by another process that may not run long, grow large, write files or see our secrets."""

import subprocess
import sys
from pathlib import Path

from flask_babel import lazy_gettext as _l

from warp_hub.advisories.pdf_text import LOCKED, MOST_PAGES, TOO_MANY_PAGES

LARGEST = 10 * 1024 * 1024
SECONDS = 30
_FIRST_BYTES = 1024

NOT_A_PDF = _l("This is no PDF")
TOO_LARGE = _l("This PDF is larger than 10 MB")
PROTECTED = _l("This PDF is protected with a password")
TOO_LONG = _l("This PDF has more than 60 pages")
TOO_SLOW = _l("Reading this PDF took too long")
NO_TEXT = _l("There is no text in this PDF: it may be a picture of a page")
BROKEN = _l("This PDF could not be read")
_WHY = {LOCKED: PROTECTED, TOO_MANY_PAGES: TOO_LONG}
assert MOST_PAGES == 60  # as TOO_LONG says


class UnreadablePdf(Exception):
    """There is no text to be had; the message says why, in the language of whoever reads it."""


def text_of_pdf(content: bytes) -> str:
    """Return the text of a PDF, page after page; raise UnreadablePdf where there is none, or it is too much."""
    if len(content) > LARGEST:
        raise UnreadablePdf(TOO_LARGE)
    if b"%PDF-" not in content[:_FIRST_BYTES]:
        raise UnreadablePdf(NOT_A_PDF)
    said = _said_by_reader(content)
    if not said.strip():
        raise UnreadablePdf(NO_TEXT)
    return said


def _said_by_reader(content: bytes) -> str:
    command = [sys.executable, "-I", str(Path(__file__).with_name("pdf_text.py"))]
    try:
        run = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS, env={}, check=False)  # noqa: S603 - our own file
    except subprocess.TimeoutExpired:
        raise UnreadablePdf(TOO_SLOW) from None
    if run.returncode:
        # A process that used up its time is ended by a signal, which is a negative number here.
        raise UnreadablePdf(TOO_SLOW if run.returncode < 0 else _WHY.get(run.returncode, BROKEN))
    return run.stdout.decode("utf-8", "replace")
