r"""Backslashes in security texts: usually a Windows path, and then not Markdown's sign of escape.

Read as Markdown, `\\server\share` loses a backslash, `C:\_x` its last one, and `<code>C:\Windows</code>` never ends.
"""

import re

from markdown_it.rules_inline import StateInline, escape

_LOOK_BACK = 200
_PATH = re.compile(r"(?:\b[A-Za-z]:|%\w+%|\bHK[A-Z_]{2,}|\\)\\")


def escape_outside_paths(state: StateInline, silent: bool) -> bool:
    """Read a backslash as Markdown does, but leave it alone where it belongs to a path or stands before a tag."""
    here = state.src[state.pos : state.pos + 2]
    if not here.startswith("\\") or here in ("\\\\", "\\<"):
        return False
    before = state.src[max(0, state.pos - _LOOK_BACK) : state.pos + 1].split()[-1]
    return not _PATH.search(before) and escape(state, silent)
