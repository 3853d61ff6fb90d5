"""By which names and addresses a text gives away a person and their organisations."""

from uuid import UUID

from sqlalchemy import select

from warp_hub.db import session
from warp_hub.memberships.models import Organisation, OrganisationDomain, Person, Post
from warp_hub.text.identifying import Known


def known_of(person_id: UUID) -> Known:
    """Return every name and domain, former ones too, of a person's organisations, and their own name and address.

    Posts of any state count: who left a council still writes about it.
    """
    person = session.execute(select(Person.name, Person.email).where(Person.id == person_id)).one_or_none()
    held = select(Post.organisation_id).where(Post.person_id == person_id)
    organisations = session.execute(
        select(Organisation.name, Organisation.short_name, Organisation.also_known_as).where(Organisation.id.in_(held))
    ).all()
    domains = session.scalars(
        select(OrganisationDomain.domain).where(OrganisationDomain.organisation_id.in_(held)).distinct()
    )
    names = {name for main, short, others in organisations for name in (main, short, *others) if name}
    return Known(tuple(sorted(names)), tuple(sorted(domains)), (person.name, person.email) if person else ())
