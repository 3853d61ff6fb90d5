"""Forms: plain WTForms fields drawn with GOV.UK's parts, a token in each, nothing typed ever lost.

A field's `description` is its hint. In a template `{{ form.email(autocomplete="email") }}` draws label, hint,
error and input; `{% call post_form() %}…{% endcall %}` draws the form around them, with its token.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

import wtforms
from flask import Flask, abort, current_app, request
from flask_babel import gettext
from flask_wtf import CSRFProtect, FlaskForm
from flask_wtf.csrf import CSRFError
from markupsafe import Markup
from wtforms.csrf.core import CSRFTokenField

csrf = CSRFProtect()

View = TypeVar("View", bound=Callable[..., Any])

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
NOT_REPEATED = ("token", "password", "passphrase", "code", "secret", "card")
MOST_REPEATED = 200_000

# The first class that fits draws the field; the rest are drawn as one line of text.
_DRAWN_BY: tuple[tuple[type[wtforms.Field], str], ...] = (
    (CSRFTokenField, "hidden"),
    (wtforms.HiddenField, "hidden"),
    (wtforms.RadioField, "radios"),
    (wtforms.SelectMultipleField, "checkboxes"),
    (wtforms.SelectField, "select"),
    (wtforms.BooleanField, "checkbox"),
    (wtforms.TextAreaField, "textarea"),
    (wtforms.PasswordField, "password"),
    (wtforms.SubmitField, "submit"),
    (wtforms.FileField, "file_upload"),
)


class Form(FlaskForm):  # type: ignore[misc]
    """A form whose fields draw themselves; ours never say which field is missing by colour alone."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def bind_field(self, form: wtforms.Form, unbound: Any, options: dict[str, Any]) -> wtforms.Field:
            """Take every NUL out of what was typed; no browser sends one, and the database takes none."""
            if (
                issubclass(unbound.field_class, wtforms.StringField)
                and unbound.field_class is not wtforms.PasswordField
            ):
                options["filters"] = [*unbound.kwargs.get("filters", ()), _without_null]
            return super().bind_field(form, unbound, options)

        def render_field(self, field: wtforms.Field, render_kw: dict[str, Any]) -> Markup:
            return draw(field, {**(field.render_kw or {}), **render_kw})


def install(app: Flask) -> None:
    """Check the token and the origin of whatever changes something."""
    # A token lives as long as its session: a form left open over lunch must still be sendable.
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)
    # The referrer check of the library is narrower than our own and breaks privacy browsers.
    app.config.setdefault("WTF_CSRF_SSL_STRICT", False)
    app.before_request(refuse_null_in_address)
    app.before_request(refuse_foreign_origin)
    csrf.init_app(app)
    app.jinja_env.globals["error_list"] = error_list


def choices(words: Mapping[str, Any]) -> list[wtforms.SelectChoice]:
    """Return what radios, checkboxes and selects offer, from {stored value: words on screen}."""
    return [wtforms.SelectChoice(value, label) for value, label in words.items()]


def without_token(view: View) -> View:
    """Let a POST through without a token and from anywhere; only one-click unsubscribe and the demo's personas."""
    view.__without_token__ = True  # type: ignore[attr-defined]
    csrf.exempt(view)
    return view


def draw(field: wtforms.Field, options: dict[str, Any]) -> Markup:
    """Return the field as a GOV.UK component: label, hint, error and input together."""
    macro = next((name for kind, name in _DRAWN_BY if isinstance(field, kind)), "text_input")
    module = current_app.jinja_env.get_template("components/fields.html").module
    drawn = getattr(module, macro)(field, options, _parts(field, options))
    return Markup(drawn)  # noqa: S704 - the macro has escaped what it was given


def error_list(form: FlaskForm) -> list[dict[str, str]]:
    """Return what is wrong with a form, in the order of its fields, each with the place to mend it."""
    found = [{"text": str(text)} for text in form.form_errors]
    for field in _innermost(form):
        found += [{"text": text, "href": f"#{field.id}"} for text in _texts(field.errors)[:1]]
    return found


def _innermost(fields: Iterable[wtforms.Field]) -> Iterator[wtforms.Field]:
    """Yield the fields that are drawn: those of a form within a form in its place."""
    for field in fields:
        if isinstance(field, wtforms.FieldList | wtforms.FormField):
            yield from _innermost(field)
        else:
            yield field


def refuse_null_in_address() -> None:
    """Let an address with a NUL lead nowhere: the database takes none, so it would become a fault of ours."""
    if "\0" in request.path:
        abort(404)


def refuse_foreign_origin() -> None:
    """Refuse a change that another site's page asked for, even with a token."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method in UNSAFE and not hasattr(view, "__without_token__") and not is_own_origin(default=True):
        raise CSRFError("The request came from another site.")


def is_own_origin(*, default: bool) -> bool:
    """Say whether the page that sent this request is ours; `default` where the browser did not say."""
    origin = request.headers.get("Origin")
    if origin is None:
        return default
    # Behind a proxy that changes Host, the hub still knows the address people reach it by.
    own = {request.host, urlsplit(current_app.config.get("BASE_URL", "")).netloc}
    try:
        return bool(urlsplit(origin).netloc) and urlsplit(origin).netloc in own
    except ValueError:
        return False


def answers_to_repeat() -> list[tuple[str, str]]:
    """Return what was typed into the form just sent, without secrets, so that a fault need not lose it."""
    if request.method not in UNSAFE or not is_own_origin(default=False):
        return []
    if (request.content_length or 0) > MOST_REPEATED:
        return []
    answers = request.form.items(multi=True)
    return [(name, text) for name, text in answers if not any(word in name.lower() for word in NOT_REPEATED)]


def _without_null(typed: str | None) -> str | None:
    return typed.replace("\0", "") if typed else typed


def _parts(field: wtforms.Field, options: dict[str, Any]) -> dict[str, Any]:
    """Return what surrounds an input, in the words GOV.UK's macros want it."""
    size = "l" if options.get("heading") else options.get("size", "s" if _is_group(field) else "")
    label = {
        "text": field.label.text,
        "isPageHeading": bool(options.get("heading")),
        "classes": f"govuk-{'fieldset__legend' if _is_group(field) else 'label'}--{size}" if size else None,
    }
    texts = _texts(field.errors)
    return {
        "label": label,
        "legend": label,
        "hint": {"text": field.description} if field.description else None,
        "error": {"text": texts[0], "visuallyHiddenText": gettext("Error")} if texts else None,
        "choices": _choices(field, options.get("hints", {})) if _is_group(field) else [],
    }


def _is_group(field: wtforms.Field) -> bool:
    return isinstance(field, wtforms.RadioField | wtforms.SelectMultipleField)


def _choices(field: wtforms.Field, hints: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "value": choice._value(),
            "text": choice.label.text,
            "checked": bool(choice.checked),
            "hint": {"text": hints[choice._value()]} if choice._value() in hints else None,
        }
        for choice in field
    ]


def _texts(errors: Any) -> list[str]:
    """Flatten the errors of a field, of a list of fields or of a form within a form."""
    if isinstance(errors, Mapping):
        return [text for inner in errors.values() for text in _texts(inner)]
    if isinstance(errors, list | tuple):
        return [text for inner in errors for text in _texts(inner)]
    return [str(errors)]
