"""House rules of templates: each extends the base or is a part, compiles strictly, trusts nothing, is translatable."""

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import StrictUndefined, Undefined, meta

from tests.pages.sample import sample_app
from warp_hub import pages

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
PAGES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
LETTERS = re.compile(r"^mail/|(^|/)email/")
JINJA = re.compile(r"(?s)\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}")
# A part is included or imported by pages of its room; its name begins with an underscore.
PART = re.compile(r"(^components/|(^|/)_)")


@pytest.fixture(scope="module")
def app() -> Flask:
    return sample_app()


def test_every_template_compiles(app: Flask) -> None:
    assert pages.warm(app) >= len(PAGES)


def test_ours_are_strict_and_only_those_of_gov_uk_are_not(app: Flask) -> None:
    own = app.jinja_env.get_template("base.html")
    theirs = app.jinja_env.get_template("govuk_frontend_jinja/components/button/macro.html")

    assert own.environment.undefined is StrictUndefined
    assert theirs.environment.undefined is Undefined
    assert theirs.environment.autoescape is own.environment.autoescape


@pytest.mark.parametrize("name", [name for name in PAGES if not LETTERS.search(name) and not PART.search(name)])
def test_every_page_extends_the_base(name: str) -> None:
    if name != "base.html":
        assert re.search(r'\{% extends "(base|[a-z_]+/_?[a-z_]+)\.html" %\}', (TEMPLATES / name).read_text()), name


@pytest.mark.parametrize("name", PAGES)
def test_a_template_trusts_no_text_and_writes_nothing_inline(name: str) -> None:
    source = (TEMPLATES / name).read_text()

    if not LETTERS.search(name):
        markup = JINJA.sub("", source)
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", markup)
    if not name.startswith("components/"):
        assert not re.search(r"\|\s*safe\b|autoescape false", source)


@pytest.mark.parametrize("name", PAGES)
def test_every_name_a_component_or_the_base_uses_is_given_to_it(app: Flask, name: str) -> None:
    if not name.startswith("components/"):
        return
    tree = app.jinja_env.parse((TEMPLATES / name).read_text())

    unknown = meta.find_undeclared_variables(tree) - set(app.jinja_env.globals) - {"caller", "_trans"}

    assert unknown == set()


@pytest.mark.parametrize("name", ["base.html", "errors/error.html", *(n for n in PAGES if n.startswith("pages/"))])
def test_no_word_of_the_furniture_escapes_translation(name: str) -> None:
    source = (TEMPLATES / name).read_text()
    source = JINJA.sub("", re.sub(r"(?s)\{%-?\s*trans.*?endtrans\s*-?%\}", "", source))
    words = [text.strip() for text in re.findall(r">([^<>]+)<", source) if re.search(r"[a-z]{2}", text)]

    # A name, and addresses of other websites.
    assert [
        text for text in words if not re.fullmatch(r"- WARP Hub|WARP Hub|[a-z.]+\.(uk|com|org)(/[a-z-]+)?", text)
    ] == []


def test_lazy_words_hold_nothing_from_outside() -> None:
    """A lazy string is not escaped by the templates, so it must be a plain sentence of ours."""
    for path in (ROOT / "warp_hub").rglob("*.py"):
        for call in re.findall(r"(?s)\b(?:_l|lazy_gettext)\((.*?)\)", path.read_text()):
            assert not re.search(r"^f[\"']|,\s*\w+\s*=", call), f"{path.name}: {call}"


def test_pages_must_come_before_anything_touches_the_templates() -> None:
    app = Flask("warp_hub", static_folder=None)
    assert app.jinja_env

    with pytest.raises(RuntimeError, match="before anything"):
        pages.install(app)


def test_no_template_has_globals_of_its_own(app: Flask) -> None:
    environment = app.jinja_env
    one, other = environment.get_template("base.html"), environment.get_template("errors/error.html")
    assert one.globals is other.globals is environment.globals
    with pytest.raises(TypeError):
        environment.get_template("base.html", globals={"secret": "of one page"})
    assert "secret" not in environment.globals
