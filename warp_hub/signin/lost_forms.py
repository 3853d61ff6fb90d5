"""What somebody typed and sent after they were timed out: kept in the pages that lead them back, never on the server.

It travels in a hidden field, sealed for the person whose session it was: nobody else can open it, and it is in no
row and in no cookie. Passwords, codes and files are not in it.
"""

import base64
import json
import zlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask import request

from warp_hub import clock
from warp_hub.pages.redirects import local_path
from warp_hub.signin import keys

FIELD = "kept_token"  # by its name no error page repeats it
LIVES = timedelta(hours=12)
LONGEST = 400_000


@dataclass(frozen=True)
class LostForm:
    """A form that was not accepted: where it goes, and what was typed."""

    path: str
    answers: list[tuple[str, str]]
    had_files: bool


def seal(person: UUID, lost: LostForm) -> str:
    """Return a lost form as a text that only this person's pages can open."""
    told = {"path": lost.path, "answers": lost.answers, "files": lost.had_files, "at": clock.now().timestamp()}
    packed = zlib.compress(json.dumps(told).encode(), 6)
    sealed = keys.seal("lost form", base64.b64encode(packed).decode(), person.bytes)
    return base64.urlsafe_b64encode(sealed).decode()


def read(person: UUID, sealed: str) -> LostForm | None:
    """Return what was sealed for this person, or None for anything else."""
    if len(sealed) > LONGEST or not sealed.isascii():
        return None
    try:
        packed = keys.unseal("lost form", base64.urlsafe_b64decode(sealed), person.bytes)
        told = json.loads(zlib.decompress(base64.b64decode(packed)))
    except (keys.Unsealable, ValueError):
        return None
    if clock.now().timestamp() - told["at"] > LIVES.total_seconds():
        return None
    answers = [(str(name), str(text)) for name, text in told["answers"]]
    return LostForm(local_path(told["path"]), answers, bool(told["files"]))


def carried() -> str:
    """Return what this request carries on from the page before."""
    return request.form.get(FIELD, "")
