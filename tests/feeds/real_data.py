"""Where the collection of real feeds lies, when it lies beside the project."""

from pathlib import Path

ABSENT = "the collection of real feeds (../shared/data/stix) is not beside this project"


def folder() -> Path | None:
    """Return the folder of real STIX files, or None."""
    found = Path(__file__).parents[3] / "shared" / "data" / "stix"
    return found if found.is_dir() else None
