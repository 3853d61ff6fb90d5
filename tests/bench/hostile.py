"""Hostile sources over real sockets: what they did to the hub, and whether others had to wait."""

import tempfile
from pathlib import Path
from time import perf_counter

from tests import factories
from tests.advisories import hostile_run
from tests.advisories.hostile_run import LONGEST, MOST_GROWTH, Tally
from tests.bench.figures import Figure, Row
from tests.database import cloned_database
from tests.feeds import hostile_sources
from tests.sizes import SIZES, TIER
from warp_hub import config, db
from warp_hub.serving.opening import load_models
from warp_hub.sharing import guard

_SHOWN = 5


def measure() -> list[Row]:
    """Return the rows for this tier's share of the hostile sources; for a proof, all of them."""
    whole = hostile_sources.all_sources()
    hostile = whole if TIER == "proof" else hostile_sources.chosen(SIZES.hostile_documents)
    with cloned_database() as urls, tempfile.TemporaryDirectory(prefix="warp-hub-bench-") as folder:
        config.use(config.load_settings(secret_key="a secret for the bench alone 0123456789"))
        load_models()
        guard.connect(urls.work, "work", pool_size=4)
        slug = factories.warp(slug="bench").slug
        db.session.commit()
        begun = perf_counter()
        tally = hostile_run.run(hostile, slug, Path(folder))
        taken = perf_counter() - begun
        db.leave()
        db.disconnect()
    families = {source.family for source in hostile}
    return [*_rows(tally, len(families)), Row("all of them, one after the other", f"{taken:.0f} s")]


def _rows(tally: Tally, families: int) -> list[Row]:
    return [
        Row("hostile sources pulled over real sockets", f"{tally.sources} in {families} families", "500 in 18"),
        Row("refused as a whole; objects put aside", f"{tally.refused}; {tally.set_aside}"),
        Row("crashes", _told(tally.crashes), "0"),
        Row(f"hangs over {LONGEST} s; the longest pull", f"{_told(tally.hangs)}; {tally.longest:.1f} s", "0"),
        Row("growth of memory", f"{tally.growth / 1024:.0f} MB", f"under {MOST_GROWTH // 1024} MB"),
        Row("requests to an address where no source was said to be", _told(tally.trespasses), "0"),
        Row("sound objects beside hostile ones that were lost", _told(tally.lost), "0"),
        Row("sentences that hold a password or are none", _told(tally.told), "0"),
        Row("honest sources beside a hanging one that had to wait", _told(tally.late), "0"),
    ]


def _told(faults: list[str]) -> str:
    return "; ".join([str(len(faults)), *faults[:_SHOWN]])


FIGURE = Figure("hostile", "Hostile sources", measure)
