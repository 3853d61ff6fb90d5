"""The house itself: floors, sizes, and the rules that no reviewer should have to remember."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = [path for top in ("warp_hub", "feeds") for path in sorted((ROOT / top).rglob("*.py"))]


def _where(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _found(pattern: str, *, outside: str = r"(?!)") -> list[str]:
    lines = re.compile(pattern)
    return [
        f"{_where(path)}:{number}"
        for path in SOURCES
        if not re.search(outside, _where(path))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if lines.search(line.split("  # noqa")[0])
    ]


def test_the_floors_hold() -> None:
    lint = Path(sys.executable).parent / "lint-imports"
    run = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-4000:]


# Rooms that seal, open, put away or begin; nothing that shows things to readers is among them.
MAY_USE_CUSTODY = ("custody", "incidents", "discussions", "jobs", "operations")
INSTALLS_CUSTODY = {"warp_hub.custody.passphrases", "warp_hub.custody.views"}


def test_custody_is_used_by_those_rooms_alone() -> None:
    using = {
        (_where(path), name)
        for path in SOURCES
        if _where(path).split("/")[1].removesuffix(".py") not in MAY_USE_CUSTODY
        for name in _imported(path)
        if f"{name}.".startswith("warp_hub.custody.") and name != "warp_hub.custody.promises"  # words alone
    }
    assert using == {("warp_hub/factory.py", f"{name}") for name in INSTALLS_CUSTODY}


def _imported(path: Path) -> Iterator[str]:
    """Yield the modules that a file imports, whether it names them or what is in them."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            inside = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if _is_module(name) else str(node.module) for name in inside)


def _is_module(name: str) -> bool:
    place = ROOT.joinpath(*name.split("."))
    return place.is_dir() or place.with_suffix(".py").exists()


def test_the_package_begins_empty_so_that_no_knot_can_form() -> None:
    assert (ROOT / "warp_hub" / "__init__.py").read_text() == ""


def _called(name: str, *, on: str = "") -> list[str]:
    """Return where a method or function of this name is called, by room and file; `on` names its object."""
    found = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            if isinstance(node.func, ast.Attribute) and node.func.attr == name:
                if not on or ast.unparse(node.func.value).rpartition(".")[2] == on:
                    found.add(_where(path))
            elif isinstance(node.func, ast.Name) and node.func.id == name and not on:
                found.add(_where(path))
    return sorted(found)


def test_only_the_clock_asks_for_the_time() -> None:
    assert _found(r"datetime\.(utc)?now\(|\bdate\.today\(", outside=r"warp_hub/clock\.py|^feeds/") == []
    # Feeds know nothing of the hub, its clock included.
    assert [where for where in _called("time", on="time") if not where.startswith("feeds/")] == []
    assert _called("now", on="func") == []


EDGES = re.compile(
    r"(^|/)(views\w*|commands|tasks)\.py$|^warp_hub/(jobs|serving|demo|proof|db)/|^warp_hub/advisories/intake"
    # Delivery claims and commits before it sends: the walk of a letter has its edge inside.
    # The door notes when a session was last seen, apart from what the request does.
    r"|^warp_hub/mail/delivery|^warp_hub/background/|^warp_hub/signin/visitors"
)


def test_only_the_edges_commit() -> None:
    assert [where for where in _called("commit", on="session") if not EDGES.search(where)] == []


RAW_SQL = re.compile(r"^warp_hub/(db|background|operations)/|^warp_hub/sharing/(guard|store)\.py$|/models\.py$")


def test_raw_sql_stands_only_where_the_design_lets_it() -> None:
    importing = [
        _where(path)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
        if any(alias.name == "text" for alias in node.names)
    ]
    assert [where for where in importing if not RAW_SQL.search(where)] == []


def test_the_mark_of_the_rule_is_set_only_by_the_rule() -> None:
    outside = r"sharing/visibility\.py"
    assert _found(r"execution_options\([^)]*tlp", outside=outside) == [f"warp_hub/sharing/guard.py:{_refresh()}"]


def _refresh() -> int:
    lines = (ROOT / "warp_hub/sharing/guard.py").read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if 'tlp="refresh"' in line)


def test_no_rows_are_copied_or_returned_past_the_guard() -> None:
    allowed = {"warp_hub/sharing/store.py", "warp_hub/sharing/bulk.py", "warp_hub/sharing/words.py"}
    assert {*_called("from_select"), *_called("returning")} <= allowed


def test_watched_classes_are_never_fetched_by_identity() -> None:
    from warp_hub.sharing.guard import watched_tables

    assert watched_tables()
    fetched = re.compile(r"session\.get\((\w+)")
    audiences = _audiences()
    for path in (path for path in SOURCES if "feeds" not in path.parts):
        for name in fetched.findall(path.read_text()):
            assert audiences.get(name) in ("house", "public"), f"{_where(path)} gets a {name} past the guard"


def _audiences() -> dict[str, str]:
    from warp_hub.db import Model
    from warp_hub.serving.opening import load_models

    load_models()
    return {mapper.class_.__name__: mapper.class_.__audience__ for mapper in Model.registry.mappers}


HOUSE_READS = {
    "embargo",
    "release",
    "explain",
    "announce",
    "answers",
    "telling who follows",
    "daily totals",
    "digest selection",
    "intake",
    "training",
    "leak test",
    "recall",
    "match keys",
    "who watches this",
    "retention",
}


def test_the_reasons_for_house_reads_are_pinned() -> None:
    reasons = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "house_read":
                reason = node.args[1] if len(node.args) > 1 else node.keywords[0].value
                assert isinstance(reason, ast.Constant), f"{path}: a house read needs its reason as a literal"
                reasons.add(reason.value)
    assert reasons <= HOUSE_READS, reasons - HOUSE_READS


def test_no_markup_is_trusted_outside_the_components() -> None:
    assert _found(r"\bMarkup\(", outside=r"warp_hub/(pages|text)/|warp_hub/signin/") == []
    trusting = [
        _where(path)
        for path in (ROOT / "templates").rglob("*.html")
        if "components" not in path.parts and re.search(r"\|\s*safe\b|style=|\son\w+=", path.read_text())
    ]
    assert trusting == []


def _functions(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or 0) - node.lineno + 1


def test_modules_and_functions_stay_small() -> None:
    modules = {_where(path): path.read_text().count("\n") for path in SOURCES}
    functions = {
        f"{_where(path)}:{name}": length for path in SOURCES for name, length in _functions(ast.parse(path.read_text()))
    }
    assert {name: size for name, size in modules.items() if size > 400} == {}
    assert {name: size for name, size in functions.items() if size > 60} == {}
    assert sorted(modules.values())[int(len(modules) * 0.9)] <= 200
    assert sorted(functions.values())[int(len(functions) * 0.9)] <= 25


def test_conftest_stays_small() -> None:
    assert (ROOT / "tests" / "conftest.py").read_text().count("\n") <= 200


@pytest.mark.parametrize("word", ["utils", "common", "core", "manager", "service", "helpers", "misc"])
def test_no_module_is_a_drawer(word: str) -> None:
    assert [_where(path) for path in SOURCES if path.stem == word] == []


def test_nothing_is_promised_for_later() -> None:
    assert _found(r"\b(TODO|FIXME|XXX|HACK|NotImplementedError)\b") == []
