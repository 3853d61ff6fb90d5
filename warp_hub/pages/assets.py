"""Addresses of our own style sheets and scripts, each with the hash of its content so that it may be kept."""

import hashlib
from pathlib import Path

from flask import Flask, current_app, url_for

_HASH_LENGTH = 12


def install(app: Flask) -> None:
    """Give the templates `asset(name)`."""
    app.extensions["asset-hashes"] = {}
    app.jinja_env.globals["asset"] = asset


def asset(name: str) -> str:
    """Return the address of a static file, which changes whenever its content does."""
    return url_for("static", filename=name, v=fingerprint(name))


def fingerprint(name: str) -> str:
    """Return the hash of a static file of ours; read once."""
    known: dict[str, str] = current_app.extensions["asset-hashes"]
    if name not in known:
        content = Path(current_app.static_folder or "", name).read_bytes()
        known[name] = hashlib.sha256(content).hexdigest()[:_HASH_LENGTH]
    return known[name]


def is_kept_for_good(name: str, version: str | None) -> bool:
    """Say whether this address names this very content, so that browsers need never ask again."""
    return version is not None and current_app.extensions["asset-hashes"].get(name) == version
