"""A warning of a WARP's own as STIX 2.1: a report with what to look for and the CVEs it names, by the WARP.

It is written when the warning goes out and after each change. An object keeps its id from one version to the next;
only what changed gets a newer one, and what the warning names no longer is revoked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import orjson

from warp_hub import clock, stix
from warp_hub.advisories.models import Advisory
from warp_hub.advisories.writings import Writing
from warp_hub.db import new_id, session
from warp_hub.sharing.models import Indicator, Item, ItemVersion, Subject
from warp_hub.sharing.visibility import find_visible, select_visible
from warp_hub.stix import IndicatorKind, IndicatorValue
from warp_hub.stix.authored import fresh_id, maker, pattern_of, plain
from warp_hub.tlp import Outlet, Viewer

Object = dict[str, Any]
_MILLISECOND = timedelta(milliseconds=1)
_ADVICE = {"en": "What to do", "cy": "Beth i'w wneud"}
_BEGINNINGS = ("created", "valid_from", "published")


def state(item: Item, viewer: Viewer) -> bool:
    """Say in STIX what a warning of a WARP's own says by now; return whether it is one.

    Adds versions under the item's handling; nobody receives them before `publishing` lets them.
    """
    writing: Writing | None = find_visible(Writing, item.id, viewer, Outlet.DESK)
    advisory: Advisory | None = find_visible(Advisory, item.id, viewer, Outlet.DESK)
    if writing is None or advisory is None:
        return False
    session.flush()
    held = _held(item, viewer)
    known = {_about(made): made for made in held}
    telling = _Telling(item, advisory, writing, known, _moment(held))
    said = telling.objects(_parts(item, viewer, Indicator), _parts(item, viewer, Subject))
    kept = {made["id"] for made in said}
    revoked = [telling.revoked(old) for old in known.values() if old["id"] not in kept and not old.get("revoked")]
    before = {(made["id"], made.get("modified")) for made in held}
    session.add_all(_version(item, made) for made in (*said, *revoked) if (made["id"], made["modified"]) not in before)
    session.flush()
    return True


@dataclass(frozen=True)
class _Telling:
    """One warning as it is being said: its rows, the newest of each object it had before, and the moment."""

    item: Item
    advisory: Advisory
    writing: Writing
    known: dict[tuple[str, str], Object]
    now: datetime

    def objects(self, values: Iterable[Indicator], about: Iterable[Subject]) -> list[Object]:
        """Return every object of the warning; one that says what it said before is the one from before."""
        about = list(about)
        parts = [self._indicator(IndicatorValue(IndicatorKind(one.kind), one.value)) for one in values]
        parts += [self._vulnerability(one.value) for one in about if one.kind == "cve"]
        products = [one.value for one in about if one.kind == "product"]
        made = [*parts, self._report(products, parts)]
        if {"en", "cy"} <= {*self.writing.body, *self.writing.to_do}:
            made.append(self._translation())
        return [self._settled(one) for one in made]

    def revoked(self, old: Object) -> Object:
        """Return an object as one that does not hold any more."""
        return {**old, "modified": self.now.isoformat(timespec="milliseconds").replace("+00:00", "Z"), "revoked": True}

    def _indicator(self, found: IndicatorValue) -> Object:
        from stix2.v21 import Indicator as StixIndicator  # noqa: PLC0415

        pattern = pattern_of(found)
        return plain(
            StixIndicator(
                id=self._id("indicator", pattern),
                name=found.value,
                description="Named by a warning of this WARP",
                pattern=pattern,
                pattern_type="stix",
                valid_from=self.now,
                indicator_types=["malicious-activity"],
                **self._every(),
            )
        )

    def _vulnerability(self, cve: str) -> Object:
        from stix2.v21 import Vulnerability  # noqa: PLC0415

        reference = {"source_name": "cve", "external_id": cve}
        every = self._every()
        return plain(
            Vulnerability(id=self._id("vulnerability", cve), name=cve, external_references=[reference], **every)
        )

    def _report(self, products: Iterable[str], parts: list[Object]) -> Object:
        from stix2.v21 import Report  # noqa: PLC0415

        language = self._language()
        links = [link["url"] for link in self.advisory.links if link["url"]]
        labels = [
            *([self.item.severity.value] if self.item.severity else []),
            *(f"product: {name}" for name in products),
        ]
        return plain(
            Report(
                id=self.advisory.stix_id,
                name=self.item.title,
                description=self._description(language) or self.item.summary or self.item.title,
                lang=language,
                published=self.now,
                report_types=sorted({part["type"] for part in parts}) or ["threat-report"],
                labels=labels or None,
                external_references=[{"source_name": urlsplit(url).hostname, "url": url} for url in links] or None,
                object_refs=[part["id"] for part in parts] or [maker(self.writing.warp_id)],
                **self._every(),
            )
        )

    def _translation(self) -> Object:
        from stix2.v21 import LanguageContent  # noqa: PLC0415

        other = "cy" if self._language() == "en" else "en"
        made = LanguageContent(
            id=self._id("language-content", ""),
            object_ref=self.advisory.stix_id,
            contents={other: {"description": self._description(other)}},
            **self._every(),
        )
        return plain(made)

    def _every(self) -> Object:
        return {
            "created_by_ref": maker(self.writing.warp_id),
            "created": self.now,
            "modified": self.now,
            "object_marking_refs": [stix.marking_ref(self.item.marking)],
        }

    def _id(self, of_type: str, about: str) -> str:
        old = self.known.get((of_type, about))
        return str(old["id"]) if old else fresh_id(of_type)

    def _settled(self, made: Object) -> Object:
        """Return an object with the beginnings of its earlier version, or that version where it says the same."""
        old = self.known.get(_about(made))
        if old is None:
            return made
        made |= {name: old[name] for name in _BEGINNINGS if name in old}
        return old if {**made, "modified": old.get("modified")} == old else made

    def _language(self) -> str:
        return "en" if "en" in self.writing.body or "cy" not in self.writing.body else "cy"

    def _description(self, language: str) -> str:
        said, to_do = self.writing.body.get(language, ""), self.writing.to_do.get(language, "")
        return "\n\n".join(filter(None, [said, to_do and f"## {_ADVICE[language]}\n\n{to_do}"]))


def _held(item: Item, viewer: Viewer) -> list[Object]:
    """Return the versions of the objects that the warning has had, the newest of each last."""
    versions = select_visible(ItemVersion, viewer, Outlet.DESK).where(ItemVersion.item_id == item.id)
    return [orjson.loads(row.content) for row in session.scalars(versions.order_by(ItemVersion.modified))]


def _about(made: Object) -> tuple[str, str]:
    """Return by what an object is known again, whatever its id: a warning has one report and one translation."""
    key = {"indicator": "pattern", "vulnerability": "name"}.get(made["type"])
    return made["type"], made[key] if key else ""


def _moment(held: list[Object]) -> datetime:
    """Return the moment of the new versions: now, and later than those before."""
    before = [moment for made in held if (moment := stix.read_timestamp(made.get("modified")))]
    now = clock.now()
    return max([now.replace(microsecond=now.microsecond // 1000 * 1000), *(moment + _MILLISECOND for moment in before)])


def _parts(item: Item, viewer: Viewer, part: type[Any]) -> list[Any]:
    of_item = select_visible(part, viewer, Outlet.DESK).where(part.item_id == item.id)
    return list(session.scalars(of_item.order_by(part.kind, part.value)))


def _version(item: Item, made: Object) -> ItemVersion:
    version = ItemVersion(
        id=new_id(),
        item_id=item.id,
        stix_id=made["id"],
        modified=stix.read_timestamp(made["modified"]),
        content=orjson.dumps(made).decode(),
    )
    version.take_handling(item)
    return version
