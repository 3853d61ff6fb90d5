"""The collection of real feeds as sources of an installation, and what a pull says about them."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.conftest import REAL_DATA
from tests.faults.installation import Installation
from tests.sizes import SIZES

FOLDER = REAL_DATA / "stix"
NOT_STIX = "oasis_medallion_default_data.json"
# One of each kind first: no bundle at all, mixed versions, STIX 2.0, own labels, MISP, one that is not whole.
FIRST = (
    NOT_STIX,
    "opencti-client_DATA-TEST-STIX2_v2.json",
    "opencti-client_bundle_with_internal_ids.json",
    "unit42-report_Zeppelin_TA.json",
    "oasis_using-granular-markings.json",
    "misp2stix_eset_wintervivern.json",
)
_COUNTS = re.compile(r"fetched (\d+) stored (\d+) updated (\d+) duplicate (\d+) quarantined (\d+)")


@dataclass(frozen=True)
class Counts:
    """What a pull counted."""

    fetched: int
    stored: int
    updated: int
    duplicate: int
    quarantined: int

    @classmethod
    def read(cls, line: str) -> Self:
        """Read the line that a pull ends with."""
        found = _COUNTS.fullmatch(line)
        assert found is not None, line
        return cls(*map(int, found.groups()))

    def add_up(self) -> bool:
        """Say whether everything that was fetched is accounted for."""
        return self.fetched == self.stored + self.updated + self.duplicate + self.quarantined

    def __add__(self, other: Self) -> "Counts":
        mine, theirs = vars(self), vars(other)
        return Counts(**{name: mine[name] + theirs[name] for name in mine})


def chosen_files(most: int = SIZES.real_files) -> list[Path]:
    """Return the files that this tier tries."""
    rest = sorted(path.name for path in FOLDER.glob("*.json") if path.name not in FIRST)
    return [FOLDER / name for name in [*FIRST, *rest][:most]]


def add_files(hub: Installation, files: list[Path]) -> dict[str, str]:
    """Make each file a source of its own by the command line; return the names of the files by that of the source."""
    names: dict[str, str] = {}
    for number, file in enumerate(files):
        kept = ("--kind", "bundle", "--warp", "midshire", "--marking", "TLP:GREEN", "--publish")
        assert hub.run("source", "add", f"Feed {number:02}", str(file), *kept).code == 0
        names[f"feed-{number:02}"] = file.name
    return names


def counts_of(out: str) -> dict[str, Counts]:
    """Return what a pull of all sources counted for each."""
    lines = (line.partition(": ") for line in out.splitlines() if ": fetched" in line)
    return {slug: Counts.read(counts) for slug, _, counts in lines}


def good_of(file: Path) -> set[str]:
    """Return the ids of the objects that a file offers."""
    content: Any = json.loads(file.read_text())
    return {str(obj.get("id")) for obj in content["objects"] if isinstance(obj, dict)}
