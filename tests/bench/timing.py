"""Whether the time of an answer tells that the hub knows an address: signing in, and asking for a new password.

Known and unknown addresses take turns in random order, each try from another source and once the one before is
done, so that what else goes on meets both alike. Passwords are hashed at the cost of an installation.
"""

import random
import statistics
from itertools import count
from math import erfc, sqrt
from time import perf_counter

from bs4 import BeautifulSoup
from flask import Flask

from tests import factories
from tests.bench.figures import Figure, Row
from tests.database import cloned_database
from tests.sizes import SIZES
from warp_hub import clock, config, db
from warp_hub.db.roles import RoleUrls
from warp_hub.factory import create_app
from warp_hub.pages import warm
from warp_hub.serving.opening import load_models
from warp_hub.sharing import guard
from warp_hub.signin import passwords
from warp_hub.signin.models import Credential

ASKED = (("/sign-in", "signing in with a wrong password", 422), ("/sign-in/password", "asking for a new password", 200))
WARM = 6


def measure() -> list[Row]:
    """Return by how much the medians differ, and how likely that is by chance."""
    with cloned_database() as urls:
        app = _opened(urls)
        known = _people(SIZES.timing_tries // 2 + WARM)
        unknown = [address.replace("sam", "nob") for address in known]
        rows = [row for path, what, status in ASKED for row in _compared(app, path, what, status, known, unknown)]
        db.disconnect()
    return rows


def _opened(urls: RoleUrls) -> Flask:
    load_models()
    given = {f"{role}_database_url": getattr(urls, role) for role in ("web", "work", "custody")}
    settings = config.load_settings(
        secret_key="a secret for the bench alone 0123456789", database_url=urls.owner, **given
    )
    app = create_app(settings)
    warm(app)
    guard.connect(urls.work, "work", pool_size=2)
    return app


def _people(number: int) -> list[str]:
    hashed, now = passwords.hash_of("coffee train fishbone"), clock.now()
    with db.acting("work"):
        people = [factories.person(email=f"sam.lee{each}@testham.example") for each in range(number)]
        db.session.commit()
        told = [(person.id, person.email) for person in people]
        db.leave()
    with db.acting("web"):
        db.session.add_all(Credential(person_id=one, password_hash=hashed, password_set_at=now) for one, _ in told)
        db.session.commit()
        db.leave()
    return [email for _, email in told]


def _compared(app: Flask, path: str, what: str, status: int, known: list[str], unknown: list[str]) -> list[Row]:
    client, sources = app.test_client(), (f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}" for n in count(1))
    token = str(BeautifulSoup(client.get(path).data, "html5lib").select_one('[name="csrf_token"]')["value"])  # type: ignore[index]

    def take(address: str) -> float:
        form = {"email": address, "password": "not this one at all", "csrf_token": token}
        source = {"REMOTE_ADDR": next(sources)}
        begun = perf_counter()
        with db.acting("web"):
            answer = client.post(path, data=form, environ_base=source)
        taken = (perf_counter() - begun) * 1000
        assert answer.status_code == status, answer.status_code
        return taken

    tries = [(True, address) for address in known] + [(False, address) for address in unknown]
    random.Random(7).shuffle(tries)
    taken = [(is_known, take(address)) for is_known, address in tries][2 * WARM :]
    of_known, of_unknown = ([ms for is_known, ms in taken if is_known is which] for which in (True, False))
    ours, theirs = statistics.median(of_known), statistics.median(of_unknown)
    apart = abs(ours - theirs) / max(ours, theirs)
    return [
        Row(f"{what}, {len(taken)} tries: medians of known and unknown", f"{ours:.1f} and {theirs:.1f} ms"),
        Row(f"{what}: medians apart by", f"{apart:.1%}", "5 %"),
        Row(f"{what}: as far apart by chance (rank test)", f"p = {_by_chance(of_known, of_unknown):.2f}", "over 0.01"),
    ]


def _by_chance(ours: list[float], theirs: list[float]) -> float:
    """Return how likely ranks as uneven as these are if both are the same (Mann and Whitney, two-sided)."""
    ranked = {ms: rank for rank, ms in enumerate(sorted([*ours, *theirs]), 1)}
    some, others = len(ours), len(theirs)
    score = sum(ranked[ms] for ms in ours) - some * (some + 1) / 2
    spread = sqrt(some * others * (some + others + 1) / 12)
    return erfc(abs(score - some * others / 2) / spread / sqrt(2))


FIGURE = Figure("timing", "Known and unknown addresses", measure)
