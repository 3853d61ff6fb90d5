"""Refusing: what one may not see is what is not there, byte for byte; and nobody else's forms change anything."""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from warp_hub import db
from warp_hub.db import Model, session
from warp_hub.proof.addresses import addresses_of, ids_of, paths, rules_with_ids
from warp_hub.proof.cast import VIEWERS
from warp_hub.proof.judging import Ledger
from warp_hub.proof.outlets import OF_HERE, PAGES
from warp_hub.proof.planted import Garden
from warp_hub.proof.walking import Answer, Walker, read
from warp_hub.sharing.visibility import house_read

CONDITIONS = {"If-None-Match": "*", "If-Modified-Since": "Wed, 01 Jan 2099 00:00:00 GMT"}
CHANGING = ("POST", "PUT", "PATCH", "DELETE")
_TOKEN = re.compile(rb'(name="(?:csrf_token|sending)"[^>]*value=")[^"]*|(value=")[^"]*("[^>]*name="csrf_token")')
_IDS = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_PASSING = {"date", "set-cookie", "content-length"}  # the length follows from the body, which is compared


def alike(one: Answer, other: Answer) -> bool:
    """Say whether two answers are the same but for the address that was asked, the form's token and the time."""
    return _without_accidents(one) == _without_accidents(other)


def compare_with_absence(ledger: Ledger, refused: Answer, absent: Answer) -> None:
    """Note a leak where a refusal can be told from an absence."""
    if not alike(refused, absent):
        ledger.leak(f"{refused.viewer} can tell {refused.url} ({refused.status}) from nothing ({absent.status})")


def ask_again_otherwise(ledger: Ledger, walker: Walker, answer: Answer) -> None:
    """Ask with other methods and conditions: none of them may tell more than the plain question did."""
    head = walker.ask(answer.viewer, answer.url, "HEAD")
    if head.body or head.status != answer.status:
        ledger.leak(f"HEAD {answer.url} tells {answer.viewer} more than GET: {head.status}, {len(head.body)} bytes")
    conditional = walker.ask(answer.viewer, answer.url, headers=CONDITIONS)
    if conditional.status == 304 or not alike(conditional, answer):
        ledger.leak(f"a condition tells {answer.viewer} about {answer.url}: {conditional.status}")
    held = {name.lower() for name, _ in answer.headers}
    if held & {"etag", "last-modified"} or "no-store" not in dict(answer.headers).get("Cache-Control", ""):
        ledger.leak(f"{answer.viewer}'s browser may keep or compare {answer.url}")


def nobody_else_changes_anything(
    ledger: Ledger, walker: Walker, garden: Garden, viewers: Sequence[str], *, turns: int = 1
) -> None:
    """Send every form of the desk, and an empty one, as those whose desk it is not; nothing may have changed.

    In more turns than one each viewer sends a part of them, so that every one is sent by some.
    """
    forms = [form for form in _forms_of_the_desk(walker, garden) if PAGES[form[0]].kind == "change"]
    for rule in _changing(walker.app, is_change=True):
        for id in (garden.ids["GREEN waiting"], garden.ids["GREEN published"]):
            forms += [(rule.endpoint, url, {}) for url in addresses_of(walker.app, rule, id)]
    before = picture_of_items()
    for viewer in (viewer for viewer in viewers if viewer not in OF_HERE):
        token = _token(walker, viewer)
        for endpoint, url, fields in forms[list(VIEWERS).index(viewer) % turns :: turns]:
            answer = walker.ask(viewer, url, "POST", data={**fields, "csrf_token": token})
            ledger.compared(f"sending {endpoint}", viewer, ["GREEN waiting", "GREEN published"])
            if answer.status < 400 and not _is_sent_to_sign_in(answer):
                ledger.leak(f"{viewer} may send {url}: {answer.status}")
        _to_act_tells_nothing(ledger, walker, garden, viewer, token)
    if picture_of_items() != before:
        ledger.leak("somebody changed items that lie on others' desks")


def _to_act_tells_nothing(ledger: Ledger, walker: Walker, garden: Garden, viewer: str, token: str) -> None:
    """Reply to, follow and book what this viewer has never seen: it must be as if there were nothing."""
    ids = ids_of(garden)
    for rule in _changing(walker.app, is_change=False):
        there, nowhere = (addresses_of(walker.app, rule, ids[row])[0] for row in ("GREEN waiting", "nothing"))
        answers = [walker.ask(viewer, url, "POST", data={"csrf_token": token}) for url in (there, nowhere)]
        ledger.compared(f"sending {rule.endpoint}", viewer, ["GREEN waiting"])
        compare_with_absence(ledger, *answers)


def _changing(app: Flask, *, is_change: bool) -> list[Rule]:
    rules = rules_with_ids(app, *CHANGING)
    return [rule for rule in rules if (PAGES[rule.endpoint].kind == "change") is is_change]


def picture_of_items() -> dict[str, list[str]]:
    """Return every watched row as text, to see whether anything was changed."""
    with db.acting("work"):
        watched = (mapper.class_ for mapper in Model.registry.mappers)
        found = {of.__tablename__: _rows(of) for of in watched if of.__audience__ in ("item", "coordinators")}
        db.leave()
    return found


def _rows(of: Any) -> list[str]:
    rows = session.execute(house_read(select(*of.__table__.columns), "leak test"))
    return sorted(repr(tuple(row)) for row in rows)


def _forms_of_the_desk(walker: Walker, garden: Garden) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield the forms that C meets on the desk's pages, filled in with the first value each field offers."""
    pages = [walker.ask("C", url) for _endpoint, url in paths(walker.app) if url.startswith("/desk")]
    for rule in (rule for rule in rules_with_ids(walker.app, "GET") if PAGES[rule.endpoint].kind != "nothing"):
        for row in ("GREEN waiting", "GREEN published"):
            pages += [walker.ask("C", url) for url in addresses_of(walker.app, rule, garden.ids[row])]
    for answer in pages:
        for method, action, fields in read(answer).forms:
            if method == "post" and not action.startswith(("/account", "/sign-out", "/digests", "/desk/digest")):
                url = action or answer.url
                filled = {name: next(filter(None, values), "x") for name, values in fields.items()}
                yield walker.endpoint_of(url, "POST"), url, filled


def _is_sent_to_sign_in(answer: Answer) -> bool:
    return dict(answer.headers).get("Location", "").startswith("/sign-in")


def _token(walker: Walker, viewer: str) -> str:
    """Return a good form token of this viewer's own."""
    fields = [fields for _, _, fields in read(walker.ask(viewer, "/sign-out")).forms if "csrf_token" in fields]
    return fields[0]["csrf_token"][0]


class Absence:
    """What one viewer is answered for an id of nothing, by the address; asked for when it is needed."""

    def __init__(self, walker: Walker, viewer: str, garden: Garden) -> None:
        self._ask = cache(lambda url: walker.ask(viewer, url))
        self._nothing = ids_of(garden)["nothing"]

    def beside(self, id: UUID, url: str) -> Answer:
        """Return the answer to this address with an id of nothing in place of this one."""
        return self._ask(url.replace(str(id), str(self._nothing)))


@lru_cache(maxsize=64)  # what is absent is compared with many refusals
def _without_accidents(answer: Answer) -> tuple[int, bytes, list[tuple[str, str]]]:
    asked = answer.url.split("/")[-1].split("?")[0] if "-" in answer.url else "-"
    body = _TOKEN.sub(rb"\1\2\3", answer.body)
    mine = set(_IDS.findall(answer.url)) | {asked}
    for id in mine:
        body = body.replace(id.encode(), b"<id>")
    headers = [(name, value) for name, value in answer.headers if name.lower() not in _PASSING]
    for id in mine:
        headers = [(name, value.replace(id, "<id>")) for name, value in headers]
    return answer.status, body, sorted(headers)
