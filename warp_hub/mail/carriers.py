"""The ways out: a mail server, or a folder of .eml files where none is set.

A carrier either takes the message or says which of four things went wrong, since each is answered otherwise.
"""

import os
import tempfile
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from warp_hub import clock, config
from warp_hub.config import ConfigurationError
from warp_hub.mail.message import UnusableAddress, sender
from warp_hub.mail.smtp import SmtpCarrier
from warp_hub.mail.troubles import CarrierDown


class Carrier(Protocol):
    """Takes one message to one address."""

    def send(self, message: EmailMessage, name: str, *, again: bool) -> None:
        """Hand the message over; raises CarrierDown, PutOff, Refused or Unclear."""


def carrier() -> Carrier:
    """Return the way out that the settings name."""
    settings = config.current()
    folder = settings.mail_to_folder
    return FolderCarrier(folder) if folder is not None else SmtpCarrier(settings.smtp_url or "")


def check_settings() -> None:
    """Raise ConfigurationError with one clear line where letters could never leave."""
    carrier()
    try:
        sender()
    except UnusableAddress:
        raise ConfigurationError("WARP_HUB_MAIL_FROM must be an address such as WARP Hub <hub@example.org>") from None
    if (folder := config.current().mail_folder) is not None:
        _check_folder(folder)


def _check_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise ConfigurationError(f"WARP_HUB_MAIL_FOLDER cannot be written: {folder}: {error.strerror}") from None


class FolderCarrier:
    """Writes each message into a folder, whole or not at all; file names say nothing about people."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: EmailMessage, name: str, *, again: bool) -> None:
        """Write the message, unless an earlier try that was cut off did."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if again and any(self._folder.glob(f"*-{name}.eml")):
                return
            self._write(message, f"{clock.now():%Y%m%dT%H%M%S}-{name}.eml")
        except OSError as error:
            raise CarrierDown(f"the mail folder cannot be written: {error.strerror}") from None

    def _write(self, message: EmailMessage, name: str) -> None:
        unfinished = self._folder / f".{name}.part"
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(message.as_bytes())
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(self._folder / name)
