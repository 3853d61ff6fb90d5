"""Key holders of the demonstration: two coordinators each of Midshire and Westmarch; Northmere has one and so none."""

from warp_hub.db import session
from warp_hub.demo.community import Community
from warp_hub.operations import first_keys

# Printed on the page of personas: here, and nowhere else, a passphrase is no secret.
PASSPHRASES = {
    "coordinator-midshire": "seven otters paint the harbour",
    "coordinator-westmarch": "a lantern for the slow train",
}
OF_OTHERS = {"midshire": "plum jam on the county map", "westmarch": "quiet bells under the bridge"}


def make_all(built: Community) -> None:
    """Give each key holder a key under their passphrase."""
    for slug, passphrase in PASSPHRASES.items():
        first_keys.give_key(built.people[slug].id, passphrase)
    for warp, passphrase in OF_OTHERS.items():
        first_keys.give_key(built.second_coordinators[warp], passphrase)
    session.commit()
