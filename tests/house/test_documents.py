"""The README names every command and every setting, and what it links to is there."""

import re
from pathlib import Path

import click
import pytest

from warp_hub.cli import main
from warp_hub.config import Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def _commands(group: click.Group, before: str = "") -> list[str]:
    found = []
    for name, command in group.commands.items():
        path = f"{before} {name}".strip()
        found += _commands(command, path) if isinstance(command, click.Group) else [path]
    return found


@pytest.mark.parametrize("command", _commands(main))
def test_the_readme_names_every_command(command: str) -> None:
    assert re.search(rf"`(warp-hub )?{command}\b", README), command


@pytest.mark.parametrize("setting", Settings.model_fields)
def test_the_readme_names_every_setting(setting: str) -> None:
    assert f"`WARP_HUB_{setting.upper()}`" in README


@pytest.mark.parametrize("document", ["README.md", *(f"docs/{file.name}" for file in (ROOT / "docs").glob("*.md"))])
def test_what_a_document_links_to_is_there(document: str) -> None:
    text = (ROOT / document).read_text()
    missing = [
        link
        for link in re.findall(r"\]\(([^)#]+)", text)
        if "://" not in link and not ((ROOT / document).parent / link).exists()
    ]
    assert missing == []


def test_no_document_or_source_names_a_package_registry() -> None:
    hosts = "|".join(("pypi" + r"\.org", "npmjs" + r"\.(org|com)", "pythonhosted" + r"\.org", "deb" + r"\.debian"))
    skipped = {".venv", ".git", "vendor", ".proof", "__pycache__", ".mypy_cache"}
    kinds = (".py", ".md", ".toml", ".txt", ".html", ".yml", ".cfg", "")
    for file in ROOT.rglob("*"):
        if file.is_file() and file.suffix in kinds and not skipped & set(file.parts):
            assert not re.search(hosts, file.read_text(errors="ignore")), file
