"""What the columns of a list hold, guessed by their headings as spreadsheets and Outlook name them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from warp_hub.memberships.reading import Unreadable, read_address
from warp_hub.memberships.tables import FileRefused, Sheet, guess, read_sheet

LONGEST_LIST = 400_000
MOST_ROWS = 2_000
MOST_COLUMNS = 200
SAMPLES = 2

# What a column may hold, and what else people call it; spelled in small letters with _ for spaces and hyphens.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "email": ("e_mail", "email_address", "e_mail_address", "mail", "primary_smtp_address", "e_bost"),
    "name": ("full_name", "contact", "contact_name", "enw"),
    "first_name": ("forename", "given_name", "enw_cyntaf"),
    "last_name": ("surname", "family_name", "cyfenw"),
    "organisation": ("council", "company", "organization", "organisation_name", "authority", "body", "sefydliad"),
    "post": ("post_kind", "officer_or_lead", "officer_or_main_contact", "swyddog_neu_arweinydd"),
    "language": ("preferred_language", "iaith"),
    "short_name": (),
    "code": ("organisation_code",),
    "kind": ("type", "organisation_type"),
    "region": (),
    "domains": ("domain", "email_domain", "email_domains"),
    "former_domains": ("former_domain", "email_domain_2015"),
    "also_known_as": ("alt_names", "alternative_names"),
    "membership": ("membership_kind",),
}
OF_PEOPLE = ("email", "name", "first_name", "last_name", "post", "language")


@dataclass(frozen=True)
class Column:
    """One column of a list as the page shows it: its heading and what stands in its first cells."""

    place: int
    heading: str
    samples: tuple[str, ...]


def read_list(text: str) -> Sheet:
    """Return a pasted or uploaded list as a table; raise FileRefused where it is none or too long."""
    sheet = read_sheet(short_enough(text).strip("\r\n"))
    if len(sheet.headings) > MOST_COLUMNS:
        raise FileRefused(_("The list has more than %(most)s columns.", most=MOST_COLUMNS))
    if len(sheet.lines) > MOST_ROWS:
        most = f"{MOST_ROWS:,}"
        raise FileRefused(
            _("The list has more than %(most)s rows. Put it in in parts, with the headings in each.", most=most)
        )
    return sheet if _has_headings(sheet) else _without_headings(sheet)


def short_enough(text: str) -> str:
    """Return a list that fits into a form; raise FileRefused for one that does not."""
    if len(text) > LONGEST_LIST or len(text.encode()) > LONGEST_LIST:
        size = LONGEST_LIST // 1000
        told = _("The list is longer than %(size)s KB. Put it in in parts, with the headings in each.", size=size)
        raise FileRefused(told)
    return text


def guessed(sheet: Sheet) -> dict[str, int]:
    """Return in which column each thing stands, as the headings say; addresses are known by their look as well."""
    places, _unknown = guess(sheet.headings, FIELDS)
    found: dict[str, int] = {}
    for place, name in sorted(places.items()):
        found.setdefault(name, place)
    by_look = _column_of_addresses(sheet, found.values()) if "email" not in found else None
    if by_look is not None:
        found["email"] = by_look
    if "organisation" not in found and "email" not in found and "name" in found:
        found["organisation"] = found.pop("name")  # a list of bodies alone calls them by name
    return found


def _column_of_addresses(sheet: Sheet, taken: Iterable[int]) -> int | None:
    """Return the first column nobody named in which most of what stands is an e-mail address."""
    for place in range(len(sheet.headings)):
        cells = [cells[place].strip() for _number, cells in sheet.lines if place < len(cells) and cells[place].strip()]
        if place not in taken and sum(map(_is_address, cells)) * 2 > len(cells):
            return place
    return None


def columns_of(sheet: Sheet) -> list[Column]:
    """Return the columns of a list, each with what stands in its first cells."""
    return [Column(place, heading, _samples(sheet, place)) for place, heading in enumerate(sheet.headings)]


def _samples(sheet: Sheet, place: int) -> tuple[str, ...]:
    cells = (" ".join(cells[place].split()) for _number, cells in sheet.lines if place < len(cells))
    filled = [cell[:60] for cell in cells if cell]
    return tuple(filled[:SAMPLES])


def _has_headings(sheet: Sheet) -> bool:
    return not any(_is_address(cell) for cell in sheet.headings)


def _without_headings(sheet: Sheet) -> Sheet:
    """Return a list whose first line is a row already: its columns have no names but that of the addresses."""
    headings = ["email" if _is_address(cell) else "" for cell in sheet.headings]
    return Sheet(headings, [(1, sheet.headings), *sheet.lines], sheet.delimiter)


def _is_address(cell: str) -> bool:
    try:
        return bool(read_address(cell))
    except Unreadable:
        return False
