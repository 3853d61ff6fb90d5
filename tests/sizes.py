"""How much each tier does: `make test`, `.ci/run`, `make proof`; one table, one code base.

WARP_HUB_TIER names the tier; without it a run is a test run.
"""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """What one tier runs."""

    hypothesis_examples: int
    kills_per_step: int
    hostile_documents: int
    feed_objects: int
    repoll_objects: int
    bench_items: tuple[int, ...]
    page_items: tuple[int, ...]
    digests: int
    match_warnings: int
    real_files: int
    seconds_per_deadline: float
    parallel_bookings: int
    timing_tries: int
    every_id_as_everybody: bool
    every_way: bool


TIERS = {
    "test": Sizes(
        hypothesis_examples=40,
        kills_per_step=1,
        hostile_documents=20,
        feed_objects=300,
        repoll_objects=300,
        bench_items=(200,),
        page_items=(200,),
        digests=20,
        match_warnings=200,
        parallel_bookings=40,
        real_files=6,
        every_id_as_everybody=False,
        every_way=False,
        seconds_per_deadline=1.0,
        timing_tries=20,
    ),
    "ci": Sizes(
        hypothesis_examples=150,
        kills_per_step=1,
        hostile_documents=20,
        feed_objects=1_000,
        repoll_objects=1_000,
        bench_items=(1_000,),
        page_items=(1_000,),
        digests=100,
        match_warnings=2_000,
        parallel_bookings=40,
        real_files=59,
        every_id_as_everybody=False,
        every_way=False,
        seconds_per_deadline=1.0,
        timing_tries=40,
    ),
    "proof": Sizes(
        hypothesis_examples=2_000,
        kills_per_step=10,
        hostile_documents=500,
        feed_objects=10_000,
        repoll_objects=100_000,
        bench_items=(1_000, 100_000, 1_000_000),
        page_items=(1_000, 100_000, 200_000, 1_000_000),
        digests=5_000,
        match_warnings=100_000,
        parallel_bookings=200,
        real_files=59,
        every_id_as_everybody=True,
        every_way=True,
        seconds_per_deadline=4.0,
        timing_tries=400,
    ),
}

TIER = os.environ.get("WARP_HUB_TIER", "test")
SIZES = TIERS[TIER]
