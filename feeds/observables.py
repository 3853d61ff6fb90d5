"""The observables inside STIX 2.0 observed data, made into STIX 2.1 objects of their own with ids that stay."""

import json
import re
import uuid
from typing import Any

Data = dict[str, Any]

# The namespace STIX 2.1 sets for ids made from an observable's own properties (section 2.9).
_STIX_NAMESPACE = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
_TYPE = re.compile(r"[a-z0-9][a-z0-9_-]{1,249}")

_IDENTIFYING: dict[str, tuple[str, ...]] = {
    "artifact": ("hashes", "payload_bin"),
    "autonomous-system": ("number",),
    "directory": ("path",),
    "domain-name": ("value",),
    "email-addr": ("value",),
    "email-message": ("from_ref", "subject", "body"),
    "file": ("hashes", "name", "extensions", "parent_directory_ref"),
    "ipv4-addr": ("value",),
    "ipv6-addr": ("value",),
    "mac-addr": ("value",),
    "mutex": ("name",),
    "network-traffic": ("start", "end", "src_ref", "dst_ref", "src_port", "dst_port", "protocols", "extensions"),
    "software": ("name", "cpe", "swid", "vendor", "version"),
    "url": ("value",),
    "user-account": ("account_type", "user_id", "account_login"),
    "windows-registry-key": ("key", "values"),
    "x509-certificate": ("hashes", "serial_number"),
}
_RENAMED: dict[str, dict[str, str]] = {
    "file": {"created": "ctime", "modified": "mtime", "accessed": "atime"},
    "directory": {"created": "ctime", "modified": "mtime", "accessed": "atime"},
    "process": {"created": "created_time", "binary_ref": "image_ref"},
    "windows-registry-key": {"modified": "modified_time"},
    "user-account": {"password_last_changed": "credential_last_changed"},
}
# STIX 2.1 dropped these: kept under a custom name, so that nothing a source wrote is lost.
_DROPPED: dict[str, tuple[str, ...]] = {
    "file": ("is_encrypted", "encryption_algorithm", "decryption_key"),
    "process": ("name", "arguments"),
}
_LONGEST_CHAIN = 20
_HASHES = ("MD5", "SHA-1", "SHA-256", "SHA-512")


def lift(observed: Data) -> list[Data]:
    """Return the observables of STIX 2.0 observed data, then the data itself referring to them."""
    inner = {key: _renamed(value) for key, value in observed["objects"].items() if _is_observable(value)}
    if not inner or len(inner) != len(observed["objects"]) or observed.get("granular_markings"):
        # Half a conversion would lose what it could not read, or unmark what was marked by its place.
        # STIX 2.1 still permits the old form.
        return [observed]
    ids: dict[str, str] = {}
    for key in inner:
        _settle_id(key, inner, ids, observed, under_way=set())
    lifted = [
        {"type": value["type"], "spec_version": "2.1", "id": ids[key]} | _with_refs(value, ids) | _markings(observed)
        for key, value in inner.items()
    ]
    outer = {name: value for name, value in observed.items() if name != "objects"}
    outer["object_refs"] = list(dict.fromkeys([*outer.get("object_refs", []), *ids.values()]))
    unique = {each["id"]: each for each in lifted}
    return [*unique.values(), outer]


def _is_observable(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("type"), str) and bool(_TYPE.fullmatch(value["type"]))


def _renamed(value: Data) -> Data:
    kind = value["type"]
    names = _RENAMED.get(kind, {}) | {name: f"x_{name}" for name in _DROPPED.get(kind, ())}
    return {names.get(name, name): inside for name, inside in value.items()}


def _markings(observed: Data) -> Data:
    """An observable inherits the markings of the data it came in, or lifting it would unmark it."""
    return {"object_marking_refs": observed["object_marking_refs"]} if observed.get("object_marking_refs") else {}


def _settle_id(key: str, inner: dict[str, Data], ids: dict[str, str], observed: Data, under_way: set[str]) -> str:
    """Set the id of one observable, those it is identified by first; a cycle is cut by the id of its place."""
    if key in ids:
        return ids[key]
    value = inner[key]
    place = f"{observed['id']} {observed.get('modified')} {key}"
    by_place = f"{value['type']}--{uuid.uuid5(_STIX_NAMESPACE, place)}"
    if key in under_way or len(under_way) > _LONGEST_CHAIN:
        return by_place
    settled: dict[str, str] = {}
    for name in _IDENTIFYING.get(value["type"], ()):
        target = value.get(name)
        if name.endswith("_ref") and isinstance(target, str) and target in inner:
            settled[target] = _settle_id(target, inner, ids, observed, under_way | {key})
    known = {name: value[name] for name in _IDENTIFYING.get(value["type"], ()) if name in value}
    identifying = _with_refs(known, settled)
    if isinstance(identifying.get("hashes"), dict):
        identifying["hashes"] = _best_hash(identifying["hashes"])
    ids[key] = f"{value['type']}--{uuid.uuid5(_STIX_NAMESPACE, _canonical(identifying))}" if identifying else by_place
    return ids[key]


def _best_hash(hashes: Data) -> Data:
    for name in _HASHES:
        if name in hashes:
            return {name: hashes[name]}
    return dict(sorted(hashes.items())[:1])


def _canonical(identifying: Data) -> str:
    return json.dumps(identifying, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _with_refs(value: Any, ids: dict[str, str]) -> Any:
    """Return a value with its references by number turned into references by id."""
    if isinstance(value, list):
        return [_with_refs(each, ids) for each in value]
    if not isinstance(value, dict):
        return value
    changed: Data = {}
    for name, inside in value.items():
        if name.endswith("_ref") and isinstance(inside, str):
            changed[name] = ids.get(inside, inside)
        elif name.endswith("_refs") and isinstance(inside, list):
            changed[name] = [ids.get(each, each) if isinstance(each, str) else each for each in inside]
        else:
            changed[name] = _with_refs(inside, ids)
    return changed
