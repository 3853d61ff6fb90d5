"""See what members will see: the words of a text that could tell who wrote it, each with a choice.

Nothing is kept between requests: the form carries the texts under their own names and the choices beside them, and
every request looks again. In a view:

    found = check({"what": form.what.data, "how": form.how.data}, known_of(person), request.form)
    if found.is_settled: ...  # found.texts is what members will see

In a template, within a form: `{{ checked_text(found, {"what": _("What happened")}) }}` draws texts, choices and hidden
fields; `{{ checked_hidden(found) }}` carries all of it through a later page. The page's template is given `form=found`,
or `form=together(form, found)` beside a form of its own, so that its errors are summed up above.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Protocol

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from warp_hub.text.characters import one_line
from warp_hub.text.identifying import Finding, Kind, Known, find_identifiers, replace_all
from warp_hub.text.identifying_findings import TELLING

USE, KEEP = "use", "keep"
CHOOSE, BECAUSE, ALL, LOOKED = "choose-", "because-", "choose-all", "choices-shown"
LONGEST_REASON = 200
_MOST_ROUNDS = 5

REASONS: dict[Kind, LazyString] = {
    Kind.ORGANISATION: _l("This names your organisation."),
    Kind.SHORT_NAME: _l("This can be read as your organisation."),
    Kind.PERSON: _l("This is your own name."),
    Kind.DOMAIN: _l("This is a web or e-mail domain of your organisation."),
    Kind.LOOK_ALIKE: _l("This holds a name of your organisation, so members could guess who was attacked."),
    Kind.OWN_EMAIL: _l("This e-mail address names you or your organisation."),
    Kind.EMAIL: _l("An e-mail address leads to a person. Keep it only if it is the attacker's."),
    Kind.PHONE: _l("A telephone number leads to a person. Keep it only if it is the attacker's."),
    Kind.POSTCODE: _l("A postcode tells where you are."),
    Kind.HOST: _l("The name of a computer or folder inside a network can tell whose network it is."),
    Kind.ACCOUNT: _l("The name of an account can tell the organisation and the person."),
    Kind.PRIVATE_ADDRESS: _l("This is an address inside a network. It helps nobody outside, and can tell whose it is."),
}


@dataclass(frozen=True)
class Kept:
    """A passage that stays in the text although it could identify, and why."""

    kind: Kind
    found: str
    because: str


@dataclass(frozen=True)
class Piece:
    """A run of a text; `choice` is what asks about it, None where nothing does."""

    text: str
    choice: "Choice | None" = None


@dataclass
class Choice:
    """One passage, in however many places it stands, and what its author wants done about it."""

    key: str
    number: int
    finding: Finding
    times: int = 0
    chosen: str = ""
    because: str = ""
    errors: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        """Return the id of the first thing to press, where a link from the error summary leads."""
        return f"{BECAUSE if self.chosen == KEEP else CHOOSE}{self.key}"

    @property
    def reason(self) -> str:
        """Return, in plain words, why this passage could identify somebody."""
        return str(REASONS[self.finding.kind])

    @property
    def is_settled(self) -> bool:
        """Say whether the passage stays for a reason."""
        return self.chosen == KEEP and bool(self.because) and not self.errors


@dataclass
class Check:
    """The texts as they now are, what in them asks for a choice, and what was chosen."""

    texts: dict[str, str]
    choices: list[Choice]
    pieces: dict[str, list[Piece]]

    @property
    def is_settled(self) -> bool:
        """Say whether nothing is left that could identify, but what its author keeps for a reason."""
        return all(choice.is_settled for choice in self.choices)

    @property
    def kept(self) -> tuple[Kept, ...]:
        """Return all that is kept. It tells who wrote: it is for the author alone, never stored beside the text."""
        settled = (choice for choice in self.choices if choice.is_settled)
        return tuple(Kept(choice.finding.kind, choice.finding.found, choice.because) for choice in settled)

    @property
    def kept_for_others(self) -> tuple[Kept, ...]:
        """Return what is kept and would be found whoever wrote, so that a coordinator may read it."""
        return tuple(kept for kept in self.kept if kept.kind not in TELLING)

    @property
    def errors(self) -> dict[str, list[str]]:
        """Return what is wrong with the choices, as a form does."""
        return {choice.id: choice.errors for choice in self.choices if choice.errors}

    @property
    def form_errors(self) -> tuple[str, ...]:
        """Return nothing: what is wrong belongs to a choice."""
        return ()

    def __iter__(self) -> Iterator[Choice]:
        return iter(self.choices)


class WithErrors(Protocol):
    """A form, or what the error summary reads as one."""

    errors: Any
    form_errors: Any

    def __iter__(self) -> Iterator[Any]: ...


@dataclass(frozen=True)
class Together:
    """Several forms whose errors are summed up as one."""

    parts: tuple[Any, ...]

    @property
    def errors(self) -> dict[str, Any]:
        """Return what is wrong with any of them."""
        return {name: errors for part in self.parts for name, errors in part.errors.items()}

    @property
    def form_errors(self) -> list[str]:
        """Return what is wrong with any of them as a whole."""
        return [text for part in self.parts for text in part.form_errors]

    def __iter__(self) -> Iterator[Any]:
        return (one for part in self.parts for one in part)


def together(*forms: Any) -> Together:
    """Return several forms as one, for a page that sums up their errors."""
    return Together(forms)


def check(texts: Mapping[str, str], known: Known, posted: Mapping[str, str] | None = None) -> Check:
    """Apply the choices in the form posted, if any, and look again; a text changes only where that was chosen."""
    posted = posted or {}
    now = dict(texts)
    for _round in range(_MOST_ROUNDS):
        found = {name: find_identifiers(text, known) for name, text in now.items()}
        used = {name: [each for each in findings if _is_used(each, posted)] for name, findings in found.items()}
        if not any(used.values()):
            break
        now = {name: replace_all(text, used[name]) for name, text in now.items()}
    found = {name: find_identifiers(text, known) for name, text in now.items()}
    choices = _choices(found, posted)
    if LOOKED in posted:
        _find_faults(choices, known)
    pieces = {name: list(_pieces(text, found[name], choices)) for name, text in now.items()}
    return Check(now, list(choices.values()), pieces)


def _is_used(finding: Finding, posted: Mapping[str, str]) -> bool:
    return posted.get(CHOOSE + _key(finding), posted.get(ALL)) == USE


def _key(finding: Finding) -> str:
    """Return a short name for a passage that is the same wherever and however often it stands."""
    same = f"{finding.kind}\0{' '.join(finding.found.casefold().split())}"
    return sha256(same.encode(errors="replace")).hexdigest()[:12]


def _reason(posted: Mapping[str, str], key: str) -> str:
    return one_line(posted.get(BECAUSE + key, ""), LONGEST_REASON)


def _choices(found: Mapping[str, list[Finding]], posted: Mapping[str, str]) -> dict[str, Choice]:
    choices: dict[str, Choice] = {}
    for finding in (finding for findings in found.values() for finding in findings):
        key = _key(finding)
        if key not in choices:
            chosen = KEEP if posted.get(CHOOSE + key) == KEEP else ""
            choices[key] = Choice(key, len(choices) + 1, finding, 0, chosen, _reason(posted, key))
        choices[key].times += 1
    return choices


def _find_faults(choices: Mapping[str, Choice], known: Known) -> None:
    for choice in choices.values():
        if not choice.chosen:
            choice.errors.append(_("Use the suggestion, or keep “%(found)s” and say why", found=choice.finding.found))
        elif not choice.because:
            choice.errors.append(_("Say why “%(found)s” can stay", found=choice.finding.found))
        elif any(_key(each) not in choices for each in find_identifiers(choice.because, known)):
            choice.errors.append(_("Do not name anybody in the reason"))


def _pieces(text: str, findings: list[Finding], choices: Mapping[str, Choice]) -> Iterator[Piece]:
    place = 0
    for finding in findings:
        if finding.start > place:
            yield Piece(text[place : finding.start])
        yield Piece(finding.found, choices[_key(finding)])
        place = finding.end
    if place < len(text):
        yield Piece(text[place:])
