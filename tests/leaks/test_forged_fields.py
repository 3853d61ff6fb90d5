"""Fields that no form has, the same field twice, and ids in the query: a form does what it says, or nothing."""

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from sqlalchemy import text
from werkzeug.datastructures import MultiDict

from tests.leaks import visiting
from tests.leaks.throwaway import hub
from tests.leaks.visiting import ELSEWHERE, HERE, World, leaving_nothing
from warp_hub import db
from warp_hub.db import Model, session
from warp_hub.proof.refusing import _token
from warp_hub.proof.walking import read

ROOMS = ("directory", "desk_people", "organisation", "desk_organisations", "desk_places", "desk_roles", "joining")
ROOMS += ("joining_agreement", "desk_joining", "desk_agreement", "moving", "renewals", "renewals_account")
ROOMS += ("desk_renewals", "signin", "exports", "desk_stand_in")
SENDERS = "QWMC"
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_PASSING = re.compile(r'"\d{4}-\d\d-\d\dT[^"]*"|"\\\\x[0-9a-f]*"')
Sending = tuple[str, str, dict[str, str]]


@pytest.fixture(scope="module")
def world(hub_settings: object) -> Iterator[World]:
    """Return everybody and everything, written once; what is sent leaves nothing behind."""
    with hub() as app:
        yield visiting.build(app)


def test_a_form_does_what_it_says_or_nothing(world: World) -> None:
    wrong, done = _sent_forged(world, SENDERS, ROOMS)
    assert wrong == []
    assert done >= 12


def _sent_forged(world: World, senders: str, rooms: tuple[str, ...]) -> tuple[list[str], int]:
    """Send each form plainly and in two forged ways; return what differed, and how many forms did something."""
    other, mine = world.ids[ELSEWHERE], world.cast.people
    forged = {
        **dict.fromkeys(("role", "post", "post_kind"), "lead"),
        **dict.fromkeys(("state", "status"), "active"),
        **dict.fromkeys(("approved", "lead", "is_lead", "is_accepted", "mailbox_confirmed_at", "decided_by"), "1"),
        **dict.fromkeys(("warp_id", "keeper"), str(world.cast.elsewhere)),
        **dict.fromkeys(("person_id", "author", "by", "id"), str(mine["O"])),
        "kind": "full",
        "marking": "TLP:CLEAR",
        "organisation_id": str(other["organisation_id"]),
    }
    before, done, wrong = _picture(), 0, []
    for kind, url, fields in _forms(world, senders, rooms):
        plain = _effect(world, kind, url, MultiDict(fields), before)
        extra = {name: value for name, value in forged.items() if name not in fields}
        query = f"{'&' if '?' in url else '?'}{urlencode(extra)}"
        twice = [*fields.items(), *((name, forged.get(name, "x")) for name in fields if name != "csrf_token")]
        for how, to, sent in (("more", url + query, {**fields, **extra}), ("twice", url, twice)):
            found = _effect(world, kind, to, MultiDict(sent), before)
            if found not in (plain, set()):
                wrong.append(f"{kind} {url} with {how}: {sorted(found ^ plain)[:3]}")
        done += plain != set()
    return wrong, done


def _forms(world: World, senders: str, rooms: tuple[str, ...]) -> Iterator[Sending]:
    """Yield each form that somebody meets in these rooms, filled in with the first value each field offers."""
    seen = set()
    for kind in senders:
        token = _token(world.walker, kind)
        for rule in world.app.url_map.iter_rules():
            if rule.endpoint.split(".")[0] not in rooms or "GET" not in (rule.methods or ()):
                continue
            page = world.walker.ask(kind, world.address(rule, HERE))
            for method, action, offered in read(page).forms if page.status == 200 else ():
                url = action or page.url
                key = (kind, url, tuple(offered))
                if method != "post" or key in seen or url.startswith("/sign-out"):
                    continue
                seen.add(key)
                filled = {
                    name: _typed(name) if name == "telephone" else next(filter(None, values), _typed(name))
                    for name, values in offered.items()
                }
                yield kind, url, {**filled, "csrf_token": token}


def _typed(name: str) -> str:
    """Return something that a field of this name takes."""
    fitting = {"mail": "new-name@cast.example", "phone": "01632 960777", "language": "en", "domain": "new-name.example"}
    return next((value for part, value in fitting.items() if part in name), "They asked for it")


def _effect(world: World, kind: str, url: str, sent: "MultiDict[str, str]", before: set[str]) -> set[str]:
    """Return the rows that are not as they were, without what differs from moment to moment."""
    known = set(_UUID.findall(" ".join(before)))
    with leaving_nothing():
        answer = world.walker.ask(kind, url, "POST", data=sent)  # type: ignore[arg-type]
        assert answer.status < 500, url
        after = _picture()
    lines = (_UUID.sub(lambda one: one[0] if one[0] in known else "<new>", line) for line in after ^ before)
    return {_PASSING.sub('"<then>"', line) for line in lines}


def _picture() -> set[str]:
    """Return every row of people's tables that the web role reads, as text."""
    with db.acting("web"):
        names = [of.class_.__tablename__ for of in Model.registry.mappers if of.class_.__audience__ == "house"]
        may = text("SELECT n FROM unnest(CAST(:n AS text[])) n WHERE has_table_privilege(n, 'SELECT')")
        read_by_web = sorted(set(session.scalars(may, {"n": names})) - NOTED)
        rows = " UNION ALL ".join(f"SELECT '{name} ' || to_jsonb(t)::text FROM \"{name}\" t" for name in read_by_web)
        found = set(session.scalars(text(rows)))
        db.leave()
    return found


# What is counted and noted on the way, whatever was sent.
NOTED = {"audit", "audit_link", "session", "letter", "sign_in_attempt", "used_challenge"}
