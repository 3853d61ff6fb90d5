"""The form by which a coordinator decides an application."""

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length

from warp_hub.joining import wording
from warp_hub.memberships.application_models import Application
from warp_hub.memberships.applications import LONGEST_TEXT
from warp_hub.memberships.deciding import Approval
from warp_hub.memberships.domains import DomainCheck
from warp_hub.memberships.models import MembershipKind, Organisation, PostKind
from warp_hub.pages.forms import Form, choices
from warp_hub.text.characters import visible

APPROVE, REFUSE, ASK = "approve", "refuse", "ask"
NEW = "new"
DECISIONS = {
    APPROVE: _l("Approve"),
    ASK: _l("Ask the applicant for more"),
    REFUSE: _l("Refuse"),
}
SAID = {
    APPROVE: _l("Decided. The applicant gets a letter."),
    ASK: _l("Your question is on its way to the applicant."),
    REFUSE: _l("Refused. The applicant gets a letter with your reason."),
}


class DecisionForm(Form):
    """What is decided and why; how somebody is admitted counts only where they are."""

    as_of = wtforms.HiddenField()
    organisation = wtforms.RadioField(_l("To which organisation do they belong?"), validate_choice=False)
    kind = wtforms.RadioField(
        _l("How does it join?"),
        choices=choices(wording.ADMITTED_AS),
        validate_choice=False,
        description=_l("If it is in the WARP already, this changes nothing."),
    )
    post = wtforms.RadioField(
        _l("What will the applicant be there?"), choices=choices(wording.POSTS), validate_choice=False
    )
    owns_domain = wtforms.BooleanField()
    decision = wtforms.RadioField(
        _l("What do you decide?"), [InputRequired(_l("Choose what you decide"))], choices=choices(DECISIONS)
    )
    reason = wtforms.TextAreaField(
        _l("Your reason, or your question"),
        [InputRequired(_l("Write your reason or your question")), Length(max=LONGEST_TEXT)],
        description=_l("The applicant reads it, unless you approve: then it is kept for coordinators."),
    )

    def about(self, application: Application, check: DomainCheck, *, has_lead: bool) -> "DecisionForm":
        """Offer what this application leaves open; of several organisations none is chosen before."""
        known = {str(one.id): one.name for one in check.verified}
        new = {NEW: _("A new organisation: %(name)s", name=application.organisation_name)}
        self.organisation.choices = choices({**known, **new})
        self.owns_domain.label.text = _("Anyone with an address at %(domain)s works there", domain=check.domain)
        if not self.is_submitted():
            self.as_of.data = application.changed_at.isoformat()
            self.organisation.data = None if len(known) > 1 else next(iter(known), NEW)
            self.kind.data = (application.kind or MembershipKind.FULL).value
            self.post.data = (PostKind.OFFICER if has_lead else PostKind.LEAD).value
        return self

    def validate_organisation(self, field: wtforms.Field) -> None:
        """Ask for it where somebody is admitted: it is never guessed."""
        self._require(field, _("Choose to which organisation they belong"))

    def validate_kind(self, field: wtforms.Field) -> None:
        """Ask as what it joins."""
        self._require(field, _("Choose how it joins"))

    def validate_post(self, field: wtforms.Field) -> None:
        """Ask what the applicant will be."""
        self._require(field, _("Choose what the applicant will be"))

    def words(self) -> str:
        """Return the reason or the question, in which nothing hides."""
        return visible(self.reason.data.replace("\r\n", "\n")).strip()

    def approval(self, check: DomainCheck) -> Approval:
        """Return how the applicant is admitted."""
        by_id: dict[str, Organisation] = {str(one.id): one for one in check.verified}
        kind, post = MembershipKind(self.kind.data), PostKind(self.post.data)
        owns_domain = bool(self.owns_domain.data) and check.may_be_noted
        return Approval(by_id.get(self.organisation.data), kind, post, owns_domain)

    def _require(self, field: wtforms.Field, words: str) -> None:
        if self.decision.data == APPROVE and field.data not in {choice.value for choice in field.choices}:
            raise wtforms.ValidationError(words)
