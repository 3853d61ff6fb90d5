"""The Welsh catalogue: complete for the furniture, with the same gaps to fill, its labels left alone."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[2]
PO = ROOT / "warp_hub" / "locale" / "cy" / "LC_MESSAGES" / "messages.po"
METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")]
OPTIONS = {"**.html": {"trimmed": "true"}, "**.txt": {"trimmed": "true"}}
KEYWORDS = {"_": None, "_l": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None}
# What must be whole in Welsh; rooms join this list as their words are translated.
WHOLE = ("warp_hub/pages", "templates/components", "templates/errors", "templates/pages")
CLDR = ("zero", "one", "two", "few", "many", "other")


@pytest.fixture(scope="module")
def welsh() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="cy")


def _words(folder: str) -> set[str]:
    found = extract_from_dir(ROOT / folder, METHODS, OPTIONS, keywords=KEYWORDS)
    return {message if isinstance(message, str) else message[0] for _file, _line, message, _comments, _context in found}


@pytest.mark.parametrize("folder", WHOLE)
def test_the_furniture_is_whole_in_welsh(welsh: Catalog, folder: str) -> None:
    words = _words(folder)

    missing = sorted(text for text in words if not (welsh.get(text) and _all_forms(welsh, text)))

    assert words
    assert missing == []


def test_each_translation_fills_the_same_gaps(welsh: Catalog) -> None:
    for message in welsh:
        english = [message.id] if isinstance(message.id, str) else message.id  # "one" has no number where "many" has
        for text in _all_forms(welsh, english[0]) if message.id else ():
            assert _gaps(text) in [_gaps(form) for form in english], english


def test_labels_stay_as_they_are(welsh: Catalog) -> None:
    for message in welsh:
        if isinstance(message.id, str) and message.string:
            assert _labels(message.string) == _labels(message.id)


def test_welsh_has_its_six_plural_forms(welsh: Catalog) -> None:
    assert welsh.num_plurals == len(CLDR)
    expression = welsh.plural_expr.replace("?", " and ").replace(":", " or ")
    assert expression.count("and") == expression.count("or") == 5
    with PO.with_suffix(".mo").open("rb") as file:
        compiled = read_mo(file)
    assert "nplurals=6" in str(compiled.mime_headers)


def test_updating_keeps_the_six_forms(welsh: Catalog) -> None:
    fresh = Catalog()
    fresh.add(("%(num)d day ago", "%(num)d days ago"))

    welsh_again = read_po(BytesIO(_written(welsh)), locale="cy")
    welsh_again.update(fresh, no_fuzzy_matching=True)

    assert welsh_again.num_plurals == 6
    assert len(welsh_again["%(num)d day ago"].string) == 6


def test_the_catalogue_says_that_nobody_has_reviewed_it() -> None:
    assert "Not yet reviewed by a Welsh speaker" in PO.read_text()


def test_the_compiled_catalogue_is_not_older_than_its_source() -> None:
    assert PO.with_suffix(".mo").stat().st_mtime >= PO.stat().st_mtime, "run `python hatch_build.py`"


def _all_forms(catalogue: Catalog, text: str) -> tuple[str, ...]:
    translated = catalogue[text].string
    forms = (translated,) if isinstance(translated, str) else tuple(translated)
    return forms if all(forms) else ()


def _gaps(text: str) -> list[str]:
    return sorted(set(re.findall(r"%\(\w+\)[sd]", text)))


def _labels(text: str) -> list[str]:
    return sorted(re.findall(r"TLP:[A-Z+]+", text))


def _written(catalogue: Catalog) -> bytes:
    file = BytesIO()
    write_po(file, catalogue)
    return file.getvalue()
