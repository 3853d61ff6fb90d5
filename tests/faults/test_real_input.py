"""Real input as a user gives it: every real feed from its file and from medallion, councils from their list."""

import csv
import json
import re
from pathlib import Path

import pytest

from tests.faults.installation import Installation
from tests.faults.real_input import FOLDER, NOT_STIX, Counts, add_files, chosen_files, counts_of, good_of
from tests.feeds import medallion

pytestmark = [pytest.mark.real_data, pytest.mark.long]
COUNCILS = FOLDER.parent / "uk_councils.csv"
ADD = ("--warp", "midshire", "--marking", "TLP:GREEN")
REFUSED = {
    "Lines": ('{"type": "indicator"}\n{"type": "malware"}\n', "JSON lines"),
    "Old": ('<stix:STIX_Package xmlns:stix="http://stix.mitre.org/stix-1"/>', "STIX 1 (XML)"),
    "Page": ("<!doctype html><html><body>Sign in</body></html>", "a web page, not STIX"),
    "Nothing": ("", "empty"),
}
SMALL = ("misp2stix_eset_wintervivern.json", "oasis_poisonivy.json", "misp-stix_event2_21.json")


def test_every_good_object_of_every_file_arrives_and_a_second_pull_adds_nothing(quick: Installation) -> None:
    names = add_files(quick, chosen_files())
    first, second = quick.run("source", "pull"), quick.run("source", "pull")
    refused = {slug for slug, name in names.items() if name == NOT_STIX}
    for said in (first, second):
        assert said.code == (1 if refused else 0)
        assert len(said.err.splitlines()) == len(refused)
    pulled, again = counts_of(first.out), counts_of(second.out)
    assert pulled.keys() == again.keys() == names.keys() - refused

    arrived = _arrived(quick)
    for slug, counts in pulled.items():
        assert counts.add_up()
        assert counts.fetched == _promised(names[slug])
        assert not good_of(FOLDER / names[slug]) - arrived[slug] - _aside(quick, slug), names[slug]
        assert again[slug].stored == again[slug].updated == 0
        assert again[slug].add_up()
    assert _sum(first.out) == sum(pulled.values(), Counts(0, 0, 0, 0, 0))
    assert quick.query("SELECT count(*) FROM quarantine WHERE reason = ''") == [(0,)]


def test_what_is_no_stix_is_refused_each_in_one_line(quick: Installation, place: Path) -> None:
    for name, (content, _) in REFUSED.items():
        (place / name).write_text(content)
        assert quick.run("source", "add", name, str(place / name), "--kind", "bundle", *ADD).code == 0
    said = quick.run("source", "pull")
    lines = dict(line.split(": ", 1) for line in said.err.splitlines())
    assert said.code == 1
    assert lines.keys() == REFUSED.keys()
    assert {name: says for name, (_, says) in REFUSED.items() if says not in lines[name]} == {}
    assert quick.run("source", "pull", "Nothing").line == f"Nothing: {lines['Nothing']}"
    assert quick.count("item") == quick.count("quarantine") == 0


def test_small_files_come_from_medallion_as_from_anywhere(
    quick: Installation, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        python = medallion.interpreter()
    except medallion.NoMedallion as why:
        pytest.skip(str(why))
    objects = {each["id"]: each for name in SMALL for each in json.loads((FOLDER / name).read_text())["objects"]}
    with medallion.serving(python, place, list(objects.values()), page=50) as home:
        monkeypatch.setenv("MEDALLION_PASSWORD", medallion.PASSWORD)
        sign_in = ("--user", medallion.USER, "--password-env", "MEDALLION_PASSWORD", "--allow-private")
        added = quick.run("source", "add", "Medallion", f"{home}/taxii2/", "--kind", "taxii21", *ADD, *sign_in)
        assert added.code == 0
        first = quick.run("source", "pull", "medallion").last
        second = quick.run("source", "pull", "medallion").last
    assert first == f"fetched {len(objects)} stored {len(objects)} updated 0 duplicate 0 quarantined 0"
    assert re.fullmatch(r"fetched (\d+) stored 0 updated 0 duplicate \1 quarantined 0", second)
    assert _arrived(quick)["medallion"] == objects.keys()


def test_the_councils_of_the_country_are_added_once(quick: Installation) -> None:
    assert quick.run("organisation", "import", str(COUNCILS), "--dry-run").out.splitlines()[-1].startswith("added 397 ")
    assert quick.run("organisation", "import", str(COUNCILS)).last == "added 397 changed 0 unchanged 0 refused 0"
    assert quick.run("organisation", "import", str(COUNCILS)).last == "added 0 changed 0 unchanged 397 refused 0"
    assert quick.count("organisation") == 397


def _promised(name: str) -> int:
    with (FOLDER / "MANIFEST.csv").open(encoding="utf-8") as file:
        return next(int(row["n_objects"]) for row in csv.DictReader(file) if row["file"] == name)


def _arrived(hub: Installation) -> dict[str, set[str]]:
    rows = hub.query("SELECT slug, stix_id FROM provenance JOIN source ON source.id = source_id")
    found: dict[str, set[str]] = {str(slug): set() for slug, _ in rows}
    for slug, stix_id in rows:
        found[str(slug)].add(str(stix_id))
    return found


def _aside(hub: Installation, slug: str) -> set[str]:
    asked = "SELECT stix_id FROM quarantine JOIN source ON source.id = source_id WHERE slug = %s"
    return {str(stix_id) for (stix_id,) in hub.query(asked, slug)}


def _sum(out: str) -> Counts:
    return Counts.read(out.splitlines()[-1])
