"""The forms of the directory: one's own profile, and what leads and coordinators fill in."""

import re
from collections.abc import Iterable

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length

from warp_hub.memberships.models import MembershipKind, Organisation, State
from warp_hub.memberships.profiles import Details
from warp_hub.memberships.reading import Unreadable, read_address, read_domain, read_name
from warp_hub.pages.forms import Form, choices
from warp_hub.pages.language import LANGUAGES

_TELEPHONE = re.compile(r"\+?[0-9 ()/-]{5,30}(?: ?(?:ext\.?|x) ?[0-9]{1,6})?")
LONGEST_REASON = 500
MOST_NAMES = 40
KINDS = {
    MembershipKind.FULL.value: _l("Full member"),
    MembershipKind.ASSOCIATE.value: _l("Associate: a supplier or shared service, never sent TLP:AMBER+STRICT"),
}
TO_BE = {
    State.ACTIVE: _l("Active"),
    State.SUSPENDED: _l("Suspended: its people receive nothing by it until it is restored"),
    State.LAPSED: _l("Lapsed"),
    State.LEFT: _l("Left the WARP"),
}


class ProfileForm(Form):
    """What somebody says of themselves, and what of it other members see."""

    name = wtforms.StringField(_l("Your name"), [InputRequired(_l("Enter your name")), Length(max=200)])
    language = wtforms.RadioField(_l("Language of our mails to you"), choices=choices(LANGUAGES))
    role = wtforms.StringField(
        _l("Your role"),
        [Length(max=100, message=_l("Use 100 characters or fewer"))],
        description=_l("For example “Information security officer”"),
    )
    telephone = wtforms.StringField(_l("Telephone"), [Length(max=40, message=_l("Use 40 characters or fewer"))])
    can_help_with = wtforms.TextAreaField(
        _l("What you can help others with"),
        [Length(max=500, message=_l("Use 500 characters or fewer"))],
        description=_l("For example “moving to passkeys” or “rebuilding after ransomware”"),
    )
    shows_name = wtforms.BooleanField(_l("My name"), description=_l("Without it nothing else is shown."))
    shows_role = wtforms.BooleanField(_l("My role"))
    shows_telephone = wtforms.BooleanField(_l("My telephone number"))
    shows_email = wtforms.BooleanField(_l("My e-mail address"))
    shows_help = wtforms.BooleanField(_l("What I can help with"))

    def validate_name(self, field: wtforms.Field) -> None:
        """Refuse what cannot be read as a name."""
        _require_name(field)

    def validate_role(self, field: wtforms.Field) -> None:
        """Refuse what is no plain line of text."""
        if (field.data or "").strip():
            _require_name(field)

    def validate_telephone(self, field: wtforms.Field) -> None:
        """Refuse what nobody could dial."""
        typed = (field.data or "").strip()
        if typed and not _TELEPHONE.fullmatch(typed):
            raise wtforms.ValidationError(_("Enter a telephone number, like 01632 960 001"))

    def details(self) -> Details:
        """Return what was filled in; any other field that was sent is nobody's business."""
        return Details(
            name=read_name(self.name.data),
            language=self.language.data,
            role=" ".join((self.role.data or "").split()),
            telephone=" ".join((self.telephone.data or "").split()),
            can_help_with=(self.can_help_with.data or "").strip(),
            shows_name=bool(self.shows_name.data),
            shows_role=bool(self.shows_role.data),
            shows_telephone=bool(self.shows_telephone.data),
            shows_email=bool(self.shows_email.data),
            shows_help=bool(self.shows_help.data),
        )


def _require_name(field: wtforms.Field) -> None:
    try:
        read_name(field.data or "")
    except Unreadable:
        raise wtforms.ValidationError(_("Use letters and numbers, on one line")) from None


class ReasonForm(Form):
    """Why: it is kept with what was done."""

    reason = wtforms.StringField(
        _l("Why?"),
        [
            InputRequired(_l("Say why")),
            Length(max=LONGEST_REASON, message=_l("Use 500 characters or fewer")),
        ],
        description=_l("A few words. It is kept, and coordinators can read it."),
    )

    def text(self) -> str:
        """Return what was said, on one line."""
        return " ".join((self.reason.data or "").split())


class PersonForm(Form):
    """A person's name, and what the page showed."""

    name = wtforms.StringField(_l("Name"), [InputRequired(_l("Enter a name")), Length(max=200)])
    seen = wtforms.HiddenField()

    def validate_name(self, field: wtforms.Field) -> None:
        """Refuse what cannot be read as a name."""
        _require_name(field)


class ColleagueForm(Form):
    """Who is added to an organisation."""

    name = wtforms.StringField(_l("Name"), [InputRequired(_l("Enter a name")), Length(max=200)])
    email = wtforms.StringField(_l("E-mail address"), [InputRequired(_l("Enter an e-mail address")), Length(max=254)])

    def validate_name(self, field: wtforms.Field) -> None:
        """Refuse what cannot be read as a name."""
        _require_name(field)

    def validate_email(self, field: wtforms.Field) -> None:
        """Refuse what is no address."""
        try:
            read_address(field.data or "")
        except Unreadable:
            raise wtforms.ValidationError(_("Enter an e-mail address like name@council.gov.uk")) from None


class NamesForm(Form):
    """By which names an organisation is known, and what the page showed."""

    name = wtforms.StringField(_l("Name"), [InputRequired(_l("Enter a name")), Length(max=200)])
    short_name = wtforms.StringField(_l("Short name"), [Length(max=100)], description=_l("For example “Ashcombe”"))
    also_known_as = wtforms.TextAreaField(
        _l("Other and former names, one a line"),
        [Length(max=4000)],
        description=_l("Old names of the council, its abbreviation, names of its services that would give it away."),
    )
    seen = wtforms.HiddenField()

    def validate_name(self, field: wtforms.Field) -> None:
        """Refuse what cannot be read as a name."""
        _require_name(field)

    def validate_short_name(self, field: wtforms.Field) -> None:
        """Refuse what cannot be read as a name."""
        if (field.data or "").strip():
            _require_name(field)

    def validate_also_known_as(self, field: wtforms.Field) -> None:  # noqa: ARG002 - the lines are what counts
        """Refuse too many, and what cannot be read as a name."""
        names = self.others()
        if len(names) > MOST_NAMES:
            raise wtforms.ValidationError(_("Enter 40 names or fewer"))
        for name in names:
            try:
                read_name(name)
            except Unreadable:
                raise wtforms.ValidationError(_("This is no name: %(name)s", name=name[:60])) from None

    def others(self) -> list[str]:
        """Return the other names, each once, as typed."""
        lines = (" ".join(line.split()) for line in (self.also_known_as.data or "").splitlines())
        return list(dict.fromkeys(line for line in lines if line))


class DomainForm(Form):
    """A mail domain that is the organisation's."""

    domain = wtforms.StringField(
        _l("Mail domain"),
        [InputRequired(_l("Enter a domain")), Length(max=254)],
        description=_l("What stands after the @, such as ashcombe.gov.uk"),
    )

    def validate_domain(self, field: wtforms.Field) -> None:
        """Refuse what is no domain, or one that many organisations share."""
        try:
            read_domain(field.data or "")
        except Unreadable:
            raise wtforms.ValidationError(
                _("Enter a domain of your own, like ashcombe.gov.uk. One that many share cannot be verified.")
            ) from None


class PlaceForm(ReasonForm):
    """As what an organisation belongs to a WARP, where it stands, why, and what the page showed."""

    kind = wtforms.RadioField(_l("Kind of membership"), choices=choices(KINDS))
    state = wtforms.RadioField(_l("State of the membership"))
    seen = wtforms.HiddenField()

    def offer(self, states: Iterable[State]) -> "PlaceForm":
        """Let these states be chosen."""
        self.state.choices = choices({state.value: TO_BE[state] for state in states})
        return self


class SuccessorForm(ReasonForm):
    """Which member takes an organisation's place, and why."""

    successor = wtforms.SelectField(
        _l("Which organisation replaces it?"), [InputRequired(_l("Choose an organisation"))]
    )

    def offer(self, bodies: Iterable[Organisation]) -> "SuccessorForm":
        """Let these be chosen."""
        self.successor.choices = choices({"": _("Choose an organisation"), **{str(one.id): one.name for one in bodies}})
        return self
