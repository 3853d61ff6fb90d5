"""How long it takes to select everybody's personal digest and put it into the outbox."""

from datetime import datetime
from time import perf_counter

from sqlalchemy import func, select

from tests.bench import population
from tests.bench.figures import Figure, Row
from tests.database import cloned_database
from tests.sizes import SIZES
from warp_hub import clock, config, db
from warp_hub.digests import schedule
from warp_hub.mail.models import Letter
from warp_hub.serving.opening import load_models
from warp_hub.sharing import guard

MORNING = datetime(2026, 11, 18, 7, 31, tzinfo=clock.LONDON)


def measure() -> list[Row]:
    """Return the seconds for this tier's people, all of them with something to read."""
    people = SIZES.digests
    with cloned_database() as urls:
        config.use(config.load_settings(secret_key="a secret for the bench alone 0123456789"))
        with clock.at(MORNING):
            population.settle(urls.owner, clock.now(), people=people, items=600, every=2, step="10 minutes")
            load_models()
            guard.connect(urls.work, "work", pool_size=2)
            begun = perf_counter()
            started = schedule.start_due(clock.now())
            db.session.commit()
            taken = perf_counter() - begun
        posted = db.session.scalar(select(func.count()).select_from(Letter)) or 0
        db.leave()
        db.disconnect()
    assert started, "no digest was due"
    return [
        Row(f"{posted:,} personal digests of {people:,} people selected and in the outbox", f"{taken:.1f} s", "60 s"),
    ]


FIGURE = Figure("digests", "Digests", measure)
