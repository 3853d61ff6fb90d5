"""What people say of themselves, and what of it they show to other members: nothing, until they choose."""

from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import select

from warp_hub import audit
from warp_hub.db import session
from warp_hub.memberships.application_models import Application
from warp_hub.memberships.directory_models import Profile
from warp_hub.memberships.models import Person
from warp_hub.memberships.reading import read_name


@dataclass(frozen=True)
class Details:
    """What somebody says of themselves: five things, and of each whether other members see it."""

    name: str
    language: str
    role: str = ""
    telephone: str = ""
    can_help_with: str = ""
    shows_name: bool = False
    shows_role: bool = False
    shows_telephone: bool = False
    shows_email: bool = False
    shows_help: bool = False


def details_of(person: Person) -> Details:
    """Return what a person says of themselves; who never said anything shows nothing."""
    found = _find(person.id)
    if found is None:
        return Details(person.name, person.language)
    said = {name: getattr(found, name) for name in Details.__dataclass_fields__ if name not in ("name", "language")}
    return Details(person.name, person.language, **said)


def save(person: Person, details: Details) -> bool:
    """Note what a person says of themselves; say whether that was news. The record names the fields alone."""
    before = details_of(person)
    if before == details:
        return False
    person.name, person.language = read_name(details.name), details.language
    profile = _find(person.id) or Profile(person_id=person.id)
    for name, value in asdict(details).items():
        if name not in ("name", "language"):
            setattr(profile, name, value)
    session.add(profile)
    session.flush()
    changed = [name for name, value in asdict(details).items() if getattr(before, name) != value]
    if "name" in changed:  # whom others know by another name, who runs their WARP should see
        audit.record("person.renamed", actor=person.id, detail={"person": str(person.id)})
    audit.record("profile.changed", actor=person.id, detail={"person": str(person.id), "changed": changed})
    return True


def has_said_language(person: Person) -> bool:
    """Say whether somebody said themselves which language they read: on their profile, or when they applied."""
    applied = select(Application.id).where(Application.person_id == person.id, Application.language.is_not(None))
    return _find(person.id) is not None or session.scalar(applied.limit(1)) is not None


def _find(person_id: UUID) -> Profile | None:
    return session.scalars(select(Profile).where(Profile.person_id == person_id)).one_or_none()
