"""The template environment: strict for our templates, lenient for the GOV.UK macros, escaping in both."""

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from flask import Flask
from flask.templating import Environment
from jinja2 import (
    BytecodeCache,
    ChoiceLoader,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
    Undefined,
)
from jinja2.bccache import Bucket

from warp_hub.config import ConfigurationError

GOVUK = "govuk_frontend_jinja"
PACKAGE = Path(__file__).resolve().parent.parent


class HouseEnvironment(Environment):
    """Refuses names a view forgot to pass, except inside the GOV.UK macros, which probe for optional ones."""

    _lenient: "HouseEnvironment | None" = None

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of all templates, the same for each: to tell two sets apart costs a page a twentieth."""
        if d:
            raise TypeError("no template has globals of its own here")
        return self.globals

    def _load_template(self, name: str, globals: MutableMapping[str, Any] | None) -> Template:
        self.make_globals(globals)
        if name.startswith(f"{GOVUK}/") and self.undefined is StrictUndefined:
            if self._lenient is None:
                self._lenient = self.overlay(undefined=Undefined)
            return self._lenient._load_template(name, globals)
        return super()._load_template(name, globals)


class CompiledOnce(BytecodeCache):
    """Keeps compiled templates for the life of the process: tests and `warp-hub demo` make several apps."""

    def __init__(self) -> None:
        self._compiled: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        compiled = self._compiled.get((bucket.key, bucket.checksum))
        if compiled is not None:
            bucket.bytecode_from_string(compiled)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


COMPILED = CompiledOnce()


def template_folder() -> Path:
    """Return the folder of the templates, in an installed wheel or in a checkout."""
    for folder in (PACKAGE / "_templates", PACKAGE.parent / "templates"):
        if (folder / "base.html").is_file():
            return folder
    raise ConfigurationError("the templates are missing: install warp-hub again")


def install(app: Flask) -> None:
    """Make the app render from the house's templates; raise ConfigurationError where files are missing."""
    if "jinja_env" in app.__dict__:
        raise RuntimeError("pages.install must come before anything that touches the template environment")
    if not (PACKAGE / "static" / "vendor" / "govuk-frontend.css").is_file():
        raise ConfigurationError("the interface's files are missing: run `python hatch_build.py` in the checkout")
    app.jinja_environment = HouseEnvironment
    app.jinja_options = {
        "loader": ChoiceLoader(
            [FileSystemLoader(template_folder()), PrefixLoader({GOVUK: PackageLoader(GOVUK)})],
        ),
        "undefined": StrictUndefined,
        "autoescape": app.select_jinja_autoescape,
        "auto_reload": app.debug,
        "cache_size": 1000,
        "bytecode_cache": COMPILED,
    }


def is_https(app: Flask) -> bool:
    """Say whether people reach the hub over https."""
    return str(app.config.get("BASE_URL", "")).startswith("https://")


def warm(app: Flask) -> int:
    """Compile every template, so that no reader waits for it; return how many there are."""
    names = app.jinja_env.list_templates(extensions=["html", "txt"])
    for name in names:
        app.jinja_env.get_template(name)
    return len(names)
