"""Names written with one slip of the pen: a letter too many, too few, another, or two that changed places."""

from functools import lru_cache

from rapidfuzz.distance import OSA

# In a shorter name one slip makes another word.
SHORTEST = 7


@lru_cache(maxsize=16_384)
def misspells(word: str, names: frozenset[str]) -> bool:
    """Say whether a word is one of these names but for one slip."""
    return any(abs(len(word) - len(name)) < 2 and OSA.distance(word, name, score_cutoff=1) == 1 for name in names)


def long_enough(names: frozenset[str]) -> frozenset[str]:
    """Return the names in which a slip leaves no doubt."""
    return frozenset(name for name in names if len(name) >= SHORTEST)
