"""What a text check looks for, what it knows of whoever wrote the text, and what it found."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a passage gives away; where passages overlap they are one, of the kind that comes first here."""

    OWN_EMAIL = "own e-mail"
    EMAIL = "e-mail"
    DOMAIN = "domain"
    LOOK_ALIKE = "look-alike"
    HOST = "host"
    ACCOUNT = "account"
    PERSON = "person"
    ORGANISATION = "organisation"
    SHORT_NAME = "short name"
    PRIVATE_ADDRESS = "private address"
    PHONE = "phone"
    POSTCODE = "postcode"


RANK = {kind: place for place, kind in enumerate(Kind)}
SUGGESTIONS = {
    Kind.ORGANISATION: "[organisation name]",
    Kind.SHORT_NAME: "[organisation name]",
    Kind.PERSON: "[person's name]",
    Kind.DOMAIN: "[our domain]",
    Kind.LOOK_ALIKE: "[domain that looks like ours]",
    Kind.OWN_EMAIL: "[e-mail address]",
    Kind.EMAIL: "[e-mail address]",
    Kind.PHONE: "[phone number]",
    Kind.POSTCODE: "[postcode]",
    Kind.HOST: "[internal computer name]",
    Kind.ACCOUNT: "[account name]",
    Kind.PRIVATE_ADDRESS: "[internal address]",
}
# Found because of who wrote: to say that such a passage was found is to say who wrote.
TELLING = frozenset({Kind.ORGANISATION, Kind.SHORT_NAME, Kind.PERSON, Kind.DOMAIN, Kind.LOOK_ALIKE, Kind.OWN_EMAIL})
COUNCIL_NAME = "[council name]"
EVERY_SUGGESTION = tuple(sorted({COUNCIL_NAME, *SUGGESTIONS.values()}))


@dataclass(frozen=True)
class Known:
    """What is known of whoever wrote: names of their organisations, mail domains, own names and addresses."""

    names: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """A passage that may identify someone: `text[start:end] == found`, and what could stand there instead."""

    start: int
    end: int
    kind: Kind
    found: str
    suggestion: str
