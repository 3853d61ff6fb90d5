"""A source as its connector is told of it, with what the hub signs in with opened for as long as it is asked."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from feeds.contract import Endpoint
from warp_hub.advisories import passwords
from warp_hub.advisories.models import Source


@dataclass(frozen=True)
class Access:
    """Where a source is and what is needed there, as plain values; no secret shows in a repr."""

    url: str = field(repr=False)
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    certificate: str | None = field(default=None, repr=False)
    authority: str | None = field(default=None, repr=False)
    allow_private: bool = False


def access_of(source: Source) -> Access:
    """Return what is needed to ask a source; raise PasswordUnreadable where its seal cannot be opened."""
    return Access(
        url=source.url,
        username=source.username,
        password=passwords.reveal(source.password_sealed) if source.password_sealed else None,
        certificate=passwords.reveal(source.certificate_sealed) if source.certificate_sealed else None,
        authority=source.authority,
        allow_private=source.allow_private,
    )


@contextmanager
def opened(access: Access) -> Iterator[Endpoint]:
    """Lend the endpoint of a source; its certificate and key can be read for the length of a `with`."""
    with ExitStack() as files:
        yield Endpoint(
            url=access.url,
            username=access.username,
            password=access.password,
            allow_private=access.allow_private,
            client_cert=files.enter_context(_readable(access.certificate)) if access.certificate else None,
            ca_bundle=files.enter_context(_readable(access.authority)) if access.authority else None,
        )


@contextmanager
def _readable(pem: str) -> Iterator[str]:
    """Lend a path at which this process can read a text: in memory where the system can, never in a shared folder."""
    if not hasattr(os, "memfd_create"):
        with tempfile.NamedTemporaryFile("w", encoding="ascii") as file:
            file.write(pem)
            file.flush()
            yield file.name
        return
    handle = os.memfd_create("pem")
    try:
        with os.fdopen(os.dup(handle), "wb") as file:
            file.write(pem.encode())
        yield f"/proc/self/fd/{handle}"
    finally:
        os.close(handle)
