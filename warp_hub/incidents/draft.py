"""A report being told: nothing of it is kept anywhere but in the form, which carries all of it between the screens."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import wtforms
from flask_babel import gettext as _
from wtforms.validators import StopValidation

from warp_hub import clock, text
from warp_hub.custody.promises import NOT_OFFERED, Promise
from warp_hub.incidents import indicators, telling
from warp_hub.incidents.filing import PROMISES, Answers
from warp_hub.incidents.forms import ReportForm
from warp_hub.incidents.places import Place
from warp_hub.memberships import reach
from warp_hub.memberships.recognising import known_of
from warp_hub.pages import checking
from warp_hub.pages.checking import CHOOSE, KEEP, Check
from warp_hub.stix import IndicatorValue
from warp_hub.text.identifying import Known, find_identifiers
from warp_hub.tlp import Handling, Marking

SCREENS = ("now", "promise", "what", "addresses", "seen", "check")
SENT = "sent"
OURS = "ours"
FIELDS: dict[str, tuple[str, ...]] = {
    "promise": ("rang", "place", "promise"),
    "what": ("what", "noticed", "impact", "helped"),
    "addresses": ("indicators",),
    "seen": ("marking", "pap", "chatham_house", "restrictions"),
}


@dataclass
class Draft:
    """What was typed so far, for one of these places; `by_phone` it is typed by a coordinator for whoever rang."""

    form: ReportForm
    places: Sequence[Place]
    posted: Mapping[str, str] = field(default_factory=dict)
    by_phone: bool = False

    def __post_init__(self) -> None:
        lines = f"{self.form.indicators.data or ''}\n{self.posted.get(OURS, '')}"
        self.form.indicators.data = "\n".join(indicators.lines_of(lines))
        self.form.place.choices = [
            wtforms.SelectChoice(one.key, f"{one.organisation_name} ({one.warp_name})") for one in self.places
        ]

    def turn(self, screen: str, go: str) -> str:
        """Return the screen to show next, with errors on the form where something is missing; SENT when nothing is."""
        here = SCREENS.index(screen)
        if go == "back":
            return SCREENS[max(here - 1, 0)]
        if go in SCREENS[:here]:
            return go
        # Nobody looks at answers, or sends them, in which something is missing.
        asked = SCREENS if go == "send" or here >= SCREENS.index("seen") else (screen,)
        faulty = next((one for one in asked if not self._is_well(one)), None)
        if faulty is not None:
            return faulty
        return SENT if go == "send" else SCREENS[min(here + 1, len(SCREENS) - 1)]

    @property
    def place(self) -> Place | None:
        """Return the place for which this is reported, None while it is open."""
        if len(self.places) == 1:
            return self.places[0]
        return next((one for one in self.places if one.key == self.form.place.data), None)

    @property
    def promise(self) -> Promise | None:
        """Return what was chosen of what this hub offers."""
        return next((one for one in PROMISES if one.value == self.form.promise.data), None)

    @cached_property
    def known(self) -> Known:
        """Return what gives the reporter away."""
        return known_of(self.place.person_id) if self.place else Known()

    @cached_property
    def checked(self) -> Check:
        """Return the texts with the choices that were made, and what in them still asks for one.

        Of addresses only those that look like the reporter's own are asked about.
        """
        known = Known() if self.promise is Promise.NAMED else self.known
        asked = self.form.texts() | {OURS: "\n".join(self._looking_ours)}
        return checking.check(asked, known, self.posted)

    @property
    def others(self) -> str:
        """Return the lines of addresses that nothing is asked about, as the form carries them."""
        return "\n".join(line for line in self._lines if text.refang(line) not in self._looking_ours)

    @property
    def other_values(self) -> tuple[IndicatorValue, ...]:
        """Return what members will be told to look for whatever is chosen about the rest."""
        return indicators.parse(indicators.lines_of(self.others)).values

    @property
    def values(self) -> tuple[IndicatorValue, ...]:
        """Return what members will be told to look for."""
        return indicators.parse(indicators.lines_of(f"{self.others}\n{self.checked.texts[OURS]}")).values

    @property
    def texts(self) -> dict[str, str]:
        """Return the texts as members will see them."""
        return {part: said for part, said in self.checked.texts.items() if part != OURS}

    @property
    def long_parts(self) -> list[str]:
        """Return the parts that have so many words that the way they are written may tell who wrote them."""
        return [part for part, said in self.texts.items() if telling.has_many_words(said)]

    @property
    def kept_choices(self) -> dict[str, str]:
        """Return what was chosen to be kept, as the form carries it over the screens that do not show it."""
        kept = {name for name, value in self.posted.items() if name.startswith(CHOOSE) and value == KEEP}
        because = {name.replace(CHOOSE, checking.BECAUSE, 1) for name in kept}
        return {name: self.posted[name] for name in sorted(kept | because) if name in self.posted}

    def audience(self) -> reach.Audience | None:
        """Return who will see it under the label that is chosen."""
        if self.place is None or self.form.marking.data not in set(Marking):
            return None
        warp = frozenset({self.place.warp_id})
        handling = Handling(Marking(self.form.marking.data), keepers=warp, recipients=warp, published_at=clock.now())
        return reach.audience(handling)

    def answers(self) -> Answers:
        """Return what is reported; only for a draft in which nothing is missing."""
        assert self.promise is not None
        form = self.form
        return Answers(
            promise=self.promise,
            texts=self.texts,
            indicators=self.values,
            marking=Marking(form.marking.data),
            chatham_house=bool(form.chatham_house.data),
            pap=form.pap.data or None,
            restrictions=text.one_line(form.restrictions.data or "", 300),
            kept=[{"found": one.found, "because": one.because} for one in self.checked.kept_for_others],
        )

    @cached_property
    def _lines(self) -> list[str]:
        return indicators.lines_of(self.form.indicators.data or "")

    @cached_property
    def _looking_ours(self) -> list[str]:
        return [text.refang(line) for line in self._lines if indicators.looks_ours(line, self.known)]

    def _is_well(self, screen: str) -> bool:
        good = [self.form[name].validate(self.form, self._more(name)) for name in FIELDS.get(screen, ())]
        is_settled = screen not in ("seen", "check") or self.checked.is_settled
        return all(good) and is_settled

    def _more(self, name: str) -> tuple[object, ...]:
        inline = getattr(self.form, f"validate_{name}", None)
        own: dict[str, Callable[[object, Any], None]] = {
            "rang": self._require_caller,
            "place": self._require_place,
            "promise": self._require_promise,
            "restrictions": self._require_unnamed,
        }
        found = [own[name]] if name in own else []
        return (*found, *([lambda _form, of: inline(of)] if inline else []))

    def _require_caller(self, _form: object, _of: wtforms.Field) -> None:
        if self.by_phone and not self.places:
            raise StopValidation(_("Nobody at a member of your WARP has this address"))

    def _require_place(self, _form: object, _of: wtforms.Field) -> None:
        if self.places and self.place is None:
            raise StopValidation(_("Choose for whom you report"))

    def _require_unnamed(self, _form: object, of: wtforms.Field) -> None:
        found = find_identifiers(of.data or "", Known() if self.promise is Promise.NAMED else self.known)
        if found:
            raise StopValidation(_("Do not name anybody here: “%(found)s”", found=found[0].found))

    def _require_promise(self, _form: object, _of: wtforms.Field) -> None:
        if self.promise is None:
            raise StopValidation(_("Choose how we should protect who you are"))
        if self.promise is Promise.ANONYMISED and self.place is not None and not self.place.keeps_records:
            raise StopValidation(str(NOT_OFFERED))
