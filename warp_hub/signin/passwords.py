"""Passwords: length instead of rules, never a guess that comes first, and equal work for whoever asks.

A password is taken exactly as it was typed. It does not expire.
"""

import base64
import functools
import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

SHORTEST = 15
LONGEST = 1000
WORDS_SUGGESTED = 3

# OWASP's first choice with two passes: 46 MB and about 70 ms. Tests put a light one here.
hasher = PasswordHasher(time_cost=2, memory_cost=47104, parallelism=1)

TOO_SHORT = _l("Use 15 or more characters. Three random words are easy to remember.")
TOO_LONG = _l("Use no more than 1,000 characters.")
TOO_SIMPLE = _l(
    "This password is too easy to guess: it repeats itself or follows the keyboard. Try three random words."
)
TOO_OBVIOUS = _l(
    "This password is too easy to guess: it is made of your name, your address or words that people try first. "
    "Try three random words."
)

_WIDTH = 4
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1q2w3e4r5t6y7u8i9o0p")
_STRIPS = frozenset(
    strip[at : at + _WIDTH] for row in _ROWS for strip in (row, row[::-1]) for at in range(len(row) - _WIDTH + 1)
)
_WORDS_TRIED_FIRST = """
    password passwort passphrase letmein welcome admin administrator login signin secret qwerty iloveyou monkey dragon
    football baseball liverpool arsenal chelsea sunshine princess superman batman pokemon starwars whatever trustno1
    changeme default test temp summer winter autumn spring january february march april june july august september
    october november december monday tuesday wednesday thursday friday saturday sunday london england wales scotland
    council borough county district government warp hub warphub cyber security correct horse battery staple
    thequickbrownfox jumpsoverthelazydog tobeornottobe mypasswordis thisismypassword
"""
_TRIED_FIRST = frozenset(_WORDS_TRIED_FIRST.split())
_SHORTEST_REMAINDER = 8


def hash_of(password: str) -> str:
    """Return the argon2id hash to store."""
    return hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Say whether this is the password; the work is the same when there is none to compare with."""
    try:
        return hasher.verify(stored or _nobodys(hasher), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Say whether a hash was made with other costs than today's."""
    return hasher.check_needs_rehash(stored)


def weakness(password: str, about: Iterable[str] = ()) -> LazyString | None:
    """Return why a new password cannot be used, or None; `about` are words that others know of its owner."""
    if len(password) < SHORTEST:
        return TOO_SHORT
    if len(password) > LONGEST:
        return TOO_LONG
    plain = password.casefold()
    if _repeats(plain) or _follows_the_keyboard(plain):
        return TOO_SIMPLE
    if _is_common(plain) or len(_surprising(plain, about)) < _SHORTEST_REMAINDER:
        return TOO_OBVIOUS
    return None


def suggestion(about: Iterable[str] = ()) -> str:
    """Return three random words as a password that may be used, anew each time."""
    words, known = _listed("words.txt"), tuple(about)
    while weakness(told := "-".join(secrets.choice(words) for _ in range(WORDS_SUGGESTED)), known) is not None:
        continue
    return told


def _nobodys(by: PasswordHasher) -> str:
    """Return what looks like a hash of today's costs and is that of no password."""
    salt, digest = (base64.b64encode(os.urandom(size)).rstrip(b"=").decode() for size in (by.salt_len, by.hash_len))
    return f"$argon2id$v=19$m={by.memory_cost},t={by.time_cost},p={by.parallelism}${salt}${digest}"


def _is_common(plain: str) -> bool:
    """Say whether it is one or two of the passwords that are used most, with a few digits or signs around them."""
    known = frozenset(_listed("common_passwords.txt"))
    bare = re.sub(r"^\d{1,4}|\d{1,4}$", "", re.sub(r"[\W_]+", "", plain))
    return bare in known or any(bare[:at] in known and bare[at:] in known for at in range(3, len(bare) - 2))


@functools.cache
def _listed(name: str) -> tuple[str, ...]:
    lines = (Path(__file__).parent / name).read_text().splitlines()
    return tuple(line for line in lines if line and not line.startswith("# "))


def _repeats(plain: str) -> bool:
    # A text that is found in itself before its end is a shorter one over and over.
    return len(set(plain)) < 5 or (plain + plain).find(plain, 1) <= len(plain) // 2


def _follows_the_keyboard(plain: str) -> bool:
    found = sum(plain[at : at + _WIDTH] in _STRIPS for at in range(len(plain) - _WIDTH + 1))
    return found * 2 >= len(plain) - _WIDTH + 1


def _surprising(plain: str, about: Iterable[str]) -> str:
    """Return what is left when words, rows of keys and years that anyone would try are taken out."""
    known = {part for word in about for part in re.split(r"[\W_]+", word.casefold()) if len(part) > 2}
    for word in sorted(known | _TRIED_FIRST, key=len, reverse=True):
        plain = plain.replace(word, " ")
    for strip in _STRIPS:
        plain = plain.replace(strip, " ")
    return re.sub(r"[\W_]+|(?<!\d)\d{1,4}(?!\d)", "", plain)
