"""The page client itself: it finds each defect it is there to find, and nothing in a good page."""

import pytest

from tests.page_client import PageProblem, check_letter, check_page

GOOD = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Home - WARP Hub</title></head><body>
<a class="govuk-skip-link" href="#main">Skip</a><main id="main"><h1>Home</h1>
<form method="post" action="/a"><input type="hidden" name="csrf_token" value="t">
<label for="name">Name</label><input id="name" name="name" aria-describedby="hint"><p id="hint">Hint</p>
<button>Save</button></form><img src="/static/a.png" alt=""><a href="/b">B</a></main></body></html>"""

DEFECTS = {
    "no language": ('lang="en"', ""),
    "another language": ('lang="en"', 'lang="xx"'),
    "a title that is not ours": ("Home - WARP Hub", "Home"),
    "no h1": ("<h1>Home</h1>", "<h2>Home</h2>"),
    "two h1": ("<h1>Home</h1>", "<h1>Home</h1><h1>Again</h1>"),
    "an empty heading": ("<h1>Home</h1>", "<h1>Home</h1><h2></h2>"),
    "a field without a label": ('<label for="name">Name</label>', ""),
    "an empty label": (">Name<", "><"),
    "an id twice": ('<p id="hint">', '<p id="hint"></p><p id="hint">'),
    "a pointer to nothing": ('aria-describedby="hint"', 'aria-describedby="gone"'),
    "no alt": (' alt=""', ""),
    "no skip link": ('class="govuk-skip-link"', ""),
    "a skip link to nothing": ('href="#main"', 'href="#gone"'),
    "a form without its token": ('name="csrf_token"', 'name="x"'),
    "an empty token": ('value="t"', 'value=""'),
    "a form that leaves": ('action="/a"', 'action="https://evil.example/a"'),
    "a form that leaves quietly": ('action="/a"', 'action="//evil.example/a"'),
    "an inline style": ("<h1>", '<h1 style="color:red">'),
    "a style sheet within": ("</head>", "<style>a{}</style></head>"),
    "an inline script": ("</body>", "<script>alert(1)</script></body>"),
    "an inline handler": ("<button>", '<button onclick="x()">'),
    "a script from elsewhere": ("</body>", '<script src="https://elsewhere.example/x.js"></script></body>'),
    "a picture from elsewhere": ("/static/a.png", "https://elsewhere.example/a.png"),
    "a link that runs code": ('href="/b"', 'href="javascript:x()"'),
    "a link to nowhere": ('href="/b"', 'href=""'),
    "a link without words": (">B</a>", "></a>"),
    "a button without words": (">Save<", "><"),
    "a tag that is not closed": ("<h1>Home</h1>", "<h1>Home</h1><div><span></div>"),
    "a form within a form": ("<button>", '<form action="/c"></form><button>'),
    "no main": ("main", "div"),
    "an error the title hides": ("<h1>", '<div class="govuk-error-summary">x</div><h1>'),
}


def test_a_good_page_passes() -> None:
    check_page(GOOD, "/")


@pytest.mark.parametrize("defect", DEFECTS)
def test_each_defect_is_found(defect: str) -> None:
    good, bad = DEFECTS[defect]
    assert good in GOOD

    with pytest.raises(PageProblem, match=r"^/where: "):
        check_page(GOOD.replace(good, bad), "/where")


def test_a_good_letter_passes_and_a_bad_one_does_not() -> None:
    letter = (
        '<!DOCTYPE html><html lang="cy"><head><title>x</title></head><body><h1>A</h1><a href="{}">B</a></body></html>'
    )
    check_letter(letter.format("https://hub.example/a"), "digest")

    for bad in (letter.format("/a"), letter.replace("<h1>", "<script src='/x'></script><h1>").format("https://x/")):
        with pytest.raises(PageProblem, match=r"^digest: "):
            check_letter(bad, "digest")
