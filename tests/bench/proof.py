"""`make proof`: every full figure, one after the other; what is done is kept, so that a stopped run goes on.

`--smoke` measures at small size and keeps nothing; `--again NAME` measures one figure anew and what is missing;
`--only NAME` measures that figure anew and nothing else.
"""

import argparse
import os
import platform
import sys
from pathlib import Path

from tests.bench import (
    digests,
    hostile,
    mail_reports,
    matching,
    pages,
    pull,
    real_feeds,
    rule,
    setting_up,
    text_check,
    timing,
)
from tests.bench.figures import KEPT, Figure, Row, keep, kept
from tests.sizes import TIER

REPORT = Path(__file__).parents[2] / "docs" / "proof.md"
FIGURES = (
    rule.FIGURE,
    pull.FIGURE,
    real_feeds.FIGURE,
    hostile.FIGURE,
    pages.FIGURE,
    digests.FIGURE,
    matching.FIGURE,
    text_check.FIGURE,
    mail_reports.FIGURE,
    timing.FIGURE,
    setting_up.FIGURE,
    setting_up.TESTS,
)
HEAD = """# Figures

Measured by `make proof` and by nothing else; each block says when. Absolute times belong to the machine ({machine});
the ratios are to a floor measured in the same run. Other work may have gone on beside a measurement, which makes
absolute times worse than on a quiet machine. Of three times, the first is without the rule, the second with it, the
third with row-level security as well.
"""


def main() -> None:
    """Measure what is not measured yet and write the report."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--smoke", action="store_true")
    asked.add_argument("--again", action="append", default=[], metavar="NAME")
    asked.add_argument("--only", action="append", default=[], metavar="NAME")
    given = asked.parse_args()
    if given.smoke:
        for figure in (figure for figure in FIGURES if figure not in (setting_up.FIGURE, setting_up.TESTS)):
            _say(figure, figure.measure())
        return
    for name in [*given.again, *given.only]:
        (KEPT / TIER / f"{name}.json").unlink(missing_ok=True)
    for figure in FIGURES:
        if kept(figure, TIER) is None and (not given.only or figure.name in given.only):
            print(f"measuring: {figure.title}", flush=True)
            rows = figure.measure()
            keep(figure, TIER, rows)
            _say(figure, rows)
    if TIER == "proof":
        REPORT.write_text(_report())
        print(f"written: {REPORT.relative_to(Path.cwd())}")


def _say(figure: Figure, rows: list[Row]) -> None:
    print(figure.title)
    for row in rows:
        print(f"  {row.what}: {row.value}{f' (to reach: {row.against})' if row.against else ''}", flush=True)


def _report() -> str:
    parts = [HEAD.format(machine=f"{os.cpu_count()} cores, Python {platform.python_version()}")]
    for figure in FIGURES:
        date, rows = kept(figure, TIER) or ("not yet", [])
        parts.append(f"## {figure.title}\nMeasured {date} UTC.\n\n| what | value | to reach |\n| --- | --- | --- |")
        parts += [f"| {row.what} | {row.value} | {row.against} |" for row in rows]
        parts.append("")
    return "\n".join(parts)


if __name__ == "__main__":
    sys.exit(main())
