"""The attributes of a MISP event: which types are values to look for, which are words, and which are left out."""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from feeds import made, misp_tags

MOST = 50_000
_LONGEST, _LONGEST_RULE = 2000, 60_000
_MOST_OBJECTS = 20_000
_HEX = re.compile(r"[0-9a-fA-F]{16,256}")

_HASHES = {
    "md5": "MD5", "sha1": "'SHA-1'", "sha224": "'SHA-224'", "sha256": "'SHA-256'", "sha384": "'SHA-384'",
    "sha512": "'SHA-512'",
}  # fmt: skip
_ADDRESS, _EMAIL = "address", "email-addr:value"
# Where the value of a type stands in a pattern, and which part of it: those of two are written "one|other".
_PLACES: Mapping[str, tuple[tuple[str, int], ...]] = {
    "ip-src": ((_ADDRESS, 0),),
    "ip-dst": ((_ADDRESS, 0),),
    "ip-src|port": ((_ADDRESS, 0),),
    "ip-dst|port": ((_ADDRESS, 0),),
    "domain": (("domain-name:value", 0),),
    "hostname": (("domain-name:value", 0),),
    "hostname|port": (("domain-name:value", 0),),
    "domain|ip": (("domain-name:value", 0), (_ADDRESS, 1)),
    "url": (("url:value", 0),),
    "email": ((_EMAIL, 0),),
    "email-src": ((_EMAIL, 0),),
    "email-dst": ((_EMAIL, 0),),
    "email-reply-to": ((_EMAIL, 0),),
    "email-subject": (("email-message:subject", 0),),
    "filename": (("file:name", 0),),
    "mutex": (("mutex:name", 0),),
    "regkey": (("windows-registry-key:key", 0),),
    "regkey|value": (("windows-registry-key:key", 0),),
    "mac-address": (("mac-addr:value", 0),),
    "malware-sample": (("file:hashes.MD5", 1),),
    **{name: ((f"file:hashes.{place}", 0),) for name, place in _HASHES.items()},
    **{f"filename|{name}": ((f"file:hashes.{place}", 1),) for name, place in _HASHES.items()},
    **{f"x509-fingerprint-{name}": ((f"x509-certificate:hashes.{_HASHES[name]}", 0),) for name in _HASHES},
}
_RULES = {"yara": "yara", "sigma": "sigma", "snort": "snort"}
# A value of two that means nothing by half.
_WHOLE = frozenset({"url", "email-subject", "filename", "mutex", "regkey"})
# Told in words. All other types are left out: who was hit, who registered what, files themselves, sizes and times.
_TOLD = frozenset({*_PLACES, "AS", "btc", "campaign-name", "malware-type", "threat-actor", "uri", "weakness"})
_PROSE_IN = frozenset({"", "annotation", "report"})


@dataclass(frozen=True)
class Attribute:
    """One attribute; `within` is the name of the object it is part of."""

    uuid: str
    type: str
    value: str
    comment: str
    to_ids: bool
    deleted: bool
    within: str
    relation: str
    tags: list[str] = field(default_factory=list)

    @property
    def is_prose(self) -> bool:
        return self.type in ("comment", "text") and self.within in _PROSE_IN

    @property
    def is_link(self) -> bool:
        return self.type == "link" or (self.type == "url" and not self.to_ids and self.within in _PROSE_IN)


def read(event: dict[str, Any]) -> list[Attribute]:
    """Return the attributes of an event and of its objects, at most fifty thousand."""
    alone = ((each, "", False) for each in made.members(event.get("Attribute"), MOST))
    grouped = (
        (each, made.line(one.get("name"), 60), _is_true(one.get("deleted")))
        for one in made.members(event.get("Object"), _MOST_OBJECTS)
        for each in made.members(one.get("Attribute"), MOST)
    )
    all_of_them = (each for several in (alone, grouped) for each in several)
    return [_read_one(data, within, gone) for (data, within, gone), _ in zip(all_of_them, range(MOST), strict=False)]


def pattern_of(one: Attribute) -> tuple[str, str] | None:
    """Return the pattern of an attribute that is to be looked for, and its language; None for all others."""
    if not one.to_ids or not one.value:
        return None
    if one.type in _RULES:
        return one.value, _RULES[one.type]
    parts = [one.value] if one.type in _WHOLE else one.value.split("|")
    compared = []
    for place, number in _PLACES.get(one.type, ()):
        said = _comparison(place, parts[number].strip()) if number < len(parts) else None
        if said is None:
            return None
        compared.append(said)
    return (f"[{' OR '.join(compared)}]", "stix") if compared else None


def words_of(attributes: list[Attribute]) -> Iterator[str]:
    """Yield in one line each what is named without being a value to look for, harmless to click on."""
    for one in attributes:
        if one.type in _TOLD and not one.to_ids and not one.deleted and not one.is_link and one.value:
            about = f" ({one.comment})" if one.comment else ""
            yield f"{one.type}: {_harmless(made.line(one.value))}{about}"


def _read_one(data: dict[str, Any], within: str, gone: bool) -> Attribute:
    kind, uuid = made.line(data.get("type"), 60), made.uuid_in(made.line(data.get("uuid"), 60))
    is_long = kind in _RULES or kind in ("comment", "text")
    value = made.prose(data.get("value"), _LONGEST_RULE) if is_long else _short(data.get("value"))
    return Attribute(
        uuid=uuid or f"{kind} {value}",
        type=kind,
        value=value,
        comment=made.line(data.get("comment"), 200),
        to_ids=_is_true(data.get("to_ids")),
        deleted=gone or _is_true(data.get("deleted")),
        within=within,
        relation=made.line(data.get("object_relation"), 60),
        tags=misp_tags.tags_of(data),
    )


def _short(value: object) -> str:
    """Return a value as it stands; one that is too long to be looked for is none."""
    told = str(value) if isinstance(value, int | float) else value
    return made.line(told, _LONGEST) if isinstance(told, str) and len(told) <= _LONGEST else ""


def _is_true(value: object) -> bool:
    return value is True or value in (1, "1", "true")


def _comparison(place: str, value: str) -> str | None:
    if place == _ADDRESS:
        try:
            place = f"ipv{ipaddress.ip_network(value, strict=False).version}-addr:value"
        except ValueError:
            return None
    if not value or (".hashes." in place.replace(":", ".") and not _HEX.fullmatch(value)):
        return None
    written = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"{place} = '{written}'"


def _harmless(value: str) -> str:
    return re.sub(r"\bhttp(s?)(?=:)", r"hxxp\1", value, flags=re.IGNORECASE).replace(".", "[.]")
