"""The form "My systems": tick-boxes by kind, what else there is line by line, what to follow, how urgent it must be."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from warp_hub.alerts import interests, products
from warp_hub.alerts.interests import LONGEST_TYPED, MOST_TYPED, Wanted
from warp_hub.alerts.wording_interests import KINDS, SECTORS, TOPICS
from warp_hub.pages.forms import Form, choices
from warp_hub.pages.typed_values import lines_of
from warp_hub.sharing.models import Severity

ANY = "any"
MOST_LETTERS = 20_000


class InterestsForm(Form):
    """What somebody runs and follows; `of_kind` lists its fields of tick-boxes."""

    typed = wtforms.TextAreaField(
        _l("What else do you run?"),
        description=_l("One product or maker on each line, such as “Jadu” or “Hornbill”."),
        validators=[wtforms.validators.Length(max=MOST_LETTERS, message=_l("Shorten this list"))],
    )
    topics = wtforms.SelectMultipleField(_l("Topics"), choices=choices(TOPICS))
    sectors = wtforms.SelectMultipleField(_l("Warnings for"), choices=choices(SECTORS))
    sources = wtforms.SelectMultipleField(_l("Everything from"))
    floor = wtforms.RadioField(_l("How urgent must a warning be to count as yours?"))
    of_kind: tuple[str, ...] = ()

    def validate_typed(self, field: wtforms.TextAreaField) -> None:
        """Refuse a line that names nothing to look for."""
        lines = lines_of(field.data or "")
        _wanted, refused = interests.read_typed(lines)
        if len(lines) > MOST_TYPED:
            raise wtforms.ValidationError(_("Give no more than %(most)s lines", most=MOST_TYPED))
        if refused:
            raise wtforms.ValidationError(
                _("“%(line)s” is in too many warnings to tell anything. Write a name.", line=refused[0][:LONGEST_TYPED])
            )

    def wanted(self) -> Wanted:
        """Return the list as filled in."""
        typed, _refused = interests.read_typed(lines_of(self.typed.data or ""))
        ticked = {product for name in self.of_kind for product in self[name].data or ()}
        return Wanted(
            products=typed.products | ticked,
            typed=typed.typed,
            topics=frozenset(self.topics.data or ()),
            sectors=frozenset(self.sectors.data or ()),
            sources=frozenset(map(UUID, self.sources.data or ())),
            floor=None if self.floor.data == ANY else Severity(self.floor.data),
        )


def form_for(held: Wanted, sources: Mapping[UUID, str]) -> InterestsForm:
    """Return the form filled with a list; `sources` are those whose warnings the reader has met."""
    by_kind: dict[str, dict[str, str]] = {kind: {} for kind in KINDS}
    for product in products.catalogue():
        by_kind[product.kind][product.id] = product.name
    fields: dict[str, Any] = {
        f"of_{kind}": wtforms.SelectMultipleField(KINDS[kind], choices=choices(named))
        for kind, named in by_kind.items()
    }
    filled = {name: sorted(held.products) for name in fields} | _filled(held)
    made: InterestsForm = type("MySystemsForm", (InterestsForm,), {**fields, "of_kind": tuple(fields)})(data=filled)
    made.sources.choices = choices({str(of): name for of, name in sources.items()})
    floors = {Severity.ACT_TODAY: _("Act today only"), Severity.THIS_WEEK: _("Act today and this week")}
    made.floor.choices = choices({ANY: _("Any")} | {floor.value: words for floor, words in floors.items()})
    return made


def _filled(held: Wanted) -> dict[str, Any]:
    return {
        "typed": "\n".join(held.typed),
        "topics": sorted(held.topics),
        "sectors": sorted(held.sectors),
        "sources": _texts(held.sources),
        "floor": held.floor.value if held.floor else ANY,
    }


def _texts(ids: Iterable[UUID]) -> list[str]:
    return sorted(map(str, ids))
