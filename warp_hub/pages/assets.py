"""Addresses of our own style sheets and scripts, each with the hash of its content so that it may be kept."""

import hashlib

from flask import Flask, Response, current_app, send_from_directory

from warp_hub.pages.environment import PACKAGE

FOLDER = PACKAGE / "static"
_HASH_LENGTH = 12


def install(app: Flask) -> None:
    """Serve `/static/` and give the templates `asset(name)`."""
    app.extensions["asset-hashes"] = {}
    app.add_url_rule("/static/<path:filename>", "static", send_asset, methods=["GET"])
    app.view_functions["static"].__dict__["__audience__"] = "public"
    app.jinja_env.globals["asset"] = asset


def send_asset(filename: str) -> Response:
    """Send one of our own files; how long it may be kept is the headers' business."""
    return send_from_directory(FOLDER, filename)


def asset(name: str) -> str:
    """Return the address of a static file, which changes whenever its content does."""
    # Not by url_for, which cannot answer for a wrong host name: its error page needs styles as well.
    return f"/static/{name}?v={fingerprint(name)}"


def fingerprint(name: str) -> str:
    """Return the hash of a static file of ours; read once."""
    known: dict[str, str] = current_app.extensions["asset-hashes"]
    if name not in known:
        known[name] = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:_HASH_LENGTH]
    return known[name]


def is_kept_for_good(name: str, version: str | None) -> bool:
    """Say whether this address names this very content, so that browsers need never ask again."""
    return version is not None and current_app.extensions["asset-hashes"].get(name) == version
