"""Lets what waits at Midshire go out now, whatever its time: journeys cannot wait four hours.

Runs as a program of its own on the hub in WARP_HUB_DATA_DIR, beside the hub that serves.
"""

from datetime import timedelta

from sqlalchemy import select, update

from warp_hub import clock, db
from warp_hub.incidents import release
from warp_hub.incidents.reports import Report
from warp_hub.memberships.models import Warp
from warp_hub.serving.opening import as_worker


def main() -> None:
    """Say of every report that it has waited long enough, and do a batch of its own."""
    with as_worker():
        now = clock.now()
        db.session.execute(update(Report).values(not_before=now - timedelta(minutes=1), waited=1))
        warp = db.session.scalars(select(Warp).where(Warp.slug == "midshire")).one()
        release.release(warp, now)


if __name__ == "__main__":
    main()
