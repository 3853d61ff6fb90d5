"""The products that councils most often run, and which of them a text or an identifier names.

The catalogue is `products.toml`. A word that several makers use counts only near its maker's name, a longer name
that is something else swallows the shorter one within it, and "for Windows" says where a product runs, not which.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

NEAR = 12  # words between a name and its maker
LONGEST = 50_000  # characters that are looked at

_WORD = re.compile(r"[^\W_]+")
_WHERE = frozenset({"for", "on", "running", "under"})
_MENDS = frozenset({"update", "updates", "patch", "patches", "fix", "fixes", "hotfix", "advisory", "advisories"})
_JOINS = frozenset({"and", "or"})

Phrase = tuple[str, ...]


@dataclass(frozen=True)
class Product:
    """One product of the catalogue; `aliases` are the other names by which it goes."""

    id: str
    kind: str
    vendor: str
    name: str
    aliases: tuple[str, ...]
    cpes: tuple[str, ...] = ()
    is_platform: bool = False


@dataclass
class _Names:
    """What each phrase means: products it names, products it names beside their maker, or something else."""

    alone: dict[Phrase, list[Product]] = field(default_factory=lambda: defaultdict(list))
    beside: dict[Phrase, list[Product]] = field(default_factory=lambda: defaultdict(list))
    others: set[Phrase] = field(default_factory=set)
    platforms: set[Phrase] = field(default_factory=set)
    makers: dict[Phrase, list[Product]] = field(default_factory=lambda: defaultdict(list))
    lengths: dict[str, list[int]] = field(default_factory=dict)


def catalogue() -> tuple[Product, ...]:
    """Return all products of the catalogue, in the order of the page."""
    return tuple(_load()[0].values())


def by_id(product_id: str) -> Product | None:
    """Return one product of the catalogue."""
    return _load()[0].get(product_id)


def find_products(text: str) -> list[Product]:
    """Return the products of the catalogue that a text names, in the order in which it does."""
    found: dict[str, Product] = {}
    words = words_of(text[:LONGEST])
    for product in _named(words):
        found.setdefault(product.id, product)
    return list(found.values())


def of_cpe(cpe: str) -> list[Product]:
    """Return the products of the catalogue that an identifier of the Common Platform Enumeration stands for."""
    maker_and_name = ":".join(cpe_parts(cpe))
    return [product for product in catalogue() if any(fnmatchcase(maker_and_name, one) for one in product.cpes)]


def cpe_parts(cpe: str) -> tuple[str, str]:
    """Return maker and name of an identifier, of version 2.3 or the older one with slashes; empty where it is none."""
    parts = cpe.strip().lower().replace("\\", "").split(":")
    if parts[0] == "cpe" and len(parts) > 4 and parts[1] == "2.3":
        return parts[3], parts[4]
    if parts[0] == "cpe" and len(parts) > 3 and parts[1].startswith("/"):
        return parts[2], parts[3]
    return "", ""


def words_of(text: str) -> Phrase:
    """Return the words of a text as names are compared: without capitals and without the signs between them."""
    return tuple(_WORD.findall(text.casefold()))


def _named(words: Phrase) -> Iterator[Product]:
    names = _load()[1]
    makers = _places_of_makers(words, names)
    place, aside = 0, -1
    while place < len(words):
        length, products = _longest(words, place, names, makers)
        where = _platform(words, place, names)
        if where and (_says_where(words, place) or _goes_on(words, place, aside)):
            length = max(length, where)
            aside, products = place + length, [one for one in products if not one.is_platform]
        yield from products
        place += length


def _longest(words: Phrase, place: int, names: _Names, makers: Mapping[str, list[int]]) -> tuple[int, list[Product]]:
    """Return how many words the longest name at a place has, and what it names; one word and nothing where none is."""
    for length in names.lengths.get(words[place], ()):
        phrase = words[place : place + length]
        products = [*names.alone.get(phrase, ())]
        for product in names.beside.get(phrase, ()):
            if any(abs(place - at) <= NEAR for at in makers.get(product.id, ())):
                products.append(product)
        if products or phrase in names.others:
            return length, products
    return 1, []


def _places_of_makers(words: Phrase, names: _Names) -> dict[str, list[int]]:
    places: dict[str, list[int]] = defaultdict(list)
    for place, word in enumerate(words):
        for phrase in ((word,), words[place : place + 2], words[place : place + 3]):
            for product in names.makers.get(phrase, ()):
                places[product.id].append(place)
    return places


def _platform(words: Phrase, place: int, names: _Names) -> int:
    """Return how many words the longest name of a platform at a place has; 0 where none is."""
    lengths = names.lengths.get(words[place], ())
    return next((length for length in lengths if words[place : place + length] in names.platforms), 0)


def _says_where(words: Phrase, place: int) -> bool:
    """Say whether what stands here is where something else runs: "for Windows", but not "updates for Windows"."""
    before = words[max(place - 2, 0) : place]
    return bool(before) and before[-1] in _WHERE and before[0] not in _MENDS


def _goes_on(words: Phrase, place: int, aside: int) -> bool:
    """Say whether a list of such places goes on here: "for Windows, macOS and Linux"."""
    return aside > 0 and (place == aside or (place == aside + 1 and words[aside] in _JOINS))


@cache
def _load() -> tuple[dict[str, Product], _Names]:
    given = tomllib.loads(Path(__file__).with_name("products.toml").read_text("utf-8"))["product"]
    products: dict[str, Product] = {}
    names = _Names()
    for one in given:
        products[one["id"]] = product = _product(one)
        _add(names.alone, one.get("names", ()), product)
        _add(names.beside, one.get("with_vendor", ()), product)
        _add(names.makers, (one["vendor"], *one.get("vendors", ())), product)
        names.others |= set(map(words_of, one.get("not", ())))
        if product.is_platform:
            names.platforms |= set(map(words_of, product.aliases))
    lengths: dict[str, set[int]] = defaultdict(set)
    for phrase in (*names.alone, *names.beside, *names.others):
        lengths[phrase[0]].add(len(phrase))
    names.lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}
    return products, names


def _product(one: Mapping[str, Any]) -> Product:
    return Product(
        id=one["id"],
        kind=one["kind"],
        vendor=one["vendor"],
        name=one["name"],
        aliases=(*one.get("names", ()), *one.get("with_vendor", ())),
        cpes=tuple(one.get("cpe", ())),
        is_platform=one.get("platform", False),
    )


def _add(to: dict[Phrase, list[Product]], said: Iterable[str], product: Product) -> None:
    for phrase in map(words_of, said):
        to[phrase].append(product)
