"""The parts of a page say what they should, to eyes, ears and printers."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask, render_template_string

from tests.page_client import PageClient, parse
from tests.pages.sample import MORNING, SUMMER, sample_app
from warp_hub import clock
from warp_hub.pages import dates, labels
from warp_hub.pages.components import COMPONENTS, tlp_slug
from warp_hub.tlp import TRAVELS, Marking, Outlet

CSS = Path(__file__).parents[2] / "warp_hub" / "static" / "app.css"
# LEAKS.md and FIRST's page of August 2022: colour on black.
FIRST = {
    Marking.RED: "#ff2b2b",
    Marking.AMBER: "#ffc000",
    Marking.AMBER_STRICT: "#ffc000",
    Marking.GREEN: "#33ff00",
    Marking.CLEAR: "#ffffff",
}


@pytest.fixture(scope="module")
def app() -> Flask:
    return sample_app()


def _draw(app: Flask, source: str, **names: object) -> str:
    with app.test_request_context("/parts"):
        return render_template_string(source, **names)


@pytest.mark.parametrize("marking", list(Marking))
def test_a_chip_is_its_words_never_translated(app: Flask, marking: Marking) -> None:
    chip = parse(_draw(app, "{{ tlp_chip(marking) }}", marking=marking)).select_one(".warp-tlp")

    assert chip.text == marking.value
    assert chip["lang"] == "en"
    assert f"warp-tlp--{tlp_slug(marking)}" in chip["class"]


@pytest.mark.parametrize("marking", list(Marking))
def test_a_chip_has_firsts_colour_on_black(marking: Marking) -> None:
    on_screen = re.sub(r"(?s)/\*.*?\*/", "", CSS.read_text()).split("@media print")[0]
    rules = {
        selector.strip(): body
        for selectors, body in reversed(re.findall(r"([^{}]+)\{([^{}]*)\}", on_screen))
        for selector in selectors.split(",")
    }
    colour = re.search(r"color: (#\w+)", rules[f".warp-tlp--{tlp_slug(marking)}"])[1]

    assert _long(colour) == FIRST[marking]
    assert "background-color: #000;" in rules[".warp-tlp"]
    assert "print-color-adjust: exact" in rules[".warp-tlp"]
    assert _contrast(_long(colour), "#000000") >= 4.5


def test_a_label_we_do_not_know_is_not_drawn_at_all(app: Flask) -> None:
    with pytest.raises(ValueError, match="TLP:PINK"):
        _draw(app, "{{ tlp_chip('TLP:PINK') }}")


def test_the_label_stands_first_in_a_row_of_a_list(member: PageClient) -> None:
    rows = member.get_page("/advisories").select("li.warp-item")

    assert rows
    for row in rows:
        assert row.get_text(" ", strip=True).startswith("TLP:")
        assert row.select_one("h2 a").text.startswith("Warning <b>")


def test_hostile_titles_and_facts_are_text(app: Flask) -> None:
    hostile = "<img src=x onerror=alert(1)>\u202eevil"

    html = _draw(
        app,
        "{{ item_row('TLP:GREEN', x, '/a', x, 'Act today', [x], answer=x) }}{{ copy_text('c', x, x, hint=x) }}"
        "{{ definition_list([(x, x), (x, [x])]) }}{{ empty_state(x) }}{{ warning_text(x) }}{{ back_link('/', x) }}"
        "{{ small_tag(x) }}{{ one_button('/a', x, {'f': x}, about=x) }}{{ link_button('/', x) }}"
        "{{ handling_sentence('TLP:RED', x, x, [x]) }}{{ filter_links(x, [(x, '/', true)]) }}",
        x=hostile,
    )

    assert not parse(html).select("img")
    assert html.count("&lt;img") > 20


def test_direction_marks_of_a_title_stay_within_it(app: Flask) -> None:
    html = _draw(app, "{{ item_row('TLP:GREEN', 'a\u202eb', '/a') }}")

    assert parse(html).select_one("h2 a bdi").text == "a\u202eb"


@pytest.mark.parametrize("marking", list(Marking))
def test_every_label_comes_with_a_sentence_on_what_one_may_do(app: Flask, marking: Marking) -> None:
    part = parse(_draw(app, "{{ handling_sentence(marking) }}", marking=marking))

    assert part.select_one("p").get_text(" ", strip=True) == f"{marking} {labels.MAY_DO[marking]._args[0]}"
    assert part.summary.get_text(" ", strip=True) == f"What {marking} means"
    assert part.select_one(".govuk-details__text").text == labels.MEANS[marking]._args[0]


@pytest.mark.parametrize("marking", list(Marking))
def test_where_a_label_may_appear_is_what_the_rule_says(app: Flask, marking: Marking) -> None:
    with app.test_request_context():
        places = " ".join(labels.appears_in(marking))

    assert ("E-mails, in full" in places) == (Outlet.MAIL in TRAVELS[marking])
    assert ("E-mails only say" in places) == (Outlet.MAIL not in TRAVELS[marking])
    assert ("Search" in places) == (Outlet.SEARCH in TRAVELS[marking])
    assert ("Public pages" in places) == (Outlet.PUBLIC in TRAVELS[marking])
    assert ("Tools" in places) == (Outlet.TAXII in TRAVELS[marking])
    assert ("Files" in places) == (Outlet.FILE in TRAVELS[marking])


@pytest.mark.parametrize("word", ["Act today", "This week", "For information"])
def test_how_soon_to_act_is_said_in_words(app: Flask, word: str) -> None:
    assert parse(_draw(app, "{{ severity_tag(word) }}", word=word)).text == word


def test_without_a_severity_nothing_is_drawn(app: Flask) -> None:
    assert _draw(app, "{{ severity_tag(none) }}") == ""


def test_text_to_copy_is_whole_and_reachable_without_scripts(app: Flask) -> None:
    text = "\n 192.0.2.1\n<b>&amp;\n"

    box = parse(_draw(app, "{{ copy_text('c', 'Addresses', text) }}", text=text)).textarea

    assert box.text == text
    assert box.has_attr("readonly")


def test_every_component_is_a_macro_with_a_line_on_how_to_call_it(app: Flask) -> None:
    for name, file in COMPONENTS.items():
        template = app.jinja_env.get_template(f"components/{file}")
        assert callable(getattr(template.module, name))
        source = Path(template.filename).read_text()
        assert re.search(rf"\{{#-[^#]*\b{name}\(", source, re.DOTALL), f"{file} does not say how to call {name}"


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (MORNING, "3 December 2026, 10:00"),
        (SUMMER, "1 July 2026, 10:05"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "29 March 2026, 02:00"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "25 October 2026, 01:30"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "25 October 2026, 01:30"),
        (datetime(2026, 6, 30, 23, 30, tzinfo=UTC), "1 July 2026, 00:30"),
    ],
)
def test_times_are_those_of_the_clock_on_the_wall(app: Flask, moment: datetime, expected: str) -> None:
    with app.test_request_context():
        assert dates.date_time(moment) == expected
        assert dates.date_only(moment) == expected.split(",")[0]


def test_what_says_the_day_alone_does_not_hold_the_hour_for_machines(app: Flask) -> None:
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    drawn = {style: _draw(app, "{{ moment(late, style) }}", late=late, style=style) for style in ("date_only", "ago")}
    assert drawn["date_only"] == '<time datetime="2026-07-01">1 July 2026</time>'
    assert '<time datetime="2026-07-01T00:30:00+01:00">' in drawn["ago"]


def test_a_time_without_a_zone_is_refused(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(ValueError, match="time zone"):
        dates.date_time(datetime(2026, 1, 1, 10, 0))


@pytest.mark.parametrize(
    ("passed", "expected"),
    [
        (timedelta(seconds=-30), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=23), "23 hours ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=29), "29 days ago"),
        (timedelta(days=30), "3 December 2026"),
        (timedelta(minutes=-2), "3 December 2026"),
    ],
)
def test_how_long_ago_is_said_in_one_unit(app: Flask, passed: timedelta, expected: str) -> None:
    with app.test_request_context(), clock.at(MORNING + passed):
        assert dates.ago(MORNING) == expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (1, "1 diwrnod yn ôl"),
        (2, "2 ddiwrnod yn ôl"),
        (3, "3 diwrnod yn ôl"),
        (6, "6 diwrnod yn ôl"),
        (9, "9 diwrnod yn ôl"),
    ],
)
def test_welsh_counts_by_its_own_rules(app: Flask, days: int, expected: str) -> None:
    with (
        app.test_request_context(headers={"Accept-Language": "cy"}),
        clock.at(MORNING + timedelta(days=days, seconds=1)),
    ):
        assert dates.ago(MORNING) == expected
        assert dates.date_time(MORNING) == "3 Rhagfyr 2026, 10:00"


@pytest.mark.parametrize(("count", "expected"), [(0, "0"), (999, "999"), (1000, "1,000+"), (5000, "1,000+")])
def test_counting_stops_somewhere_and_says_so(count: int, expected: str) -> None:
    assert dates.bounded(count) == expected


def _long(colour: str) -> str:
    return colour if len(colour) == 7 else "#" + "".join(2 * digit for digit in colour[1:])


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
