"""What the pages and letters of joining say for what the code knows."""

from collections.abc import Mapping
from datetime import timedelta

from flask_babel import LazyString, get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from warp_hub.memberships.application_models import ApplicationState
from warp_hub.memberships.domains import DomainCheck, Hint
from warp_hub.memberships.models import MembershipKind, PostKind, Warp

KINDS: Mapping[str, LazyString] = {
    MembershipKind.FULL.value: _l("A council or another public body"),
    MembershipKind.ASSOCIATE.value: _l("A supplier, or a service that several bodies share"),
}
ADMITTED_AS: Mapping[str, LazyString] = {
    MembershipKind.FULL.value: _l("Member"),
    MembershipKind.ASSOCIATE.value: _l("Associate: a supplier or a shared service"),
}
POSTS: Mapping[str, LazyString] = {
    PostKind.LEAD.value: _l("Main contact: accepts the agreement and answers for their organisation"),
    PostKind.OFFICER.value: _l("Officer: reads, books and answers"),
}
LANGUAGES: Mapping[str, str] = {"en": "English", "cy": "Cymraeg"}
STATES: Mapping[ApplicationState, LazyString] = {
    ApplicationState.STARTED: _l("Not sent yet"),
    ApplicationState.SENT: _l("Waits for a decision"),
    ApplicationState.MORE_ASKED: _l("Waits for the applicant's answer"),
    ApplicationState.ANNOUNCED: _l("Approved; members have been given notice"),
    ApplicationState.APPROVED: _l("Approved"),
    ApplicationState.REFUSED: _l("Refused"),
}


def warp_name(warp: Warp) -> str:
    """Return a WARP's name in the reader's language."""
    locale = get_locale()
    return warp.name_cy if warp.name_cy and locale is not None and locale.language == "cy" else warp.name


def in_language(text: Mapping[str, str]) -> tuple[str, str]:
    """Return words in the reader's language, or in the one there is, with the code of that language."""
    locale = get_locale()
    wish = locale.language if locale is not None else "en"
    language = wish if text.get(wish) else next((code for code, words in text.items() if words), "en")
    return text.get(language, ""), language


def told_by_domain(check: DomainCheck) -> list[str]:
    """Return what a coordinator should know of the domain of an applicant's address, one sentence each."""
    told = [_whose(check), *_hints(check)]
    if check.has_plus:
        told.append(_("The address has a plus sign: one mailbox can have many such addresses."))
    return told


def called_the_same(name: str) -> str:
    """Return what a coordinator should know where the name is known but the domain is not that organisation's."""
    return str(
        _(
            "%(name)s is here already, under other domains. Ring it by a number you know: either it has a new domain, "
            "which is added first, or somebody uses its name.",
            name=name,
        )
    )


def _whose(check: DomainCheck) -> str:
    names = ", ".join(one.name for one in check.verified)
    if len(check.verified) == 1:
        return str(_("%(domain)s is a domain of %(name)s.", domain=check.domain, name=names))
    if check.verified:
        return str(_("%(domain)s is shared by several organisations: %(names)s.", domain=check.domain, names=names))
    return str(_("No organisation here is known to use %(domain)s: this would be a new one.", domain=check.domain))


def _hints(check: DomainCheck) -> list[str]:
    if check.hint is Hint.IMITATES:
        words = {"domain": check.domain, "other": check.taken_for}
        return [_("Take care: %(domain)s could be taken for %(other)s and is not.", **words)]
    if check.hint is Hint.SHARED:
        return [_("Anybody may have an address there: it does not say for whom somebody works.")]
    if check.hint is Hint.PUBLIC_BODY and not check.verified:
        return [_("Its ending is one of public bodies. That is a hint, not a proof: check which body it is.")]
    return []


def how_long(wait: timedelta) -> str:
    """Return how long somebody has to wait who asked too often."""
    minutes = int(wait.total_seconds()) // 60 + 1
    return str(
        ngettext(
            "Too many tries. Wait %(num)d minute, then try again.",
            "Too many tries. Wait %(num)d minutes, then try again.",
            minutes,
        )
    )
