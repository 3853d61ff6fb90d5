"""What follows when a person has signed in fully: with a passkey, or with password and second step.

Signing in calls it, in its own transaction, for every such arrival; rooms that must know write their line here.
"""

from uuid import UUID

from warp_hub.memberships import away


def after_full_sign_in(person_id: UUID) -> None:
    """Note that a person signed in fully just now; the caller commits."""
    away.note_full_sign_in(person_id)
