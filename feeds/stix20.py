"""STIX 2.0 turned into STIX 2.1 at the edge, so that nothing behind it knows the older version."""

import re
from typing import Any

from feeds import observables
from feeds.shape import OBSERVABLE_TYPES, words

Data = dict[str, Any]

# What was called `labels` in STIX 2.0: the new name, and the words of the vocabulary it keeps.
_RENAMED_LABELS: dict[str, tuple[str, frozenset[str]]] = {
    "indicator": (
        "indicator_types",
        words("anomalous-activity anonymization benign compromised malicious-activity attribution unknown"),
    ),
    "malware": (
        "malware_types",
        words(
            "adware backdoor bot bootkit ddos downloader dropper exploit-kit keylogger ransomware remote-access-trojan"
            " resource-exploitation rogue-security-software rootkit screen-capture spyware trojan unknown virus"
            " webshell wiper worm"
        ),
    ),
    "report": (
        "report_types",
        words(
            "attack-pattern campaign identity indicator intrusion-set malware observed-data threat-actor threat-report"
            " tool unknown vulnerability"
        ),
    ),
    "threat-actor": (
        "threat_actor_types",
        words(
            "activist competitor crime-syndicate criminal hacker insider-accidental insider-disgruntled nation-state"
            " sensationalist spy terrorist unknown"
        ),
    ),
    "tool": (
        "tool_types",
        words(
            "credential-exploitation denial-of-service exploitation information-gathering network-capture"
            " remote-access unknown vulnerability-scanning"
        ),
    ),
    "identity": ("roles", words("")),
}
_QUALIFIER = re.compile(r"\b(START|STOP)(\s*)'")
_RENAMED_PATHS = {
    re.compile(r"\b(file|directory):created\b"): r"\1:ctime",
    re.compile(r"\b(file|directory):modified\b"): r"\1:mtime",
    re.compile(r"\b(file|directory):accessed\b"): r"\1:atime",
    re.compile(r"\bprocess:created\b"): "process:created_time",
    re.compile(r"\bprocess:binary_ref\b"): "process:image_ref",
    re.compile(r"\bwindows-registry-key:modified\b"): "windows-registry-key:modified_time",
    re.compile(r"\buser-account:password_last_changed\b"): "user-account:credential_last_changed",
}
_QUOTED = re.compile(r"('(?:[^'\\]|\\.)*')", re.DOTALL)


def is_20(data: Data, bundle_version: Any) -> bool:
    """Say whether an object of sound shape is STIX 2.0, going by itself first and its bundle second."""
    if "spec_version" in data:
        return bool(data["spec_version"] == "2.0")
    if data["type"] in OBSERVABLE_TYPES:
        return False
    return bundle_version == "2.0" or "created" in data


def convert(data: Data) -> list[Data]:
    """Return the STIX 2.1 objects a STIX 2.0 object stands for; observables come before what refers to them."""
    head = {"type": data["type"], "spec_version": "2.1"}
    changed = head | {name: value for name, value in data.items() if name not in head}
    _rename_labels(changed)
    if changed["type"] == "malware":
        changed.setdefault("is_family", False)
    if changed["type"] == "indicator":
        if "pattern_type" not in changed and isinstance(changed.get("pattern"), str):
            changed["pattern"] = pattern_21(changed["pattern"])
        changed.setdefault("pattern_type", "stix")
    if changed["type"] == "observed-data" and isinstance(changed.get("objects"), dict):
        return observables.lift(changed)
    return [changed]


def pattern_21(pattern: str) -> str:
    """Return a STIX 2.0 pattern in the words of 2.1: timestamps in qualifiers and renamed properties."""
    parts = _QUOTED.split(_QUALIFIER.sub(r"\1\2t'", pattern))
    for place in range(0, len(parts), 2):
        for old, new in _RENAMED_PATHS.items():
            parts[place] = old.sub(new, parts[place])
    return "".join(parts)


def _rename_labels(changed: Data) -> None:
    """Move the words of the vocabulary; a label outside it stays a label too, since feeds use labels as tags."""
    renamed, words = _RENAMED_LABELS.get(changed["type"], ("", frozenset()))
    labels = changed.get("labels")
    if not renamed or not labels or renamed in changed:
        return
    changed[renamed] = labels
    tags = [label for label in labels if label not in words]
    if tags and changed["type"] != "identity":
        changed["labels"] = tags
    else:
        del changed["labels"]
