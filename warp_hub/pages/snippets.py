"""Passages with the words that were looked for marked in them; escaped first, marked afterwards."""

from markupsafe import Markup, escape

BEGIN, END = "\x02", "\x03"
_TAGS = {BEGIN: Markup("<mark>"), END: Markup("</mark>")}


def marked(passage: str) -> Markup:
    """Return a passage as HTML, what stands between BEGIN and END marked; a mark that has no partner is dropped."""
    before, *rest = passage.split(BEGIN)
    made = escape(before.replace(END, ""))
    for piece in rest:
        word, has_end, after = piece.partition(END)
        made += _TAGS[BEGIN] + escape(word) + _TAGS[END] if has_end else escape(word)
        made += escape(after.replace(END, ""))
    return made


def unmarked(text: str) -> str:
    """Return text that holds no marks of its own."""
    return text.replace(BEGIN, "").replace(END, "")
