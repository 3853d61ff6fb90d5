"""Fail on any skipped test that is not on the pinned list (.ci/skips.txt: a test's name, then its reason)."""

import sys
from fnmatch import fnmatch
from pathlib import Path
from xml.etree import ElementTree

pinned = {
    line.split("  ", 1)[0]
    for line in (Path(__file__).parent / "skips.txt").read_text().splitlines()
    if line and not line.startswith("#")
}
ran, skipped = 0, {}
for report in sys.argv[1:]:
    for case in ElementTree.parse(report).iter("testcase"):
        ran += 1
        for skip in case.findall("skipped"):
            name = f"{case.get('classname')}.{case.get('name', '').split('[')[0]}"
            skipped[name] = skip.get("message", "")
unknown = {name: why for name, why in skipped.items() if not any(fnmatch(name, pattern) for pattern in pinned)}
print(f"{ran} tests ran or were skipped, {len(skipped)} skipped, {len(unknown)} of them not on the list")
for name, reason in unknown.items():
    print(f"  {name}  {reason}")
sys.exit(1 if unknown or not ran else 0)
