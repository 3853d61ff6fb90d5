"""Fields that no form has, the same field twice, and ids in the query: a form does what it says, or nothing."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from flask import request
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.datastructures import MultiDict

from tests.leaks import visiting
from tests.leaks.throwaway import hub
from tests.leaks.visiting import ELSEWHERE, HERE, World, leaving_nothing
from warp_hub import clock, db
from warp_hub.access import visitor
from warp_hub.db import Model, session
from warp_hub.memberships import applications
from warp_hub.memberships.models import MembershipKind, Person, Post, PostKind
from warp_hub.proof.refusing import _token
from warp_hub.proof.walking import read

pytestmark = pytest.mark.long

ROOMS = ("directory", "desk_people", "organisation", "desk_organisations", "desk_places", "desk_roles", "joining")
ROOMS += ("joining_agreement", "desk_joining", "desk_agreement", "moving", "moving_link", "renewals")
ROOMS += ("renewals_account", "desk_renewals", "signin", "exports", "desk_stand_in", "desk_settings", "desk_answers")
ROOMS += ("digests", "interests", "home")
SENDERS = "QWMCA"  # a lead, who runs a WARP and is of no council, a member, who runs one, and an applicant
# Where everybody meets the same forms about themselves: one sends them for all.
OF_ONES_OWN = ("directory", "signin", "exports", "digests", "interests", "renewals_account", "home")
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_PASSING = re.compile(r'"\d{4}-\d\d-\d\dT[^"]*"|"\\\\x[0-9a-f]*"|"\$argon2[^"]*"')
Sending = tuple[str, str, dict[str, str]]
Picture = dict[str, frozenset[str]]  # the rows of each table as text
KNOWN = "ids that were there"

# What none of these people meets as they stand: it needs a link out of a letter, an account at a provider, something
# that was asked for before, or nobody to be signed in. Each has tests of its own beside its room.
NOT_MET = """
    desk_organisations.drop_domain desk_people.resume_mail desk_places.end_recusal desk_renewals.settle
    digests.unsubscribe joining.apply joining.open_application joining.reply moving_link.keep_sending
    moving_link.send_invitation renewals.confirm_mailbox signin.accept_invitation signin.confirm_account
    signin.confirm_address signin.confirm_binding signin.confirm_invitation signin.confirm_recovery_address
    signin.end_binding signin.end_other_sessions signin.end_session signin.open_link signin.organisation_sign_in
    signin.password_after_recovery signin.recover signin.remove_app signin.remove_passkey signin.remove_password
    signin.remove_recovery_address signin.reset_password signin.second_step signin.second_step_setup signin.sign_in
    signin.sign_out signin.undo_address
"""
# What does something when it is sent as it stands; the others are refused for what a page cannot fill in by itself.
DO_SOMETHING = """
    desk_agreement.write_agreement desk_joining.decide_application desk_organisations.add_domain
    desk_organisations.add_person desk_organisations.answer_domain desk_organisations.change_names
    desk_organisations.change_post desk_places.recuse desk_places.replace desk_roles.answer desk_roles.propose
    desk_roles.step_down desk_stand_in.end_stand_in directory.my_profile exports.make_token exports.stop_token
    joining.check joining.tell joining_agreement.accept_agreement organisation.ask_domain organisation.change_names
    organisation.make_lead organisation.remove_colleague renewals.confirm_people signin.change_address
    signin.change_password signin.end_account signin.recovery_codes
"""

# What is counted and noted on the way, whatever was sent.
NOTED = {"audit", "audit_link", "session", "letter", "sign_in_attempt", "used_challenge"}


@dataclass
class Sent:
    """What was sent forged: what differed, and which forms were met and did something when sent plainly."""

    wrong: list[str] = field(default_factory=list)
    met: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def world(hub_settings: object) -> Iterator[World]:
    """Return everybody and everything, written once; what is sent leaves nothing behind."""
    with hub() as app:
        made = visiting.build(app)
        _let_apply(made, made.walker._browsers["A"])
        yield made


def _let_apply(world: World, browser: FlaskClient) -> None:
    """Let a browser go on with an application that is not sent yet."""
    with db.acting("work"):
        begun = applications.begin("applies@cast.example", world.cast.here)
        applications.confirm(begun)
        told = {"name": "Mei Zhang", "job": "Officer", "language": "en", "organisation_name": "A town", "why": "x"}
        applications.save(begun.id, kind=MembershipKind.FULL, **told)
        session.commit()
        db.leave()
    with browser.session_transaction(base_url="http://localhost") as kept:
        kept["application"] = [str(begun.id), clock.now().isoformat()]


def test_a_form_does_what_it_says_or_nothing(world: World) -> None:
    sent = _sent_forged(world, SENDERS, ROOMS)
    assert sent.wrong == []
    assert _posted_to(world) - sent.met == set(NOT_MET.split())
    assert set(DO_SOMETHING.split()) - sent.done == set()


def _posted_to(world: World) -> set[str]:
    """Return the forms that people's rooms take."""
    rules = world.app.url_map.iter_rules()
    return {rule.endpoint for rule in rules if rule.endpoint.split(".")[0] in ROOMS and "POST" in (rule.methods or ())}


def _takes_any_field(me: Person) -> None:
    """Set whatever the request names, as filling an object from a form does."""
    for post in session.scalars(select(Post).where(Post.person_id == me.id)):
        post.kind = PostKind(request.values.get("post_kind", post.kind))


def _goes_by_the_query(me: Person) -> None:
    """Go by the id that the request names instead of by who is asking."""
    of = UUID(request.values.get("person_id", str(me.id)))
    session.scalars(select(Person).where(Person.id == of)).one().language = "cy"


def _takes_the_last(me: Person) -> None:
    """Read the last of the same field where the form was checked by the first."""
    me.name = request.form.getlist("name")[-1]


FAULTS: dict[Callable[[Person], None], str] = {
    _takes_any_field: "with more",
    _goes_by_the_query: "with more",
    _takes_the_last: "with twice",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_view_that_takes_more_than_its_form_is_found(
    world: World, fault: Callable[[Person], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    view = world.app.view_functions["directory.my_profile"]

    @wraps(view)
    def faulty(**given: Any) -> Any:
        answer = view(**given)
        if request.method == "POST":
            fault(session.scalars(select(Person).where(Person.id == visitor().person)).one())
            session.commit()
        return answer

    monkeypatch.setitem(world.app.view_functions, "directory.my_profile", faulty)
    wrong = _sent_forged(world, "M", ("directory",)).wrong
    assert [FAULTS[fault] in line for line in wrong] == [True], wrong


def _sent_forged(world: World, senders: str, rooms: tuple[str, ...]) -> Sent:
    """Send each form plainly and in two forged ways."""
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
    before, sent = _picture(_pictured()), Sent()
    before[KNOWN] = frozenset(one for rows in before.values() for line in rows for one in _UUID.findall(line))
    for kind, url, fields in _forms(world, senders, rooms):
        plain = _effect(world, kind, url, MultiDict(fields), before)
        extra = {name: value for name, value in forged.items() if name not in fields}
        query = f"{'&' if '?' in url else '?'}{urlencode(extra)}"
        twice = [*fields.items(), *((name, forged.get(name, "x")) for name in fields if name != "csrf_token")]
        for how, to, given in (("more", url + query, {**fields, **extra}), ("twice", url, twice)):
            found = _effect(world, kind, to, MultiDict(given), before)
            if found not in (plain, set()):
                sent.wrong.append(f"{kind} {url} with {how}: {sorted(found ^ plain)[:3]}")
        endpoint = world.walker.endpoint_of(url, "POST")
        sent.met.add(endpoint)
        sent.done |= {endpoint} if plain else set()
    return sent


def _forms(world: World, senders: str, rooms: tuple[str, ...]) -> Iterator[Sending]:
    """Yield each form that somebody meets in these rooms, filled in with the first value each field offers."""
    seen = set()
    for kind in senders:
        token = _token(world.walker, kind)
        for rule in world.app.url_map.iter_rules():
            if rule.endpoint.split(".")[0] not in rooms or "GET" not in (rule.methods or ()):
                continue
            with world.walker.looking_up_once():
                page = world.walker.ask(kind, world.address(rule, HERE))
            for method, action, offered in read(page).forms if page.status == 200 else ():
                url = action or page.url
                key = ("" if rule.endpoint.split(".")[0] in OF_ONES_OWN else kind, url, tuple(offered))
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


def _effect(world: World, kind: str, url: str, sent: "MultiDict[str, str]", before: Picture) -> set[str]:
    """Return the rows that are not as they were, without what differs from moment to moment."""
    browser: Any = world.walker._browsers[kind]
    cookies = dict(browser._cookies)
    with leaving_nothing():
        answer = world.walker.ask(kind, url, "POST", data=sent)  # type: ignore[arg-type]
        assert answer.status < 500, url
        after = _picture(_written() & before.keys())
    browser._cookies = cookies  # a new session went with what was undone
    lines = (line for name, rows in after.items() for line in rows ^ before[name])
    return {
        _PASSING.sub('"<then>"', _UUID.sub(lambda one: one[0] if one[0] in before[KNOWN] else "<new>", line))
        for line in lines
    }


def _pictured() -> set[str]:
    """Return people's tables that the web role reads, but for what is noted on the way."""
    with db.acting("web"):
        mapped = (mapper.class_ for mapper in Model.registry.mappers)
        names = [of.__tablename__ for of in mapped if of.__audience__ in ("house", "public")]
        may = text("SELECT n FROM unnest(CAST(:n AS text[])) n WHERE has_table_privilege(n, 'SELECT')")
        found = set(session.scalars(may, {"n": names})) - NOTED
        db.leave()
    return found


def _written() -> set[str]:
    """Return the tables to which this transaction wrote, or an earlier one of the connection that ended just now."""
    with db.acting("web"):
        counts = "SELECT relname FROM pg_stat_xact_user_tables WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        found = set(session.scalars(text(counts)))
        db.leave()
    return found


def _picture(names: set[str]) -> Picture:
    """Return every row of these tables as text."""
    if not names:
        return {}
    rows = (f"SELECT '{name}', to_jsonb(t)::text FROM \"{name}\" t" for name in sorted(names))
    found: dict[str, set[str]] = {name: set() for name in names}
    with db.acting("web"):
        for name, line in session.execute(text(" UNION ALL ".join(rows))):
            found[name].add(f"{name} {line}")
        db.leave()
    return {name: frozenset(lines) for name, lines in found.items()}
