"""Addresses: those of every page, with each id and every other argument worth trying."""

from collections.abc import Iterator
from uuid import UUID, uuid4

from flask import Flask
from werkzeug.routing import Rule

from warp_hub.proof.planted import Garden


def paths(app: Flask) -> list[tuple[str, str]]:
    """Return (endpoint, address) of every page that needs no id; other arguments are tried with what may fit."""
    return [(rule.endpoint, url) for rule in _readable(app) if not ids_in(rule) for url in _filled(app, rule, {})]


def addresses_of(app: Flask, rule: Rule, id: UUID) -> list[str]:
    """Return the addresses of a page for one id, which is tried for each of its arguments."""
    return _filled(app, rule, dict.fromkeys(ids_in(rule), id))


def rules_with_ids(app: Flask, *methods: str) -> list[Rule]:
    """Return the rules that take an id and answer one of these methods."""
    found = (rule for rule in app.url_map.iter_rules() if ids_in(rule))
    return [rule for rule in found if set(methods) & (rule.methods or set())]


def ids_in(rule: Rule) -> list[str]:
    """Return the names of a rule's arguments that are ids."""
    return [name for name, converter in rule._converters.items() if type(converter).__name__ == "UUIDConverter"]


def ids_of(garden: Garden) -> dict[str, UUID]:
    """Return every id worth trying, by its row; one of them is of nothing at all."""
    others = {f"source {name}": id for name, id in garden.sources.items()}
    others |= {f"aside from {name}": id for name, id in garden.aside.items()}
    others |= garden.reports | garden.applications | garden.others_who_applied | garden.agreements
    return {**garden.ids, **others, "nothing": uuid4()}


def _readable(app: Flask) -> Iterator[Rule]:
    return (rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()))


# What else than ids stands in an address.
FITTING = {
    "slug": ("here", "elsewhere", "nowhere"),
    "filename": ("app.css",),
    "secret": ("no-such-secret",),
    "language": ("cy", "en"),
    "question": ("name",),
    "why": ("unknown",),
}


def _filled(app: Flask, rule: Rule, known: dict[str, UUID]) -> list[str]:
    combinations: list[dict[str, object]] = [dict(known)]
    for name in sorted(rule.arguments - set(known)):
        fitting = FITTING[name]
        combinations = [{**one, name: value} for one in combinations for value in fitting]
    adapter = app.url_map.bind("localhost")
    return [adapter.build(rule.endpoint, values) for values in combinations]
