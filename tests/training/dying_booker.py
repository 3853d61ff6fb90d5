"""Books one place in a process of its own, so that a test can kill it: URL ITEM PERSON."""

import sys
from uuid import UUID

from warp_hub import config, db
from warp_hub.memberships.viewers import Proof, viewer_of
from warp_hub.serving.opening import load_models
from warp_hub.sharing import guard
from warp_hub.training import bookings


def main(url: str, item_id: str, person_id: str) -> None:
    config.use(
        config.load_settings(secret_key="a secret for the tests alone 0123456789", base_url="http://localhost:8000")
    )
    load_models()
    guard.connect(url, "web")
    viewer = viewer_of(UUID(person_id), Proof.FULL)
    db.session.rollback()
    db.enter(viewer.settings())
    bookings.book(UUID(item_id), viewer)
    print("reached", flush=True)
    sys.stdin.readline()
    db.session.commit()
    print("booked", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
