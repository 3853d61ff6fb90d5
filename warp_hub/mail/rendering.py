"""Letters from templates: `<room>/email/<kind>.subject.txt`, `.txt` and `.html`, in the reader's language."""

import re
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import force_locale, get_locale
from markupsafe import Markup

from warp_hub import config
from warp_hub.mail.letters import Rendered
from warp_hub.mail.message import one_line

HUB = "WARP Hub"


def letter(
    path: str,
    *,
    language: str | None = None,
    unsubscribe_url: str | None = None,
    list_name: str | None = None,
    on_sent: Callable[[], None] | None = None,
    on_left: Callable[[], None] | None = None,
    **context: Any,
) -> Rendered:
    """Render the three templates of a letter, such as "digests/email/digest"; needs the app's context.

    Without `language` it is the one that delivery chose for the reader. `why_url` and `fewer_url` in the
    context become the lines "Why did I get this?" and "Get fewer mails" at the end.
    """
    with force_locale(language) if language else nullcontext():
        values = _frame() | {"unsubscribe_url": unsubscribe_url} | context
        environment = current_app.jinja_env
        subject, text, html = (
            environment.get_template(f"{path}.{suffix}").render(values) for suffix in ("subject.txt", "txt", "html")
        )
    written = one_line(subject), tidy(text), _inlined(html)
    return Rendered(*written, unsubscribe_url, list_name, on_sent, on_left=on_left)


def said_in(language: str, words: Callable[[], Markup]) -> Markup:
    """Say words of a template in another language: which one somebody reads whom nobody asked, nobody knows."""
    with force_locale(language):
        return words()


def hub_url(endpoint: str, **values: Any) -> str:
    """Return the full address of a page under WARP_HUB_BASE_URL, whoever asks and from wherever."""
    base = urlsplit(config.current().base_url)
    adapter = current_app.url_map.bind(base.netloc, url_scheme=base.scheme)
    return adapter.build(endpoint, values, force_external=True)


def tidy(text: str) -> str:
    """Return a text without trailing spaces and with at most one empty line between paragraphs."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"


def _frame() -> dict[str, Any]:
    locale = get_locale()
    return {
        "hub": HUB,
        "hub_address": config.current().base_url,
        "hub_url": hub_url,
        "lang": locale.language if locale else "en",
        "why_url": None,
        "fewer_url": None,
    }


def _inlined(html: str) -> str:
    """Move the frame's style into the elements, since mail programs drop it from the head; fetch nothing."""
    import css_inline  # noqa: PLC0415

    return css_inline.CSSInliner(load_remote_stylesheets=False).inline(html)
