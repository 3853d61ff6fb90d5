"""The values by which an attack is recognised: addresses, names, hashes, in one spelling each."""

import ipaddress
import re
from dataclasses import dataclass
from enum import StrEnum

LONGEST_VALUE = 2000  # bytes: an index of PostgreSQL refuses entries over 2,704


class IndicatorKind(StrEnum):
    """What sort of thing a value is."""

    IPV4 = "ipv4"
    IPV6 = "ipv6"
    DOMAIN = "domain"
    URL = "url"
    EMAIL = "email"
    MD5 = "file-hash-md5"
    SHA1 = "file-hash-sha1"
    SHA256 = "file-hash-sha256"
    SHA512 = "file-hash-sha512"
    OTHER_HASH = "file-hash-other"
    CERTIFICATE = "certificate-hash"
    FILE_NAME = "file-name"
    FILE_PATH = "file-path"
    MAC = "mac-address"
    AS_NUMBER = "as-number"
    REGISTRY_KEY = "registry-key"
    MUTEX = "mutex"
    PROCESS = "process-name"
    COMMAND_LINE = "command-line"
    USER_AGENT = "user-agent"
    EMAIL_SUBJECT = "email-subject"
    ACCOUNT = "account"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class IndicatorValue:
    """One value with its kind, spelt so that equal values compare equal."""

    kind: IndicatorKind
    value: str


_ADDRESSES = frozenset({IndicatorKind.IPV4, IndicatorKind.IPV6, IndicatorKind.DOMAIN})
_HASHES_BY_LENGTH = {
    32: IndicatorKind.MD5,
    40: IndicatorKind.SHA1,
    64: IndicatorKind.SHA256,
    128: IndicatorKind.SHA512,
}
_ALGORITHMS = {
    "md5": IndicatorKind.MD5,
    "sha1": IndicatorKind.SHA1,
    "sha256": IndicatorKind.SHA256,
    "sha512": IndicatorKind.SHA512,
}
_PLACES = {
    ("ipv4-addr", "value"): IndicatorKind.IPV4,
    ("ipv6-addr", "value"): IndicatorKind.IPV6,
    ("domain-name", "value"): IndicatorKind.DOMAIN,
    ("hostname", "value"): IndicatorKind.DOMAIN,
    ("url", "value"): IndicatorKind.URL,
    ("email-addr", "value"): IndicatorKind.EMAIL,
    ("email-message", "subject"): IndicatorKind.EMAIL_SUBJECT,
    ("file", "name"): IndicatorKind.FILE_NAME,
    ("file", "path"): IndicatorKind.FILE_PATH,
    ("file", "parent_directory_ref.path"): IndicatorKind.FILE_PATH,
    ("directory", "path"): IndicatorKind.FILE_PATH,
    ("mac-addr", "value"): IndicatorKind.MAC,
    ("autonomous-system", "number"): IndicatorKind.AS_NUMBER,
    ("windows-registry-key", "key"): IndicatorKind.REGISTRY_KEY,
    ("mutex", "name"): IndicatorKind.MUTEX,
    ("process", "name"): IndicatorKind.PROCESS,
    ("process", "command_line"): IndicatorKind.COMMAND_LINE,
    ("user-account", "account_login"): IndicatorKind.ACCOUNT,
    ("user-account", "user_id"): IndicatorKind.ACCOUNT,
}
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_DOMAIN = re.compile(r"(?=.{3,253}\Z)[^\s/@:.\[\]]{1,63}(?:\.[^\s/@:.\[\]]{1,63})+")
_HEX = re.compile(r"[0-9a-f]+")
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_HOST = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}")  # as the library reads and writes it


def kind_at(object_type: str, path: str) -> IndicatorKind | None:
    """Return the kind of value that a property of an object holds, or None when it holds none we know."""
    place = (object_type.lower(), path.lower())
    if place in _PLACES:
        return _PLACES[place]
    parts = place[1].split(".")
    if "hashes" in parts[:-1]:
        algorithm = parts[-1].replace("-", "").replace("_", "")
        is_certificate = place[0] == "x509-certificate"
        return IndicatorKind.CERTIFICATE if is_certificate else _ALGORITHMS.get(algorithm, IndicatorKind.OTHER_HASH)
    if parts[-1] == "user-agent":
        return IndicatorKind.USER_AGENT
    if len(parts) > 1 and parts[-1] == "value" and parts[-2].endswith(("_ref", "_refs")):
        return IndicatorKind.EMAIL if place[0] == "email-message" else IndicatorKind.DOMAIN
    return None


def value_of(kind: IndicatorKind, text: str) -> IndicatorValue | None:
    """Return the value in its one spelling, under the kind that it really is; None when it cannot be kept."""
    value = text.strip()
    if not value or (not value.isprintable() and _UNSTORABLE.search(value)) or len(value.encode()) > LONGEST_VALUE:
        return None
    if kind in _ADDRESSES:
        return _address(_refanged(value))
    if kind is IndicatorKind.URL:
        return _url(_refanged(value))
    if kind is IndicatorKind.EMAIL:
        return _email(_refanged(value).lower())
    if kind in _HASHES_BY_LENGTH.values():
        return _hash(value.lower())
    if kind is IndicatorKind.MAC:
        return IndicatorValue(kind, value.lower().replace("-", ":"))
    if kind is IndicatorKind.AS_NUMBER:
        number = value.upper().removeprefix("AS")
        return IndicatorValue(kind, number) if number.isascii() and number.isdigit() else None
    return IndicatorValue(kind, value)


def _address(value: str) -> IndicatorValue:
    if _HOST.fullmatch(value):
        return IndicatorValue(IndicatorKind.IPV4, value)
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return _name(value.lower().rstrip("."))
    kind = IndicatorKind.IPV4 if network.version == 4 else IndicatorKind.IPV6
    is_host = network.prefixlen == network.max_prefixlen
    return IndicatorValue(kind, str(network.network_address) if is_host else str(network))


def _name(value: str) -> IndicatorValue:
    if _DOMAIN.fullmatch(value):
        return IndicatorValue(IndicatorKind.DOMAIN, value)
    if "@" in value and " " not in value:
        return _email(value)
    if "/" in value and _DOMAIN.match(value):
        return IndicatorValue(IndicatorKind.URL, value)
    return IndicatorValue(IndicatorKind.OTHER, value)


def _url(value: str) -> IndicatorValue:
    if "://" in value or "/" in value:
        return IndicatorValue(IndicatorKind.URL, value)
    return _address(value)


def _email(value: str) -> IndicatorValue:
    name, _, domain = value.rpartition("@")
    is_email = bool(name) and " " not in value and _DOMAIN.fullmatch(domain) is not None
    return IndicatorValue(IndicatorKind.EMAIL if is_email else IndicatorKind.OTHER, value)


def _hash(value: str) -> IndicatorValue:
    is_hex = _HEX.fullmatch(value) is not None
    kind = _HASHES_BY_LENGTH.get(len(value), IndicatorKind.OTHER_HASH) if is_hex else IndicatorKind.OTHER_HASH
    return IndicatorValue(kind, value)


def _refanged(value: str) -> str:
    if "[" in value or "(" in value:
        value = value.replace("[.]", ".").replace("(.)", ".").replace("[:]", ":").replace("[@]", "@")
    if value[:4].lower() != "hxxp":
        return value
    return re.sub(r"\Ahxxp(s?)(?=:)", r"http\1", value, flags=re.IGNORECASE)
