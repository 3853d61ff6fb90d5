"""The headers of every answer: pages, errors, files, redirects."""

from flask import Flask, Response, current_app, request

from warp_hub.pages.assets import is_kept_for_good
from warp_hub.pages.environment import is_https

# The one inline script there is: GOV.UK's template marks the body as "JavaScript runs here". A hash, not a
# nonce, lets it pass: so that two pages that must be equal are equal to the byte.
INLINE_SCRIPT = "sha256-GUQ5ad8JK5KmEWmROf3LZd9ge94daqNvd8xy9YS1iDw="

PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        f"script-src 'self' '{INLINE_SCRIPT}'",
        "style-src 'self'",
        "img-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
    )
)
OTHER_POLICY = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

UNUSED_POWERS = ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "microphone", "midi")
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    # The path stays inside: other sites learn nothing, our own language switch finds its way back.
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{power}=()" for power in (*UNUSED_POWERS, "payment", "usb")),
}
A_YEAR = "max-age=31536000"
KEEP_FOR_GOOD = "public, max-age=31536000, immutable"
KEEP_FOR_AN_HOUR = "public, max-age=3600"
NEVER_KEEP = "no-store"


def install(app: Flask) -> None:
    """Put the headers on every answer of the app."""
    app.after_request(add_headers)


def add_headers(response: Response) -> Response:
    """Add what protects the reader; a view's own stricter content policy stays."""
    for name, value in ALWAYS.items():
        response.headers[name] = value
    if is_https(current_app):
        response.headers["Strict-Transport-Security"] = A_YEAR
    response.headers.setdefault(
        "Content-Security-Policy", PAGE_POLICY if response.mimetype == "text/html" else OTHER_POLICY
    )
    if request.endpoint == "static" and response.status_code in (200, 206, 304):
        response.headers["Cache-Control"] = _how_long_to_keep()
    else:
        _forbid_keeping(response)
    return response


def _how_long_to_keep() -> str:
    name = (request.view_args or {}).get("filename", "")
    return KEEP_FOR_GOOD if is_kept_for_good(name, request.args.get("v")) else KEEP_FOR_AN_HOUR


def _forbid_keeping(response: Response) -> None:
    # A validator would tell one viewer whether another one has seen the same bytes.
    response.headers["Cache-Control"] = NEVER_KEEP
    for name in ("ETag", "Last-Modified", "Expires"):
        response.headers.pop(name, None)
