"""English and Welsh: which language a page speaks, and the link that switches it.

An explicit choice on this device wins, then what the person has set under My account, then the browser's wish.
Labels of the Traffic Light Protocol are never translated.
"""

from flask import Flask, Response, current_app, g, has_request_context, redirect, request
from flask_babel import Babel, get_locale
from werkzeug.wrappers import Response as BaseResponse

from warp_hub.clock import LONDON
from warp_hub.pages.environment import PACKAGE, is_https
from warp_hub.pages.redirects import path_of_referrer

LANGUAGES = {"en": "English", "cy": "Cymraeg"}
DEFAULT = "en"
_A_YEAR = 365 * 24 * 3600


def install(app: Flask) -> None:
    """Choose the language of each request, and serve `/language/<en|cy>`."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(PACKAGE / "locale")
    app.config["BABEL_DEFAULT_LOCALE"] = DEFAULT
    app.config["BABEL_DEFAULT_TIMEZONE"] = LONDON.key
    # Line breaks and indentation inside {% trans %} are the template's, not the sentence's.
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    Babel(app, locale_selector=chosen_language)
    app.jinja_env.globals.update(language_of_page=language_of_page, other_language=other_language)
    app.add_url_rule("/language/<any(en, cy):language>", "switch_language", switch_language, methods=["GET"])
    app.view_functions["switch_language"].__dict__["__audience__"] = "public"


def chosen_language() -> str:
    """Return the language of this request: chosen here, set by the person, wished by the browser, or English."""
    if not has_request_context():
        return DEFAULT
    wishes = (request.cookies.get(_cookie()), getattr(g.get("visitor"), "language", None))
    for wish in wishes:
        if wish in LANGUAGES:
            return wish
    return request.accept_languages.best_match(LANGUAGES, DEFAULT) or DEFAULT


def language_of_page() -> str:
    """Return the language the page is being written in."""
    locale = get_locale()
    return locale.language if locale else DEFAULT


def other_language() -> tuple[str, str, str]:
    """Return code, own name and address of the language one may switch to."""
    code = next(code for code in LANGUAGES if code != language_of_page())
    return code, LANGUAGES[code], f"/language/{code}"


def remember(response: BaseResponse, language: str) -> None:
    """Keep the choice on this device; a person's own setting is the account page's to save."""
    response.set_cookie(
        _cookie(),
        language,
        max_age=_A_YEAR,
        secure=is_https(current_app),
        httponly=True,
        samesite="Lax",
    )


def switch_language(language: str) -> Response:
    """Change the language and return to the page the reader came from."""
    # 303: what was posted is never posted again.
    response: Response = redirect(path_of_referrer(request.referrer, request.host), 303)  # type: ignore[assignment]
    remember(response, language)
    return response


def _cookie() -> str:
    return "__Host-language" if is_https(current_app) else "language"
