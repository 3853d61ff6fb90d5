"""The product tree of a CSAF document: which products its vulnerabilities are about, in so far as they are named."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from feeds import made

_MOST_NODES, _MOST_PRODUCTS, _DEEPEST = 20_000, 50, 3
_CPE22 = re.compile(r"cpe:/([aho])((?::[A-Za-z0-9._-]*){1,6})")
_CPE23 = re.compile(r"cpe:2\.3:[aho\-](?::(?:[^\s:\\]|\\.){1,100}){10}")
# What a leaf of these kinds is called says what it is made of, not what it is.
_NO_NAMES = frozenset({"product_version", "product_version_range", "architecture", "patch_level", "service_pack"})


@dataclass(frozen=True)
class Product:
    """A product with its maker, by whatever version."""

    name: str
    vendor: str = ""
    cpe: str = ""


@dataclass(frozen=True)
class _Leaf:
    product: Product | None
    full_name: str


class Tree:
    """Products by the ids that the document gives them."""

    def __init__(self, tree: dict[str, Any]) -> None:
        self._leaves: dict[str, _Leaf] = {}
        self._made_of: dict[str, tuple[str, ...]] = {}
        for product in made.members(tree.get("full_product_names"), _MOST_NODES):
            self._add(product, {}, "")
        for parents, node in _branches(tree):
            self._add(made.inside(node.get("product")), parents, str(node.get("category")))
        for relation in made.members(tree.get("relationships"), _MOST_NODES):
            self._relate(relation)

    def ids(self) -> Collection[str]:
        """Return every id."""
        return [*self._leaves, *self._made_of]

    def products(self, ids: Iterable[str]) -> list[Product]:
        """Return the products behind these ids, each once, at most fifty."""
        found: dict[tuple[str, str], Product] = {}
        for product in self._behind(ids):
            known = found.get((product.vendor, product.name))
            if known is None or (product.cpe and not known.cpe):
                found[product.vendor, product.name] = product
            if len(found) >= _MOST_PRODUCTS:
                break
        return list(found.values())

    def names(self, ids: Iterable[str]) -> list[str]:
        """Return what the document calls these products, version and all, each once."""
        named = (self._leaves[each].full_name for each in ids if each in self._leaves)
        return list(dict.fromkeys(name for name in named if name))

    def _behind(self, ids: Iterable[str]) -> Iterator[Product]:
        front = list(dict.fromkeys(ids))[:_MOST_NODES]
        for _ in range(_DEEPEST):
            for leaf in (self._leaves[each] for each in front if each in self._leaves):
                if leaf.product:
                    yield leaf.product
            front = list(dict.fromkeys(part for each in front for part in self._made_of.get(each, ())))[:_MOST_NODES]

    def _add(self, product: dict[str, Any], parents: dict[str, str], kind: str) -> None:
        product_id, full_name = product.get("product_id"), made.line(product.get("name"), 200)
        if not isinstance(product_id, str) or len(self._leaves) >= _MOST_NODES:
            return
        name = parents.get("product_name") or parents.get("product_family")
        name = name or ("" if kind in _NO_NAMES else full_name)
        cpe = _cpe(made.inside(product.get("product_identification_helper")).get("cpe"))
        self._leaves[product_id] = _Leaf(Product(name, parents.get("vendor", ""), cpe) if name else None, full_name)

    def _relate(self, relation: dict[str, Any]) -> None:
        whole = made.inside(relation.get("full_product_name"))
        parts = (relation.get("relates_to_product_reference"), relation.get("product_reference"))
        if isinstance(whole.get("product_id"), str):
            self._made_of[whole["product_id"]] = tuple(each for each in parts if isinstance(each, str))
            self._leaves[whole["product_id"]] = _Leaf(None, made.line(whole.get("name"), 200))


def _branches(tree: dict[str, Any]) -> Iterator[tuple[dict[str, str], dict[str, Any]]]:
    """Yield each branch with the names of what it lies under, itself included, by their kinds."""
    waiting: list[tuple[dict[str, str], dict[str, Any]]]
    waiting = [({}, each) for each in reversed(made.members(tree.get("branches"), _MOST_NODES))]
    visited = 0
    while waiting and visited < _MOST_NODES:
        visited += 1
        parents, node = waiting.pop()
        name, kind = made.line(node.get("name"), 200), node.get("category")
        below = {**parents, kind: name} if isinstance(kind, str) and name and len(kind) < 40 else parents
        yield below, node
        waiting += [(below, each) for each in reversed(made.members(node.get("branches"), _MOST_NODES))]


def _cpe(written: object) -> str:
    """Return a CPE in the form of version 2.3, or nothing."""
    cpe = written.strip() if isinstance(written, str) and len(written) < 500 else ""
    if _CPE23.fullmatch(cpe):
        return cpe
    old = _CPE22.fullmatch(cpe)
    if old is None:
        return ""
    parts = [part.lower() or "*" for part in old[2].split(":")[1:]]
    escaped = [re.sub(r"([.-])(?=.)|(?<=.)([.-])", r"\\\g<0>", part) for part in parts]
    return ":".join(["cpe:2.3", old[1], *escaped, *["*"] * (10 - len(parts))])
