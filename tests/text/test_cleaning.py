"""What strangers write is inert on a page: the document that a browser builds holds only what the list allows."""

import re
import time
import warnings

import pytest
from bs4 import BeautifulSoup, Tag
from hypothesis import given, settings
from hypothesis import strategies as st

from warp_hub.text import clean_html, visible
from warp_hub.text.cleaning import LONGEST, REL, _bleached, _markdown

ALLOWED = (
    {"p", "div", "blockquote", "pre", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "br", "hr"}
    | {"table", "thead", "tbody", "tr", "th", "td"}
    | {"a", "strong", "b", "em", "i", "u", "s", "del", "ins", "code", "sub", "sup", "kbd", "samp"}
)

PAYLOADS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script\x0c>alert(1)</script>",
    "<script/x>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img/src/onerror=alert(1)>",
    '<img src="x` `<script>alert(1)</script>"` `>',
    '<IMG """><SCRIPT>alert(1)</SCRIPT>">',
    "<img src=javascript:alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><a xlink:href='javascript:alert(1)'><text x=20 y=20>x</text></a></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
    "<svg><foreignObject><iframe onload=alert(1)></foreignObject></svg>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<math><mi//xlink:href="data:x,<script>alert(1)</script>">',
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    '<textarea><img title="</textarea><img src=x onerror=alert(1)>">',
    '<title><img title="</title><img src=x onerror=alert(1)>">',
    '<xmp><p title="</xmp><img src=x onerror=alert(1)>">',
    '<noembed><img title="</noembed><img src=x onerror=alert(1)>">',
    "<listing>&lt;img src=x onerror=alert(1)&gt;</listing>",
    "<template><script>alert(1)</script></template>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<applet code=x></applet>",
    "<base href=//evil.example/>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<style>@import '//evil.example/x.css';</style>",
    "<style>body{background:url(javascript:alert(1))}</style>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<p style=position:fixed;inset:0>cover</p>",
    "<div onmouseover=alert(1)>x</div>",
    "<b onclick=alert(1)>x</b>",
    "<b/onclick=alert(1)>x</b>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<input autofocus onfocus=alert(1)>",
    "<select autofocus onfocus=alert(1)></select>",
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<isindex type=image src=1 onerror=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)></audio>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href=' javascript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='java&#9;script:alert(1)'>x</a>",
    "<a href='java&#x0A;script:alert(1)'>x</a>",
    "<a href='java&Tab;script&colon;alert(1)'>x</a>",
    "<a href='&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1)'>x</a>",
    "<a href='&#0000106avascript:alert(1)'>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=='>x</a>",
    "<a href='view-source:javascript:alert(1)'>x</a>",
    "<a href='blob:https://evil.example/x'>x</a>",
    "<a href='//evil.example'>x</a>",
    "<a href='/sign-out'>x</a>",
    "<a href='\\\\evil.example'>x</a>",
    "<a href='https:evil.example'>x</a>",
    "<a href='https://ncsc.gov.uk@evil.example'>x</a>",
    "<a href='https://ok.example' onclick=alert(1) target=_top style=x id=y name=z>x</a>",
    "<a href='https://ok.example\" onmouseover=alert(1) x=\"'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JAVASCRIPT:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java\\script:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](<java\tscript:alert(1)>)",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](data:image/svg+xml;base64,PHN2Zz4=)",
    "[x](vbscript:alert(1))",
    "[x](/sign-out)",
    "[x](#top)",
    "[x](file:///etc/passwd)",
    '[x](https://ok.example "onclick=alert(1)")',
    '[x](https://ok.example/"onmouseover="alert(1))',
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    "![x](javascript:alert(1))",
    "![x](https://tracker.example/pixel.gif)",
    '![x](https://a.example/"onerror="alert(1))',
    "![<script>alert(1)</script>](https://a.example)",
    "[![x](x)](javascript:alert(1))",
    "[a]: javascript:alert(1)\n\n[a]",
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    '```"><script>alert(1)</script>\nx\n```',
    "    <script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;script&amp;gt;alert(1)",
    '<!--<img src="--><img src=x onerror=alert(1)//">',
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo '<script>alert(1)</script>' ?>",
    "<!DOCTYPE x [<!ENTITY a 'b'>]>",
    "<p><script>alert(1)//</p>",
    "</main></div></body><script>alert(1)</script>",
    "<table><tr><td></table><script>alert(1)</script>",
    "<table><script>alert(1)</script></table>",
    "| <script>alert(1)</script> | x |\n|---|---|\n| <img src=x onerror=alert(1)> | [x](javascript:alert(1)) |",
    "<x onclick=alert(1)>x</x>",
    "<xhtml:script>alert(1)</xhtml:script>",
    "<xhtml:p onclick=alert(1)>x</xhtml:p>",
    "<\x00script>alert(1)</script>",
    "<scr\x00ipt>alert(1)</scr\x00ipt>",
    "\ufeff<script>alert(1)</script>",
    "<scr\u200bipt>alert(1)</scr\u200bipt>",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "{{7*7}} ${7*7} <%= 7*7 %>",
]


def faults(markdown: str) -> list[str]:
    return faults_of_html(clean_html(markdown))


def dom(markdown: str) -> BeautifulSoup:
    return BeautifulSoup(clean_html(markdown), "html5lib")


def faults_of_html(html: str) -> list[str]:
    """Return what a browser's document of the HTML would hold that it must not."""
    body = BeautifulSoup(html, "html5lib").body
    assert body is not None
    found = []
    for tag in body.find_all(True):
        assert isinstance(tag, Tag)
        if tag.name not in ALLOWED:
            found.append(f"<{tag.name}>")
        for name, value in tag.attrs.items():
            if (tag.name, name, value) == ("th", "scope", "col"):
                continue
            if tag.name != "a" or name not in ("href", "rel"):
                found.append(f"<{tag.name} {name}={value}>")
            elif name == "href" and not str(value).startswith(("https://", "http://", "mailto:")):
                found.append(f"href={value}")
        if tag.name == "a" and tag.get("rel") != REL.split():
            found.append("a link without its rel")
    return found


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_leaves_nothing_that_a_browser_would_run(payload: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Beautiful Soup wonders whether a short text is a file name
        for around in ("{}", "text {} text", "<p>{}</p>", "> {}", "* {}", "<table><tr><td>{}", "# {}", "**{}**"):
            assert faults(around.format(payload) if "{{" not in payload else payload) == []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_second_wall_holds_without_the_first(payload: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert faults_of_html(_bleached(payload)) == []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_first_wall_lets_no_tag_through_without_the_second(payload: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        body = BeautifulSoup(_markdown().render(visible(payload)), "html5lib").body
    assert body is not None
    assert {tag.name for tag in body.find_all(True)} <= ALLOWED | {"h1", "h2"}


def test_there_are_at_least_sixty_payloads() -> None:
    assert len(set(PAYLOADS)) >= 60


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("<>/\"'= \n\t`*_[]()!#|-:&;abipscrtdhefx\x00\u202e"), max_size=80))
def test_no_text_at_all_escapes_the_list(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert faults(text) == []


FRAGMENTS = (
    *(
        "<b>",
        "</b>",
        "<p>",
        "</p>",
        "<a href=https://a.example>",
        "</a>",
        "<table>",
        "</table>",
        "<tr>",
        "<td>",
        "</td>",
    ),
    *("<ul>", "<li>", "</li>", "</ul>", "<div>", "</div>", "<script>", "</script>", "<svg>", "<style>", "<!--", "-->"),
    *("<math>", "<pre>", "</pre>", "<h1>", "</h1>", "\n\n", "\n", "* ", "> ", "# ", "|a|b|\n|-|-|\n", "[x](", ")"),
    *("`", "```\n", "javascript:alert(1)", "words ", "<img src=x onerror=alert(1)>", "<blockquote>", "**", "<code>"),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join))
def test_no_heap_of_broken_html_escapes_the_list(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert faults(text) == []


def test_an_ordinary_advisory_reads_as_it_was_meant() -> None:
    html = clean_html(
        "# What happened\n\nA flaw in **Widget 3** is [being used](https://ncsc.gov.uk/x?a=1&b=2).\nPatch now.\n\n"
        "| product | fixed in |\n|---|---|\n| Widget | 3.1 |\n\n1. Patch\n2. Check\n\n```\ncurl -I host\n```"
    )

    assert "<h3>What happened</h3>" in html
    assert "<strong>Widget 3</strong>" in html
    assert '<a href="https://ncsc.gov.uk/x?a=1&amp;b=2" rel="nofollow noopener noreferrer">being used</a>' in html
    assert "<br>\nPatch now." in html
    assert '<th scope="col">product</th>' in html
    assert "<ol>\n<li>Patch</li>" in html
    assert "<pre><code>curl -I host\n</code></pre>" in html


def test_headings_begin_below_those_of_the_page_and_leave_out_no_level() -> None:
    html = clean_html("## One\n\n##### Two\n\n#### Three\n\n# Four\n\n## Five\n\n### Six\n\n#### Seven\n\n##### Eight")

    assert re.findall(r"<(h\d)>(\w+)</h\d>", html) == [
        ("h3", "One"),
        ("h4", "Two"),
        ("h4", "Three"),
        ("h3", "Four"),
        ("h4", "Five"),
        ("h5", "Six"),
        ("h6", "Seven"),
        ("h6", "Eight"),
    ]


def test_html_in_a_feed_reads_as_html() -> None:
    html = clean_html("<h2>Impact</h2><p style='color:red'>One &amp; two<br/>three</p><ul><li>a<li>b</ul>")

    assert html == "<h3>Impact</h3><p>One &amp; two<br>three</p><ul><li>a</li><li>b</li></ul>"


def test_html_that_begins_inside_a_sentence_reads_as_html() -> None:
    html = clean_html("Summary: <code>cmd.exe</code> <table><tr><th>x</th></tr><tr><td>1</td></tr></table>")

    assert "<code>cmd.exe</code>" in html
    assert "<tr><td>1</td></tr>" in html


def test_xhtml_with_a_prefix_reads_as_html() -> None:
    assert clean_html("<xhtml:p>An <xhtml:b>old</xhtml:b> catalogue</xhtml:p>") == "<p>An <b>old</b> catalogue</p>"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (r"<code>C:\Windows\</code> and <b>on</b>", r"<p><code>C:\Windows\</code> and <b>on</b></p>"),
        (r"copied to \\server\share\_x", r"<p>copied to \\server\share\_x</p>"),
        (r"copied to C:\Users\_svc\*.exe", r"<p>copied to C:\Users\_svc\*.exe</p>"),
        (r"under HKLM\_a or %TEMP%\_b", r"<p>under HKLM\_a or %TEMP%\_b</p>"),
        (r"the field user\_name is \*not\* checked", "<p>the field user_name is *not* checked</p>"),
        ("one\\\ntwo", "<p>one<br>\ntwo</p>"),
    ],
)
def test_a_windows_path_keeps_its_backslashes(text: str, seen: str) -> None:
    assert clean_html(text) == seen


def test_a_script_that_someone_writes_about_stays_readable() -> None:
    assert "&lt;script&gt;" in clean_html("The attacker sends <script>alert(1)</script> to the form.")


def test_what_only_arranges_a_page_goes_without_a_trace() -> None:
    assert clean_html("<section><span class=x>words</span></section>") == "words"


def test_a_picture_is_replaced_by_its_words() -> None:
    assert clean_html("![a <b>map</b>](https://a.example/x.png)") == "<p>a &lt;b&gt;map&lt;/b&gt;</p>"
    assert clean_html('see <img src=x alt="a map"> here') == "<p>see a map here</p>"
    assert clean_html("a tracking <img src=x>") == "<p>a tracking </p>"
    assert clean_html("tags like <img> need care") == "<p>tags like &lt;img&gt; need care</p>"


def test_headings_begin_below_those_of_the_page() -> None:
    names = [
        tag.name
        for tag in dom("# a\n\n## b\n\n### c\n\n#### d\n\n<h1>e</h1>\n").find_all(["h1", "h2", "h3", "h4", "h5", "h6"])
    ]

    assert names == ["h3", "h4", "h5", "h6", "h3"]


def test_links_and_headings_without_words_are_left_out() -> None:
    assert (
        clean_html("[](https://a.example)\n\n#\n\n<a href=https://a.example> </a>").replace("<p></p>", "").strip() == ""
    )


def test_text_over_the_limit_is_cut_and_says_so() -> None:
    html = clean_html("word " * LONGEST)

    assert len(html) < LONGEST + 100
    assert html.endswith("<p>…</p>")


def test_one_address_cannot_be_multiplied_by_definitions() -> None:
    address = "https://a.example/" + "x" * 1900
    text = f"[a]: {address}\n\n" + "[a] " * 20_000

    assert len(clean_html(text)) < 2 * len(text)


SLOW = {
    "brackets": "[",
    "links": "[](",
    "pictures": "![",
    "stars": "**a*",
    "underlines": "_a__ ",
    "tildes": "~~a",
    "ticks": "`a",
    "quotes": "> ",
    "lists": "- - - - a\n",
    "fences": "```\n",
    "angles": "<",
    "comments": "<!--",
    "cdata": "<![CDATA[",
    "bold": "<b>",
    "divisions": "<div><p>x",
    "tables": "<table><tr><td>",
    "rows": "<table><thead>",
    "attributes": "<a href=",
    "stray ends": "<div></b>",
    "entities": "&#x41;",
    "paragraphs": "<b><i>\n\na",
    "misnested": "<b><p></b></p>",
    "marks": "\u0301",
    "directions": "\u202e",
    "inline table": "x <table> b<i>x</i>",
    "backslashes": "\\",
    "definitions": "[a]: http://x.example/ 'b'\n",
}


@pytest.mark.parametrize("unit", SLOW.values(), ids=list(SLOW))
def test_the_time_needed_grows_with_the_length_alone(unit: str) -> None:
    clean_html("warm up")

    assert _seconds(unit * (25_000 // len(unit))) < 1


@pytest.mark.parametrize(
    "text",
    [
        "<b><i><u><s><code>" + "\n\na" * 8000,
        "<table>" + "x<b>y</b>" * 3000,
        "x <table>" + "b<i>x</i>" * 3000,
        "|a" * 500 + "|\n" + "|-" * 500 + "|\n" + "|x|\n" * 50,
        "".join("  " * depth + "* a\n" for depth in range(170)),
        "".join("`" * length + " " for length in range(240)),
        "<ul>" + "<li>x" * 8000,
        "<div>" * 31 + "\n\na" * 8000,
    ],
    ids=["open words", "text in a table", "table in a line", "wide table", "deep list", "fences", "long list", "deep"],
)
def test_no_shape_of_text_takes_long(text: str) -> None:
    clean_html("warm up")

    assert _seconds(text) < 1.5


def test_a_list_of_twenty_thousand_points_is_walked_once() -> None:
    started = time.process_time()
    _bleached("<ul>" + "<li><b>x</b></li>" * 20_000 + "</ul>")

    assert time.process_time() - started < 4


def _seconds(text: str) -> float:
    """Return the least of three measurements, so that a busy machine fails no test."""
    measured = []
    for _ in range(3):
        started = time.process_time()
        clean_html(text)
        measured.append(time.process_time() - started)
        if measured[-1] < 1:
            break
    return min(measured)
