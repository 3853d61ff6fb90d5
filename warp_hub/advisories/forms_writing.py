"""The forms of warnings that a coordinator adds or writes."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from wtforms.validators import InputRequired, Length

from warp_hub import clock, text
from warp_hub.advisories.forms import LABELS
from warp_hub.advisories.telling import Told
from warp_hub.db import session
from warp_hub.memberships.models import Person
from warp_hub.pages import typed_values
from warp_hub.pages.forms import Form, choices
from warp_hub.pages.labels import SEVERITIES
from warp_hub.sharing.models import Severity
from warp_hub.stix import safe_url
from warp_hub.tlp import Marking

LONGEST_PASTED, LONGEST_TEXT, LONGEST_LINES = 100_000, 50_000, 50_000
MOST_VALUES, MOST_LINES = 1000, 200
_MOMENT = "%d/%m/%Y %H:%M"
_CVE = re.compile(r"CVE-(?:19|20)\d\d-\d{4,7}", re.IGNORECASE)
_ONE_A_LINE = _l("One on each line")


class AddForm(Form):
    """One of three ways to give a warning to be read."""

    warp = wtforms.SelectField(_l("For which WARP?"), validate_choice=False)
    pasted = wtforms.TextAreaField(
        _l("Paste a mail or any text"),
        [Length(max=LONGEST_PASTED)],
        description=_l("With its subject and its label, if it has them"),
    )
    file = wtforms.FileField(
        _l("Or upload a PDF"), description=_l("No larger than 10 MB and no longer than 60 pages, without a password")
    )
    link = wtforms.StringField(
        _l("Or give the address of a page"),
        [Length(max=2000)],
        description=_l("A public page or PDF on the web, beginning with https://"),
    )

    def validate_link(self, field: wtforms.Field) -> None:
        """Refuse what is no address of the web."""
        if (field.data or "").strip() and safe_url(field.data) is None:
            raise wtforms.ValidationError(_("Enter an address that begins with https://"))

    def gives_one(self) -> bool:
        """Say whether exactly one of the three was given; note on the first field where it was not."""
        given = [
            bool(part) for part in ((self.pasted.data or "").strip(), self.file.data, (self.link.data or "").strip())
        ]
        if sum(given) == 1:
            return True
        said = _("Paste a text, upload a PDF or give an address") if not any(given) else _("Give one of the three")
        self.pasted.errors = [said]
        return False


class WritingForm(Form):
    """A warning as a coordinator writes or checks it; what it needs to go out is asked for when it goes."""

    warp = wtforms.SelectField(_l("For which WARP?"), validate_choice=False)
    seen = wtforms.HiddenField()
    title = wtforms.StringField(_l("Title"), [InputRequired(_l("Give it a title")), Length(max=200)])
    summary = wtforms.StringField(
        _l("In one sentence (optional)"),
        [Length(max=300)],
        description=_l("Stands in lists and letters. Without it, the beginning of the text does."),
    )
    severity = wtforms.RadioField(_l("How soon to act"), choices=choices(dict(SEVERITIES)), validate_choice=False)
    to_do = wtforms.TextAreaField(
        _l("What to do, in English"),
        [Length(max=LONGEST_TEXT)],
        description=_l("A short list: begin each line with a dash"),
    )
    to_do_welsh = wtforms.TextAreaField(_l("What to do, in Welsh (optional)"), [Length(max=LONGEST_TEXT)])
    body = wtforms.TextAreaField(
        _l("What is known, in English"),
        [Length(max=LONGEST_TEXT)],
        description=_l("Markdown: a blank line between paragraphs, ## before a heading, **for bold**"),
    )
    body_welsh = wtforms.TextAreaField(_l("What is known, in Welsh (optional)"), [Length(max=LONGEST_TEXT)])
    products = wtforms.TextAreaField(_l("Products"), [Length(max=LONGEST_LINES)], description=_ONE_A_LINE)
    cves = wtforms.TextAreaField(_l("CVEs"), [Length(max=LONGEST_LINES)], description=_ONE_A_LINE)
    values = wtforms.TextAreaField(
        _l("Addresses and files to look for"),
        [Length(max=LONGEST_LINES)],
        description=_l("One on each line. Written like evil[.]example is fine."),
    )
    links = wtforms.TextAreaField(_l("References on the web"), [Length(max=LONGEST_LINES)], description=_ONE_A_LINE)
    marking = wtforms.RadioField(_l("Label"), choices=choices(LABELS), validate_choice=False)
    named = wtforms.TextAreaField(
        _l("E-mail addresses of those it is for"),
        [Length(max=5000)],
        description=_l("One on each line; you are always among them"),
    )
    until = wtforms.StringField(_l("Not for others until"), description=_l("For example, 24/12/2026 09:00"))
    early = wtforms.TextAreaField(
        _l("E-mail addresses of those who may see it before"), [Length(max=5000)], description=_ONE_A_LINE
    )

    named_people: Sequence[UUID] = ()
    early_people: Sequence[UUID] = ()
    moment: datetime | None = None

    def validate_values(self, field: wtforms.Field) -> None:
        """Refuse lines that say nothing to look for, naming the first."""
        typed_values.require_readable(typed_values.lines_of(field.data or ""), MOST_VALUES)

    def validate_products(self, field: wtforms.Field) -> None:
        """Refuse more than anybody reads."""
        _few_lines(field)

    def validate_cves(self, field: wtforms.Field) -> None:
        """Refuse what is no number of a CVE."""
        wrong = [line for line in _few_lines(field) if not _CVE.fullmatch(line)]
        if wrong:
            raise wtforms.ValidationError(_("“%(line)s” is no CVE number like CVE-2026-12345", line=wrong[0][:80]))

    def validate_links(self, field: wtforms.Field) -> None:
        """Refuse what no browser should open."""
        wrong = [line for line in _few_lines(field) if safe_url(line) is None]
        if wrong:
            raise wtforms.ValidationError(_("“%(line)s” is no address of the web", line=wrong[0][:80]))

    def validate_named(self, field: wtforms.Field) -> None:
        """Refuse addresses that nobody here has."""
        self.named_people = _people(field)

    def validate_early(self, field: wtforms.Field) -> None:
        """Refuse addresses that nobody here has, and people without a time until which it is for them."""
        self.early_people = _people(field)
        if self.early_people and not (self.until.data or "").strip():
            raise wtforms.ValidationError(_("Say until when it is for them alone"))

    def validate_until(self, field: wtforms.Field) -> None:
        """Refuse what is no moment, or one that has passed."""
        if not (field.data or "").strip():
            return
        try:
            self.moment = datetime.strptime(field.data.strip(), _MOMENT).replace(tzinfo=clock.LONDON)
        except ValueError:
            raise wtforms.ValidationError(_("Enter a day and a time like 24/12/2026 09:00")) from None
        if self.moment <= clock.now():
            raise wtforms.ValidationError(_("This moment has passed"))

    def may_go_out(self, *, is_out: bool) -> bool:
        """Say whether all is there that a warning needs before members read it; note on the fields what is not."""
        if self.severity.data not in SEVERITIES:
            self.severity.errors = [_("Say how soon to act")]
        if self.marking.data not in LABELS and not is_out:
            self.marking.errors = [_("Choose a label")]
        if not any((field.data or "").strip() for field in (self.body, self.body_welsh, self.to_do, self.to_do_welsh)):
            self.body.errors = [_("Write what is known")]
        if self.marking.data == Marking.RED and not self.named_people and not is_out:
            self.named.errors = [_("Name at least one person")]
        if self.moment and not self.early_people:
            self.early.errors = [_("Name at least one person")]
        return not self.errors

    def told(self) -> Told:
        """Return what was written; good once the form is valid."""
        return Told(
            title=self.title.data or "",
            summary=self.summary.data or "",
            body=_by_language(self.body, self.body_welsh),
            to_do=_by_language(self.to_do, self.to_do_welsh),
            severity=Severity(self.severity.data) if self.severity.data in SEVERITIES else None,
            cves=[line.upper() for line in _lines(self.cves)],
            products=[text.one_line(line) for line in _lines(self.products)],
            indicators=typed_values.parse(typed_values.lines_of(self.values.data or "")).values,
            links=_lines(self.links),
            marking=Marking(self.marking.data) if self.marking.data in LABELS else None,
            named=self.named_people,
            early_until=self.moment,
            early=self.early_people,
        )


def as_typed(told: Told) -> dict[str, str]:
    """Return what a warning says as the form holds it; addresses are written so that nobody opens one by mistake."""
    return {
        "title": told.title,
        "summary": told.summary,
        "severity": told.severity.value if told.severity else "",
        "to_do": told.to_do.get("en", ""),
        "to_do_welsh": told.to_do.get("cy", ""),
        "body": told.body.get("en", ""),
        "body_welsh": told.body.get("cy", ""),
        "products": "\n".join(told.products),
        "cves": "\n".join(told.cves),
        "values": "\n".join(text.defang(one.value) for one in told.indicators),
        "links": "\n".join(told.links),
        "marking": told.marking.value if told.marking else "",
    }


def named_as_typed(told: Told) -> dict[str, str]:
    """Return for whom alone a warning that is not out yet will be, as the form holds it."""
    return {
        "named": "\n".join(_addresses(told.named)),
        "until": clock.local(told.early_until).strftime(_MOMENT) if told.early_until else "",
        "early": "\n".join(_addresses(told.early)),
    }


def _by_language(english: wtforms.Field, welsh: wtforms.Field) -> dict[str, str]:
    said = {"en": english.data or "", "cy": welsh.data or ""}
    return {language: words.replace("\r\n", "\n").strip() for language, words in said.items() if words.strip()}


def _lines(field: wtforms.Field) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in (field.data or "").splitlines() if line.strip()))


def _few_lines(field: wtforms.Field) -> list[str]:
    lines = _lines(field)
    if len(lines) > MOST_LINES:
        raise wtforms.ValidationError(_("Give no more than %(most)s lines", most=MOST_LINES))
    return lines


def _people(field: wtforms.Field) -> list[UUID]:
    asked = {line.lower() for line in _lines(field)}
    rows = session.execute(select(func.lower(Person.email), Person.id).where(func.lower(Person.email).in_(asked)))
    known = {row[0]: row[1] for row in rows}
    if missing := sorted(asked - set(known)):
        raise wtforms.ValidationError(_("Nobody here has the address %(address)s", address=missing[0]))
    return list(known.values())


def _addresses(people: Iterable[UUID]) -> Sequence[str]:
    rows = session.scalars(select(Person.email).where(Person.id.in_(list(people))).order_by(Person.email))
    return rows.all()
