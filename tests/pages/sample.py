"""A tiny app with the look and nothing else: every component once, every way to fail."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import wtforms
from flask import Flask, abort, flash, g, redirect, render_template, render_template_string, request
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import OperationalError, ProgrammingError
from wtforms.validators import DataRequired, Length

from warp_hub import pages
from warp_hub.pages.checking import check
from warp_hub.pages.forms import Form, choices, without_token
from warp_hub.pages.paging import asked_place, cut
from warp_hub.text.identifying import Known
from warp_hub.tlp import Marking

MORNING = datetime(2026, 12, 3, 10, 0, tzinfo=UTC)
SUMMER = datetime(2026, 7, 1, 9, 5, tzinfo=UTC)
SOMEBODY = UUID(int=7)
TOLD = """Midshire’s mail gateway let a message from billing@evil.example through.
Staff at Midshire County Council opened midshire-gov-uk[.]com and signed in.
From 10.20.4.7 the attacker reached \\\\FS01\\hr."""

STATIC_PAGES = ("help", "handling", "privacy", "cookies", "accessibility-statement")


class EveryField(Form):
    """One field of each kind."""

    email = wtforms.EmailField(
        _l("E-mail address"),
        description=_l("We write to this address only about your WARP."),
        validators=[DataRequired(_l("Enter your e-mail address"))],
        render_kw={"autocomplete": "email"},
    )
    password = wtforms.PasswordField(_l("Password"))
    note = wtforms.TextAreaField(_l("Note for members"), validators=[Length(max=40, message=_l("Keep it short"))])
    marking = wtforms.RadioField(
        _l("Does this affect you?"),
        choices=choices({"yes": _l("Yes"), "no": _l("No"), "checking": _l("Checking")}),
        validators=[DataRequired(_l("Choose one answer"))],
        render_kw={"hints": {"checking": _l("You can change your answer later")}},
    )
    warps = wtforms.SelectMultipleField(
        _l("Send to"), choices=choices({"midshire": "Midshire", "westmarch": "Westmarch"})
    )
    language = wtforms.SelectField(_l("Language"), choices=choices({"en": "English", "cy": "Cymraeg"}))
    agree = wtforms.BooleanField(_l("My coordinator may know it is me"))


def visitor(
    *, person: UUID | None = None, coordinates: frozenset[UUID] = frozenset(), language: str | None = None
) -> Any:
    """Somebody at the door, as `access` describes them."""
    return SimpleNamespace(person=person, coordinates=coordinates, language=language)


def public(view: Callable[..., Any]) -> Callable[..., Any]:
    view.__audience__ = "public"  # type: ignore[attr-defined]
    return view


def declared(view: Callable[..., Any], kind: str) -> Callable[..., Any]:
    view.__audience__ = kind  # type: ignore[attr-defined]
    return view


def sample_app(*, https: bool = False, **config: object) -> Flask:
    """Return the tiny app, ready to serve."""
    app = Flask("warp_hub", static_folder=None, template_folder=None)
    app.config.update(SECRET_KEY="s" * 40, BASE_URL=f"{'https' if https else 'http'}://localhost", **config)
    pages.install(app)
    app.add_url_rule("/", "home", public(home))
    app.add_url_rule("/advisories", "list_advisories", declared(list_warnings, "signed-in"))
    app.add_url_rule("/advisories/<uuid:item_id>", "read_advisory", declared(read_warning, "signed-in"))
    app.add_url_rule("/desk", "desk", declared(lambda: render_template_string(BLANK), "coordinator"))
    app.add_url_rule("/account", "account", declared(lambda: render_template_string(BLANK), "signed-in"))
    app.add_url_rule("/sign-in", "sign_in", public(lambda: render_template_string(BLANK)))
    app.add_url_rule("/form", "form", public(every_field), methods=["GET", "POST"])
    app.add_url_rule("/parts", "parts", public(parts))
    app.add_url_rule("/checked", "checked", public(what_members_will_see), methods=["GET", "POST"])
    app.add_url_rule("/done", "done", public(done), methods=["POST"])
    app.add_url_rule("/unsubscribe", "unsubscribe", without_token(public(unsubscribe)), methods=["POST"])
    app.add_url_rule("/fail/<int:status>", "fail", public(lambda status: abort(status)), methods=["GET", "POST"])
    app.add_url_rule("/broken", "broken", public(broken))
    app.add_url_rule("/database-away", "database_away", public(database_away), methods=["GET", "POST"])
    app.add_url_rule("/bad-statement", "bad_statement", public(bad_statement))
    app.add_url_rule("/json", "json", public(lambda: {"title": "x"}))
    app.add_url_rule("/redirect", "redirect", public(lambda: redirect("/")))
    for name in STATIC_PAGES:
        template = f"pages/{name.replace('-', '_')}.html"
        app.add_url_rule(f"/{name}", name, public(lambda template=template: render_template(template)))
    return app


def sample_app_for(who: Any, **options: Any) -> Flask:
    """Return the tiny app as one visitor sees it."""
    app = sample_app(**options)

    @app.before_request
    def at_the_door() -> None:
        g.visitor = who

    return app


BLANK = """{% extends "base.html" %}{% block title %}Blank{% endblock %}
{% block content %}<h1 class="govuk-heading-l">Blank</h1>{% endblock %}"""


def home() -> str:
    return render_template_string(
        """{% extends "base.html" %}{% block title %}{{ _("Home") }}{% endblock %}
        {% block content %}<h1 class="govuk-heading-l">Good morning, Sam</h1>
        <h2 class="govuk-heading-m">New for you (2)</h2>{% call item_list() %}
        {{ item_row("TLP:GREEN", "FortiOS SSL-VPN: install 7.4.9", "/advisories", "Attackers are using this now.",
           "Act today", ["NCSC", "also reported by 2"], when, level=3) }}
        {{ item_row("TLP:AMBER", "Civica outage used as phishing lure", "/advisories", "Seen at two members.",
           "This week", ["Midshire WARP"], when, when, answer="Checking", level=3) }}{% endcall %}{% endblock %}""",
        when=MORNING,
    )


def list_warnings() -> str:
    rows = [SimpleNamespace(marking=marking, id=UUID(int=n), at=MORNING) for n, marking in enumerate(Marking, 1)]
    place = asked_place(request.args)
    page = cut(list(reversed(rows)), place, lambda row: (row.at, row.id), size=3)
    return render_template_string(
        """{% extends "base.html" %}{% block title %}{{ _("Warnings") }}{% endblock %}
        {% block content %}<h1 class="govuk-heading-l">{{ _("Warnings") }}</h1>
        {{ filter_links("Show", [("For me", "/advisories", true), ("All", "/advisories?show=all", false)]) }}
        {% call item_list() %}{% for row in page.rows %}
        {% call item_row(row.marking, "Warning <b>" ~ loop.index ~ "</b>", "/advisories/" ~ row.id, "One line.",
             "For information", ["NCSC"], row.at) %}
        {{ one_button("/done", "Pass on", {"item": row.id}, about="warning " ~ loop.index) }}
        {{ one_button("/done", "Not for us", {"item": row.id}, about="warning " ~ loop.index) }}{% endcall %}
        {% endfor %}{% endcall %}{{ newer_older(page) }}{% endblock %}""",
        page=page,
    )


def read_warning(item_id: UUID) -> str:
    abort(404, f"{item_id} is not for you")


def parts() -> str:
    flash("Your answer is saved.", "success")
    flash("Two warnings wait for your answer.")
    return render_template_string(
        """{% extends "base.html" %}{% block title %}Parts{% endblock %}
        {% block before_content %}{{ back_link("/advisories", "Warnings") }}{% endblock %}
        {% block content %}
        {{ handling_sentence(marking, limits=["Chatham House Rule applies"]) }}
        <h1 class="govuk-heading-l">Parts of a page</h1>
        <p class="govuk-body">{{ severity_tag("Act today") }} {{ small_tag("Booked", "green") }} {{ moment(when) }}
        ({{ moment(when, "date_only") }}, {{ moment(when, "ago") }})</p>
        {% for each in labels.all_labels() %}
        <p class="govuk-body">{{ tlp_chip(each) }} {{ labels.who(each) }}</p>{% endfor %}
        {{ warning_text("This cannot be undone.") }}
        {% call inset() %}Midshire WARP's note: two members tested it.{% endcall %}
        {% call more_details("Why did I get this?") %}It matches your list.{% endcall %}
        {{ definition_list([("Source", "NCSC"), ("CVEs", ["CVE-2026-1", "CVE-2026-2"]),
                            ("Name", "Sam", "/account", "Change")]) }}
        {{ copy_text("addresses", "Addresses for my firewall", "192.0.2.1\n198.51.100.7", hint="One on each line") }}
        {{ empty_state("Nothing here for you at the moment.") }}
        {% call button_group() %}{{ link_button("/advisories", "Read warnings") }}
        {{ one_button("/done", "Withdraw", kind="warning") }}{% endcall %}
        {{ tlp_end(marking) }}{% endblock %}""",
        marking=Marking.AMBER_STRICT,
        when=MORNING,
    )


def every_field() -> tuple[str, int]:
    form = EveryField()
    status = 200 if not form.is_submitted() or form.validate() else 422
    page = render_template_string(
        """{% extends "base.html" %}{% block title %}Every field{% endblock %}
        {% block content %}<h1 class="govuk-heading-l">Every field</h1>
        {% call post_form() %}{{ form.email() }}{{ form.password() }}{{ form.note(rows=3) }}{{ form.marking() }}
        {{ form.warps() }}{{ form.language() }}{{ form.agree() }}{{ button("Save") }}{% endcall %}{% endblock %}""",
        form=form,
    )
    return page, status


def what_members_will_see() -> str:
    texts = {"what": request.form.get("what", TOLD), "how": request.form.get("how", "Sam Archer saw it.")}
    known = Known(("Midshire County Council",), ("midshire.gov.uk",), ("Sam Archer",))
    return render_template_string(
        """{% extends "base.html" %}{% block title %}Report an incident{% endblock %}
        {% block content %}<h1 class="govuk-heading-l">Report an incident</h1>
        {% call post_form() %}{{ checked_text(form, {"what": "What happened", "how": "How you noticed"}) }}
        {{ button("Continue") }}{% endcall %}{% endblock %}""",
        form=check(texts, known, request.form),
    )


def done() -> Any:
    flash("Done it.", "success")
    return redirect("/", 303)


def unsubscribe() -> str:
    return render_template_string(BLANK)


def broken() -> str:
    raise RuntimeError("a secret of the inside")


def database_away() -> str:
    raise OperationalError("SELECT secret", {}, Exception("connection refused"))


def bad_statement() -> str:
    raise ProgrammingError("SELECT secret", {}, Exception("no such column"))
