"""Who must see what, written by hand from the handling policy; never computed by the rule under test.

Columns are the letters of `cast.VIEWERS`. Rows are what `planted` plants: a marking and a state. All of it is kept by
Here WARP and addressed: AMBER to Here WARP, AMBER+STRICT to Here WARP, "to a council" to S's council alone, RED to P.
Early notice names P.
"""

PAGES = """
                                N L U A R 1 M S X O C K E P T
CLEAR public                    y y y y y y y y y y y y y y y
CLEAR published                 . . . . y y y y y y y y y y y
GREEN published                 . . . . y y y y y y y y y y y
AMBER published                 . . . . . . y y y . y . . . .
AMBER to a council              . . . . . . . y . . . . . . .
AMBER+STRICT published          . . . . . . y y . . y . . . .
AMBER+STRICT to a council       . . . . . . . y . . . . . . .
RED published                   . . . . . . . . . . . . . y .
CLEAR waiting                   . . . . . . . . . . . . . . .
GREEN waiting                   . . . . . . . . . . . . . . .
AMBER waiting                   . . . . . . . . . . . . . . .
AMBER+STRICT waiting            . . . . . . . . . . . . . . .
RED waiting                     . . . . . . . . . . . . . . .
CLEAR early notice              . . . . . . . . . . . . . y .
GREEN early notice              . . . . . . . . . . . . . y .
AMBER early notice              . . . . . . . . . . . . . y .
AMBER+STRICT early notice       . . . . . . . . . . . . . y .
RED early notice                . . . . . . . . . . . . . y .
CLEAR lifted                    . . . . y y y y y y y y y y y
GREEN lifted                    . . . . y y y y y y y y y y y
AMBER lifted                    . . . . . . y y y . y . . . .
AMBER+STRICT lifted             . . . . . . y y . . y . . . .
RED lifted                      . . . . . . . . . . . . . y .
CLEAR withdrawn                 . . . . . . . . . . . . . . .
GREEN withdrawn                 . . . . . . . . . . . . . . .
AMBER withdrawn                 . . . . . . . . . . . . . . .
AMBER+STRICT withdrawn          . . . . . . . . . . . . . . .
RED withdrawn                   . . . . . . . . . . . . . . .
RED held                        . . . . . . . . . . . . . . .
GREEN for tomorrow              . . . . . . . . . . . . . . .
AMBER raised from GREEN         . . . . . . y y y . y . . . .
RED raised from AMBER           . . . . . . . . . . . . . y .
"""

# The desk of Here WARP: its coordinator, fully signed in, in any state; RED only for the named, and C is not named.
DESK_SEES = {"C"}
DESK_NEVER = ("RED",)

# What a letter may print: CLEAR and GREEN that its person receives, whoever they are when fully signed in.
LETTERS = """
                                N L U A R 1 M S X O C K E P T
CLEAR public                    . . . . y y y y y . y y . . .
CLEAR published                 . . . . y y y y y . y y . . .
GREEN published                 . . . . y y y y y . y y . . .
CLEAR lifted                    . . . . y y y y y . y y . . .
GREEN lifted                    . . . . y y y y y . y y . . .
"""

# Each page of the hub: what it is. A new page without a row here fails the build.
#   item     one item: whoever the table of pages names, and nobody else
#   list     all items of a kind, page by page: the same table
#   some     a few of them: nothing beyond the table, but it need not show all
#   public   what a WARP shows to anyone: "CLEAR public" alone
#   desk     coordinators: the desk's row
#   letter   a letter's preview: the table of letters
#   nothing  no item ever


def table(text: str) -> dict[str, frozenset[str]]:
    """Return a table as the letters that see each row."""
    lines = [line for line in text.splitlines() if line.strip()]
    letters = lines[0].split()
    rows = {line[:32].strip(): line[32:].split() for line in lines[1:]}
    return {
        name: frozenset(letter for letter, cell in zip(letters, cells, strict=True) if cell == "y")
        for name, cells in rows.items()
    }
