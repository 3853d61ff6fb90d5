"""Every route, by every method it takes, asked by every kind of visitor for what is theirs, another's and nobody's.

Of each group of kinds that stand alike one asks each route, in turns; `make proof` lets everybody ask everything.
"""

from collections.abc import Iterator
from functools import cache

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.leaks import visiting
from tests.leaks.asking import AGAIN, IN, NOTHING, SECOND_STEP, SIGN_IN, ask, at_the_door, said
from tests.leaks.throwaway import hub
from tests.leaks.visiting import ASKING, ELSEWHERE, HERE, KINDS, World
from tests.leaks.who_comes_in import WHO
from tests.sizes import SIZES
from warp_hub.proof.addresses import ids_in
from warp_hub.proof.refusing import _token, alike

pytestmark = pytest.mark.long

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ALIKE = ("NUZF", "R1K", "AID", "MXO", "Qq", "CWY", "cET")
TELLING = ("NUZF", "R1K", "AIDMXO", "CWY")  # for what is for everybody whom the door lets by
WORDS = {"again": AGAIN, "second": SECOND_STEP, "sign-in": SIGN_IN}
Asked = tuple[Rule, str]


@pytest.fixture(scope="module")
def world(hub_settings: object) -> Iterator[World]:
    """Return everybody and everything, written once; what is asked leaves nothing behind."""
    with hub(microsoft_client_id="a-client", microsoft_client_secret="a secret for the tests alone") as app:
        yield visiting.build(app)


def test_every_route_and_method_has_its_row(world: World) -> None:
    served = {(rule.endpoint, method) for rule, method in _asked(world.app)}
    assert served - set(_rows()) == set()
    assert set(_rows()) - served == set()


def test_nobody_comes_in_but_who_may(world: World) -> None:
    """What each kind is answered for what lies in Here, in Elsewhere and nowhere is what the table says."""
    tokens = {kind: _token(world.walker, kind) for kind in ASKING}
    wrong = []
    for turn, (rule, method) in enumerate(_asked(world.app)):
        for of, kinds in _in_turn(rule, method, turn).items():
            for kind in kinds:
                found = said(ask(world, rule, method, kind, of, tokens[kind]))
                meant = _meant(world.app, rule, method, kind, of)
                if found != meant:
                    wrong.append(f"{method} {rule.endpoint} of {of}, {kind} ({KINDS[kind]}): {found!r}, not {meant!r}")
    assert wrong == []


def test_what_is_anothers_is_what_is_not_there(world: World) -> None:
    """A coordinator, or a lead, cannot tell what lies in another WARP from nothing, by reading or by sending."""
    tokens = {kind: _token(world.walker, kind) for kind in "CQ"}
    told = []
    for rule, method in _asked(world.app):
        if not ids_in(rule) or "slug" in rule.arguments:
            continue
        for kind in "CQ":
            if _meant(world.app, rule, method, kind, ELSEWHERE) == NOTHING and not _is_shut_out(world, rule, kind):
                answers = [ask(world, rule, method, kind, of, tokens[kind]) for of in (ELSEWHERE, "nothing")]
                if not alike(*answers):
                    told.append(f"{method} {rule.endpoint} tells {kind}")
    assert told == []


def _is_shut_out(world: World, rule: Rule, kind: str) -> bool:
    return at_the_door(_audience(world.app, rule), "GET", kind) is not None


def _asked(app: Flask) -> list[Asked]:
    """Return every route with each of its methods; leaving comes last, since it takes the cookie along."""
    found = [
        (rule, method) for rule in app.url_map.iter_rules() for method in METHODS if method in (rule.methods or ())
    ]
    return sorted(found, key=lambda asked: (asked[0].endpoint == "signin.sign_out", asked[0].endpoint, asked[1]))


def _in_turn(rule: Rule, method: str, turn: int) -> dict[str, str]:
    """Return who asks this time, for what lies where."""
    named = "".join(_cell(rule, method, HERE)[1])
    if SIZES.every_id_as_everybody:
        return dict.fromkeys((HERE, ELSEWHERE, "nothing") if rule.arguments else (HERE,), ASKING)
    groups = TELLING if _rows()[rule.endpoint, method] == "*" else ALIKE
    kinds = "".join(group[turn % len(group)] for group in groups)
    here = {HERE: "".join(dict.fromkeys(kinds + named))}
    if not rule.arguments:
        return here
    return {**here, ELSEWHERE: "OqE"[turn % 3] + "CWMQ"[turn % 4], "nothing": "QEC"[turn % 3]}


def _meant(app: Flask, rule: Rule, method: str, kind: str, of: str) -> str:
    by_the_door = at_the_door(_audience(app, rule), method, kind)
    if by_the_door is not None:
        return by_the_door
    who, sent = _cell(rule, method, of)
    if kind in sent:
        return sent[kind]
    return IN if who == "*" or kind in who else NOTHING


def _audience(app: Flask, rule: Rule) -> str:
    return str(app.view_functions[rule.endpoint].__dict__["__audience__"])


def _cell(rule: Rule, method: str, of: str) -> tuple[str, dict[str, str]]:
    """Return who comes in to what lies there, and who is sent where instead."""
    cells = _rows()[rule.endpoint, method].split(" / ")
    who, *sent = cells[(HERE, ELSEWHERE, "nothing").index(of)].split()
    return who, {kind: WORDS[word] for word, kinds in zip(sent[::2], sent[1::2], strict=True) for kind in kinds}


@cache
def _rows() -> dict[tuple[str, str], str]:
    lines = [(head, *line.split()) for head, rows in WHO.items() for line in rows.strip().split("\n")]
    return {(endpoint, method): head for head, methods, endpoint in lines for method in methods.split("+")}
