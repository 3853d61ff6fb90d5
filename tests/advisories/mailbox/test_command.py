"""`warp-hub mail receive` as a mail server runs it: one mail on standard input, and an exit number it understands."""

import os
import sys
import tempfile

from tests.advisories.mailbox.conftest import COORDINATOR, Address
from tests.advisories.mailbox.post import REPORT, mail, raw
from warp_hub import config, db
from warp_hub.cli import main

TAKEN, TRY_LATER = 0, 75
OURS = {"Authentication_Results": "mx.hub.example; dmarc=pass header.from=testham.gov.uk"}


def _run(address: Address, content: bytes, *words: str, **settings: str) -> tuple[int, bytes, bytes]:
    """Run the command in a fork, which has all of the program loaded; return its number and what it said."""
    urls, secret = address.urls, config.current().secret()
    given = {"DATABASE_URL": urls.owner, "WEB_DATABASE_URL": urls.web, "WORK_DATABASE_URL": urls.work}
    given |= {"CUSTODY_DATABASE_URL": urls.custody, "SECRET_KEY": secret, "MAIL_AUTHSERV_ID": "mx.hub.example"}
    given |= {"SMTP_URL": f"smtp://localhost:{address.server.port}"} | settings
    db.leave()
    with tempfile.TemporaryFile() as mail_in, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        mail_in.write(content)
        mail_in.flush()
        child = os.fork()
        if child == 0:
            for number, file in enumerate((mail_in, out, err)):
                os.dup2(file.fileno(), number)
            _become(["mail", "receive", *words], {f"WARP_HUB_{name}": value for name, value in given.items()})
        _, status = os.waitpid(child, 0)
        out.seek(0)
        err.seek(0)
        return os.waitstatus_to_exitcode(status), out.read(), err.read()


def _become(words: list[str], environment: dict[str, str]) -> None:
    code = 70
    try:
        os.lseek(0, 0, os.SEEK_SET)
        sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, "r" if number == 0 else "w") for number in range(3))
        for role in ("web", "work", "custody"):
            db.engine(role).dispose(close=False)  # the parent's connections are not ours to use
        db.session.registry.registry.clear()
        os.environ.update(environment)
        main(words, prog_name="warp-hub")
    except SystemExit as left:
        code = int(left.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def test_what_is_dealt_with_is_nought_and_anything_else_is_to_be_brought_again(address: Address) -> None:
    to = ("--warp", address.warp.slug)
    assert _run(address, raw(mail(COORDINATOR, **OURS)), *to) == (TAKEN, b"", b"")
    report = raw(mail(COORDINATOR, f"zq7 {REPORT}", **OURS))
    assert _run(address, report, *to) == (TAKEN, b"", b"")
    assert address.fates() == {"taken": 1, "report": 1}
    (told,) = address.server.letters
    assert told["Auto-Submitted"] == "auto-replied"

    for words, settings in (
        (("--warp", "nowhere"), {}),
        ((), {}),
        (to, {"WORK_DATABASE_URL": "postgresql://nobody@localhost:1/none"}),
        (to, {"SMTP_URL": "smtp://localhost:1"}),
        (to, {"SECRET_KEY": "short"}),
    ):
        code, said, line = _run(address, report, *words, **settings)
        assert (code, said, line.count(b"\n")) == (TRY_LATER, b"", 1)
        assert line.startswith(b"warp-hub: ")
        assert b"zq7" not in line
    assert address.fates() == {"taken": 1, "report": 1}
