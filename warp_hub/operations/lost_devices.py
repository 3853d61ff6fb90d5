"""What the operator does for someone who lost the device of their second step."""

from warp_hub.memberships import people
from warp_hub.operations.explaining import NotFound
from warp_hub.signin import codes


def forget_second_step(email: str) -> str:
    """Take someone's second step away and return one line; raise NotFound for an unknown address."""
    person = people.find_person_by_email(email)
    if person is None:
        raise NotFound(f"there is no person with the address {email}")
    codes.forget_second_step(person.id)
    return f"{person.email} sets up a new second step after the next sign-in with the password"
