"""The parts pages are made of, as functions that every template may call without an import.

Each is a macro of templates/components; the file says what it takes. `{% call %}` works with those that
say so.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask
from markupsafe import Markup

from warp_hub.tlp import Marking

COMPONENTS = {
    "tlp_chip": "tlp_chip.html",
    "tlp_end": "tlp_chip.html",
    "handling_sentence": "handling_sentence.html",
    "item_row": "item_row.html",
    "item_list": "item_row.html",
    "severity_tag": "severity_tag.html",
    "small_tag": "severity_tag.html",
    "empty_state": "text.html",
    "moment": "text.html",
    "warning_text": "text.html",
    "inset": "text.html",
    "more_details": "text.html",
    "definition_list": "text.html",
    "back_link": "links.html",
    "newer_older": "links.html",
    "filter_links": "links.html",
    "copy_text": "copy_text.html",
    "checked_text": "checked_text.html",
    "checked_hidden": "checked_text.html",
    "error_summary": "messages.html",
    "flashed_messages": "messages.html",
    "time_out_dialog": "time_out.html",
    "time_out_note": "time_out.html",
    "post_form": "forms.html",
    "get_form": "forms.html",
    "one_button": "forms.html",
    "button": "forms.html",
    "link_button": "forms.html",
    "button_group": "forms.html",
}


def install(app: Flask) -> None:
    """Give the components to every template."""
    for name, file in COMPONENTS.items():
        app.jinja_env.globals[name] = _component(app, file, name)
    app.jinja_env.filters["tlp_slug"] = tlp_slug


def tlp_slug(marking: str) -> str:
    """Return the part of a class name that stands for a label: "amber-strict" for TLP:AMBER+STRICT."""
    return Marking(marking).name.lower().replace("_", "-")


def _component(app: Flask, file: str, name: str) -> Callable[..., Markup]:
    def render(*args: Any, **kwargs: Any) -> Markup:
        macro = getattr(app.jinja_env.get_template(f"components/{file}").module, name)
        return Markup(macro(*args, **kwargs))  # noqa: S704 - the macro has escaped what it was given

    render.__name__ = name
    return render


def trusted(cleaned_html: str) -> Markup:
    """Return HTML that `text.clean_html` made, as a template may print it."""
    return Markup(cleaned_html)  # noqa: S704 - cleaned once, when it was written
