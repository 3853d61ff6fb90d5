"""What a second secret of the same person may not be: easy to guess, or the one they sign in with."""

from uuid import UUID

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from warp_hub.db import session
from warp_hub.memberships import people
from warp_hub.signin import entering, passwords
from warp_hub.signin.models import Credential

THE_PASSWORD = _l("This is the password you sign in with. Choose a passphrase that you use nowhere else.")
TOO_EASY = _l("This passphrase is too easy to guess. Try five random words.")


def fault_of(person_id: UUID, typed: str) -> LazyString | None:
    """Return why somebody cannot use this as another secret of theirs, or None; only for whoever proved it is they."""
    person = people.find_person(person_id)
    about = () if person is None else entering.known_of(person_id, person.name, person.email)
    if passwords.weakness(typed, about) is not None:
        return TOO_EASY
    stored = session.scalar(select(Credential.password_hash).where(Credential.person_id == person_id))
    return THE_PASSWORD if passwords.matches(stored, typed) else None
