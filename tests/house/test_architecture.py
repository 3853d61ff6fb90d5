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
EDGES = re.compile(r"(views(_\w+)?|commands|tasks|jobs/\w+|serving/\w+|demo/\w+|proof/\w+)\.py$")


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


def test_the_package_begins_empty_so_that_no_knot_can_form() -> None:
    assert (ROOT / "warp_hub" / "__init__.py").read_text() == ""


def test_only_the_clock_asks_for_the_time() -> None:
    assert _found(r"datetime\.(utc)?now\(|\bdate\.today\(|time\.time\(\)", outside=r"warp_hub/clock\.py|^feeds/") == []
    assert _found(r"func\.now\(|func\.current_timestamp\(") == []


def test_only_the_edges_commit() -> None:
    assert _found(r"\.commit\(", outside=EDGES.pattern + "|warp_hub/db/|warp_hub/mail/delivery|advisories/intake") == []


def test_raw_sql_stands_only_where_the_design_lets_it() -> None:
    allowed = r"warp_hub/db/|sharing/(guard|store|models|policies)\.py|memberships/models\.py|operations/|/models\.py"
    assert _found(r"(?<!\w)text\(\s*f?[\"']", outside=allowed + r"|warp_hub/text/|warp_hub/background|proof/") == []


def test_the_mark_of_the_rule_is_set_only_by_the_rule() -> None:
    outside = r"sharing/visibility\.py"
    assert _found(r"execution_options\([^)]*tlp", outside=outside) == ["warp_hub/sharing/guard.py:%d" % _refresh()]


def _refresh() -> int:
    lines = (ROOT / "warp_hub/sharing/guard.py").read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if 'tlp="refresh"' in line)


def test_no_rows_are_copied_or_returned_past_the_guard() -> None:
    assert _found(r"\.from_select\(|\.returning\(", outside=r"warp_hub/sharing/store\.py") == []


def test_watched_classes_are_never_fetched_by_identity() -> None:
    assert _found(r"session\.get\(", outside=r"(?!)") == []


HOUSE_READS = {
    "embargo",
    "explain",
    "alert",
    "digest",
    "intake",
    "pass on",
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
        f"{_where(path)}:{name}": length
        for path in SOURCES
        for name, length in _functions(ast.parse(path.read_text()))
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
