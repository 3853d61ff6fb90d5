"""How long pages take, with a full community behind them."""

from datetime import timedelta

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


def measure() -> list[Row]:
    """Return the p95 of the list, a warning, the home page and the desk for each size of this tier."""
    rows: list[Row] = []
    seen: dict[int, float] = {}
    for count in SIZES.bench_items:
        with cloned_database() as urls:
            found = _measure_one(urls, count)
        seen[count] = found[0]
        rows += [
            Row(f"{name}, {count:,} items: p95", f"{value:.0f} ms", "200 ms")
            for name, value in zip(("list", "item", "home", "What's waiting"), found, strict=True)
        ]
    if len(seen) > 1:
        rows.append(
            Row(f"list, {max(seen):,} against {min(seen):,} items", f"{seen[max(seen)] / seen[min(seen)]:.2f}x", "1.5x")
        )
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
    asked = (("member", "/advisories"), ("member", f"/advisories/{item}"), ("member", "/"), ("desk", "/desk"))
    taken = [_p95(app, cookies[who], path) for who, path in asked]
    db.disconnect()
    return taken


def _p95(app, cookie: str, path: str) -> float:  # type: ignore[no-untyped-def]
    client = app.test_client()
    client.set_cookie(cookie_name(), cookie)

    def ask() -> None:
        with db.acting("web"):
            answer = client.get(path)
        assert answer.status_code == 200, f"{path} answered {answer.status_code}"

    return percentile_ms(ask, 95, TIMES)


FIGURE = Figure("pages", "Pages", measure)
