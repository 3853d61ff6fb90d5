"""Letters as a mail program reads them: whom to, which parts, which links."""

import email
import re
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from pathlib import Path

from bs4 import BeautifulSoup


@dataclass(frozen=True)
class Letter:
    """One letter of the mail folder."""

    message: EmailMessage

    @property
    def to(self) -> str:
        """Return whom it is addressed to."""
        return str(self.message["To"])

    @property
    def subject(self) -> str:
        """Return its subject."""
        return str(self.message["Subject"])

    @property
    def html(self) -> str:
        """Return the part that most mail programs show."""
        return self._part("html")

    @property
    def text(self) -> str:
        """Return the part for those that show no HTML."""
        return self._part("plain")

    def link(self, words: str) -> str:
        """Return the address behind these words, the first of them."""
        for link in BeautifulSoup(self.html, "html5lib").select("a[href]"):
            if re.search(words, link.get_text(" ", strip=True)):
                return str(link["href"])
        raise AssertionError(f"the letter has no link {words!r}")

    def _part(self, kind: str) -> str:
        body = self.message.get_body((kind,))
        assert body is not None, f"the letter has no {kind} part"
        return str(body.get_content())


def in_folder(folder: Path, kind: str = "") -> list[Letter]:
    """Return the letters in a mail folder, oldest first; their names begin with the time and say the kind."""
    return [Letter(_read(path)) for path in sorted(folder.glob(f"*-{kind}*.eml" if kind else "*.eml"))]


def _read(path: Path) -> EmailMessage:
    message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message
