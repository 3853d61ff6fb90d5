"""What stands behind a warning, in words: who attacks with what, what its source advises, its notes, detection rules.

Everything is read by the rule, each thing under its own label; a section says the strictest of what it shows.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from warp_hub import clock, text
from warp_hub.advisories.scopes import is_of, reader
from warp_hub.advisories.sorting import LONGEST_SUMMARY
from warp_hub.db import among, session
from warp_hub.sharing.models import Indicator, Item, ItemVersion
from warp_hub.tlp import Marking, Outlet, Viewer, strictest

MOST_SHOWN, MOST_RULES, LONGEST_RULE = 60, 20, 20_000

ATTACKERS = ("threat-actor", "intrusion-set", "campaign", "malware", "tool", "incident", "infrastructure")
MEASURES, NOTES, RULES, WEAKNESSES = ("course-of-action",), ("note", "opinion"), ("indicator",), ("vulnerability",)


@dataclass(frozen=True)
class Said:
    """One thing behind a warning: what it is called, what its source says of it, and which kind of object it is."""

    title: str
    summary: str
    type: str


@dataclass(frozen=True)
class Rule:
    """A detection rule in a language of its own (YARA, Sigma, Snort)."""

    title: str
    language: str
    text: str


@dataclass(frozen=True)
class Section:
    """Things of one sort, the strictest label among them, and how many more there are."""

    rows: Sequence[Any] = ()
    label: Marking | None = None
    more: int = 0


@dataclass(frozen=True)
class Behind:
    """What stands behind one warning, section by section, and how many objects of each type there are."""

    attackers: Section
    measures: Section
    notes: Section
    weaknesses: Section
    rules: Section
    counts: Mapping[str, int]

    @property
    def labels(self) -> list[Marking]:
        """Return the label of each section that shows something."""
        sections = (self.attackers, self.measures, self.notes, self.weaknesses, self.rules)
        return [section.label for section in sections if section.label is not None]


def behind(stix_ids: Mapping[UUID, str], viewer: Viewer, outlet: Outlet) -> Behind:
    """Return in words what these objects behind a warning say, as far as this viewer receives them."""

    def section(types: tuple[str, ...]) -> Section:
        return _section({item_id: name for item_id, name in stix_ids.items() if is_of(name, types)}, viewer, outlet)

    return Behind(
        attackers=section(ATTACKERS),
        measures=section(MEASURES),
        notes=section(NOTES),
        weaknesses=section(WEAKNESSES),
        rules=_rules([item_id for item_id, name in stix_ids.items() if is_of(name, RULES)], viewer, outlet),
        counts=Counter(name.split("--", 1)[0] for name in stix_ids.values()),
    )


def strictest_of(rows: Sequence[Any]) -> Marking | None:
    """Return the strictest label of these rows; what is early is for named people."""
    now = clock.now()
    labels = {Marking.RED if row.embargo_until and row.embargo_until > now else row.marking for row in rows}
    return strictest(labels) if labels else None


def _section(stix_ids: Mapping[UUID, str], viewer: Viewer, outlet: Outlet) -> Section:
    if not stix_ids:
        return Section()
    asked = reader(viewer, outlet)(Item).where(among(Item.id, stix_ids))
    columns = asked.with_only_columns(Item.id, Item.title, Item.summary, Item.marking, Item.embargo_until)
    found = session.execute(columns.order_by(Item.title, Item.id).limit(MOST_SHOWN + 1)).all()
    rows = found[:MOST_SHOWN]
    said = [Said(row.title, _summary(row), stix_ids[row.id].split("--", 1)[0]) for row in rows]
    return Section(list(dict.fromkeys(said)), strictest_of(rows), len(stix_ids) - len(rows))


def _summary(row: Any) -> str:
    # Where its source says nothing, what is stored repeats the name; what is long was cut wherever it was.
    is_cut = len(row.summary) >= LONGEST_SUMMARY
    told = row.summary + "." if is_cut else row.summary
    return "" if told.startswith(row.title) else text.first_paragraph(told, LONGEST_SUMMARY)


def _rules(indicators: Collection[UUID], viewer: Viewer, outlet: Outlet) -> Section:
    """Return the rules of the indicators that name no value to look for."""
    if not indicators:
        return Section()
    scope = reader(viewer, outlet)
    with_values = scope(Indicator).where(among(Indicator.item_id, indicators)).with_only_columns(Indicator.item_id)
    without = set(indicators) - set(session.scalars(with_values.distinct()))
    if not without:
        return Section()
    asked = scope(ItemVersion).where(among(ItemVersion.item_id, without)).order_by(ItemVersion.modified.desc())
    found = session.scalars(asked.limit(MOST_RULES)).all()
    rules = {row.stix_id: (row, rule) for row in reversed(found) if (rule := _rule(row.content))}
    rows = [row for row, _ in rules.values()]
    return Section([rule for _, rule in rules.values()], strictest_of(rows), max(len(without) - len(found), 0))


def _rule(content: str) -> Rule | None:
    obj = orjson.loads(content)
    pattern, language = obj.get("pattern"), obj.get("pattern_type") or "stix"
    if not isinstance(pattern, str) or not isinstance(language, str) or not pattern.strip():
        return None
    return Rule(text.one_line(obj.get("name") or ""), text.one_line(language), text.visible(pattern[:LONGEST_RULE]))
