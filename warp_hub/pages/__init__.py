"""The look of every page: templates and their words, forms, headers, error pages, language, paging.

The factory calls `install(app)` once, before anything touches the template environment and before the door
is installed; a serving process calls `warm(app)` so that nobody waits for the first page.

A page's template extends "base.html" and fills `title` and `content` (and `before_content` with a back link).
Everything in `components.COMPONENTS` is a global of every template; no import is needed.
"""

from flask import Flask

from warp_hub.pages import (
    accessibility,
    assets,
    components,
    dates,
    environment,
    errors,
    forms,
    headers,
    labels,
    language,
    navigation,
    paging,
    time_out,
)

__all__ = ["install", "warm"]

warm = environment.warm


def install(app: Flask) -> None:
    """Give the app its templates, languages, form tokens, headers and error pages."""
    environment.install(app)
    language.install(app)
    dates.install(app)
    assets.install(app)
    components.install(app)
    labels.install(app)
    accessibility.install(app)
    navigation.install(app)
    paging.install(app)
    time_out.install(app)
    headers.install(app)
    forms.install(app)
    errors.install(app)
