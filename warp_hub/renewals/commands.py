"""What the operator does when somebody asks what the hub has about them."""

from pathlib import Path

from warp_hub import audit, db
from warp_hub.db import session
from warp_hub.memberships import people
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.renewals import own_data
from warp_hub.renewals.personal import Read


class NobodyThere(Exception):
    """Nobody has this address; the text says so."""

    for_the_command_line = True


def export(email: str, to: Path) -> str:
    """Write the zip with somebody's own data, with what the web may not read as well, and return one line.

    Read as that person reads, but for the record of their deeds and of what went out to them. Raises NobodyThere.
    """
    person = people.find_person_by_email(email)
    if person is None:
        raise NobodyThere(f"there is no person with the address {email}")
    person_id, viewer = person.id, viewer_of(person.id, Proof.FULL)
    with db.as_viewer(viewer.settings()):
        sections = own_data.gather(person_id, viewer)
    sections += own_data.gather(person_id, viewer, (Read.WORKER,))
    to.write_bytes(own_data.pack(sections))
    audit.record("data.exported", detail={"person": str(person_id)})
    session.commit()
    return f"{sum(len(section.rows) for section in sections)} rows written to {to}"
