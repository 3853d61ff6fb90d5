"""The door: a view that does not say for whom it is answers nobody."""

from uuid import uuid4

import pytest
from flask import Flask

from warp_hub import access, db
from warp_hub.access import STRANGER, UndeclaredView, Visitor
from warp_hub.tlp import Viewer

pytestmark = pytest.mark.usefixtures("database")
WARP = uuid4()
MEMBER = Visitor(Viewer(uuid4(), True), uuid4(), "Robin", proof="full")
ONE_FACTOR = Visitor(Viewer(uuid4(), True), uuid4(), "Robin", proof="password")
COORDINATOR = Visitor(Viewer(uuid4(), True), uuid4(), "Robin", proof="full", coordinates=frozenset({WARP}))
FRESH = Visitor(Viewer(uuid4(), True), uuid4(), "Robin", proof="full", fresh=True)
READER_WHO_RUNS = Visitor(Viewer(uuid4(), True), uuid4(), "Robin", proof="mailbox", coordinates=frozenset({WARP}))


@pytest.fixture
def house() -> Flask:
    """Return a tiny app with one view for each audience and one that forgot."""
    app = Flask("tiny", static_folder=None)
    app.config.update(SECRET_KEY="tiny", PROPAGATE_EXCEPTIONS=False, asking=STRANGER)
    access.admit(app, lambda: app.config["asking"])
    for kind in ("public", "signed-in", "full", "fresh", "coordinator"):
        app.add_url_rule(f"/{kind}", kind, access.audience(kind)(lambda: "inside"), methods=["GET", "POST"])
    app.add_url_rule("/sign-in", "signin.sign_in", access.audience("public")(lambda: "sign in"))
    app.add_url_rule("/second", "signin.second_step", access.audience("signed-in")(lambda: "second"))
    app.add_url_rule("/again", "signin.prove_again", access.audience("signed-in")(lambda: "again"))
    app.add_url_rule("/forgot", "forgot", lambda: "secret")
    return app


@pytest.mark.parametrize(
    ("asking", "path", "get", "post"),
    [
        (STRANGER, "/public", 200, 200),
        (STRANGER, "/signed-in", 302, 401),
        (STRANGER, "/full", 302, 401),
        (STRANGER, "/coordinator", 302, 401),
        (ONE_FACTOR, "/signed-in", 200, 200),
        (ONE_FACTOR, "/full", 302, 404),
        (ONE_FACTOR, "/coordinator", 302, 404),
        (MEMBER, "/full", 200, 200),
        (MEMBER, "/fresh", 303, 303),
        (ONE_FACTOR, "/fresh", 302, 404),
        (FRESH, "/fresh", 200, 200),
        (MEMBER, "/coordinator", 404, 404),
        (READER_WHO_RUNS, "/coordinator", 302, 404),
        (COORDINATOR, "/coordinator", 200, 200),
    ],
)
def test_each_audience_admits_whom_it_names(house: Flask, asking: Visitor, path: str, get: int, post: int) -> None:
    house.config["asking"] = asking
    with db.acting("web"):
        assert house.test_client().get(path).status_code == get
        assert house.test_client().post(path).status_code == post


def test_a_view_without_an_audience_answers_500_and_never_a_page(house: Flask) -> None:
    house.config["asking"] = COORDINATOR
    with db.acting("web"):
        answer = house.test_client().get("/forgot")
    assert answer.status_code == 500
    assert b"secret" not in answer.data


def test_the_door_raises_for_an_undeclared_view_under_test(house: Flask) -> None:
    house.config["PROPAGATE_EXCEPTIONS"] = True
    with db.acting("web"), pytest.raises(UndeclaredView, match="forgot"):
        house.test_client().get("/forgot")


def test_a_stranger_is_sent_to_sign_in_and_back(house: Flask) -> None:
    with db.acting("web"):
        assert house.test_client().get("/full?x=1").location == "/sign-in?next=/full?x%3D1"
