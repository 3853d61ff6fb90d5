"""How long pages take, with a full community behind them."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import cycle

from sqlalchemy import select

from tests.bench import population
from tests.bench.figures import Figure, Row, percentile_ms
from tests.database import cloned_database
from tests.sizes import SIZES, TIER
from warp_hub import clock, config, db
from warp_hub.db.roles import RoleUrls
from warp_hub.factory import create_app
from warp_hub.memberships.models import Coordinator, Person, Post
from warp_hub.pages import warm
from warp_hub.sharing import guard
from warp_hub.sharing.models import Item
from warp_hub.sharing.visibility import house_read
from warp_hub.signin.visitors import cookie_name, open_session_for

TIMES = 100 if TIER == "proof" else 10
# One warning, few, many, all, none, without one word, and addresses: whole, by their beginning, and none.
SEARCHES = (
    "500",
    "product77",
    "supplier7",
    "known",
    "sparrowhawk",
    "update -product77",
    "10.0.0.7",
    "10.0.1",
    "172.16.0.1",
)
NAMES = ("list", "item", "search", "home", "What's waiting")


def measure() -> list[Row]:
    """Return the p95 of the list, a warning, search, the first page and the desk for each size of this tier."""
    rows: list[Row] = []
    seen: dict[int, list[float]] = {}
    for count in SIZES.page_items:
        with cloned_database() as urls:
            seen[count] = _measure_one(urls, count)
        rows += [
            Row(f"{name}, {count:,} items: p95", f"{value:.0f} ms", "200 ms")
            for name, value in zip(NAMES, seen[count], strict=True)
        ]
    if len(seen) > 1:
        least, most = min(seen), max(seen)
        rows += [
            Row(f"{name}, {most:,} against {least:,} items", f"{large / small:.2f}x", "1.5x")
            for name, small, large in zip(NAMES, seen[least], seen[most], strict=True)
        ]
    return rows


def _measure_one(urls: RoleUrls, count: int) -> list[float]:
    settings = config.load_settings(
        secret_key="a secret for the bench alone 0123456789",
        database_url=urls.owner,
        web_database_url=urls.web,
        work_database_url=urls.work,
        custody_database_url=urls.custody,
    )
    population.settle(urls.owner, clock.now() - timedelta(minutes=1), people=5000, items=count, step="2 minutes")
    population.give_words(urls.owner)
    app = create_app(settings)
    warm(app)
    guard.connect(urls.work, "work", pool_size=2)
    coordinator = db.session.scalars(select(Person).join(Coordinator, Coordinator.person_id == Person.id)).first()
    member = db.session.scalars(select(Person).join(Post, Post.person_id == Person.id).limit(1)).one()
    newest = house_read(select(Item.id).where(Item.kind == "advisory", Item.marking == "TLP:GREEN"), "bench")
    item = db.session.scalars(newest.order_by(Item.published_at.desc()).limit(1)).one()
    cookies = {name: open_session_for(person.id) for name, person in (("member", member), ("desk", coordinator))}
    db.session.commit()
    db.leave()
    asked: Sequence[tuple[str, Sequence[str]]] = (
        ("member", ["/advisories"]),
        ("member", [f"/advisories/{item}"]),
        ("member", [f"/search?q={words}" for words in SEARCHES]),
        ("member", ["/"]),
        ("desk", ["/desk"]),
    )
    taken = [_p95(app, cookies[who], paths) for who, paths in asked]
    db.disconnect()
    return taken


def _p95(app, cookie: str, paths: Sequence[str]) -> float:  # type: ignore[no-untyped-def]
    """Return the p95 of pages that are asked for in turn."""
    turns = cycle(paths)
    client = app.test_client()
    client.set_cookie(cookie_name(), cookie)

    def ask() -> None:
        path = next(turns)
        with db.acting("web"):
            answer = client.get(path)
        assert answer.status_code == 200, f"{path} answered {answer.status_code}"

    return percentile_ms(ask, 95, TIMES)


FIGURE = Figure("pages", "Pages", measure)
