"""Who must see what, written by hand from the handling policy; never computed by the rule under test.

Columns are the letters of `cast.VIEWERS`. Rows are what `planted` plants: a marking and a state. Unless a row says
otherwise it is kept by Here WARP, passed on by it, and addressed: AMBER and AMBER+STRICT to Here WARP, RED to P.
Early notice names P.
"""

PAGES = """
                                        N L U Z A I D R 1 M S X B O G C W K Y 0 E P T F H J V
CLEAR public                            y y y y y y y y y y y y y y y y y y y y y y y y y y y
CLEAR published                         . . . . . . . y y y y y y y y y y y y y y y y . . . .
GREEN published                         . . . . . . . y y y y y y y y y y y y y y y y . . . .
AMBER published                         . . . . . . . . . y y y y . . y y . y y . . . . . . .
AMBER to a council                      . . . . . . . . . . y . . . . . . . . . . . . . . . .
AMBER to a supplier                     . . . . . . . . . . . y y . . . . . . . . . . . . . .
AMBER to a person                       . . . . . . . . . . . . . . . . . . . . . y . . . . .
AMBER to a reader                       . . . . . . . . . . . . . . . . . . . . . . . . . . .
AMBER to both WARPs                     . . . . . . . . . y y y y y . y y . y y y y . . . . .
AMBER to Elsewhere                      . . . . . . . . . . . . y y . . . . . . y y . . . . .
AMBER passed on by one of two           . . . . . . . . . y y y y . . y y . y y . . . . . . .
AMBER+STRICT published                  . . . . . . . . . y y . . . . y . . y y . . . . . . .
AMBER+STRICT to a council               . . . . . . . . . . y . . . . . . . . . . . . . . . .
AMBER+STRICT to a supplier              . . . . . . . . . . . . . . . . . . . . . . . . . . .
AMBER+STRICT to a person                . . . . . . . . . . . . . . . . . . . . . y . . . . .
AMBER+STRICT to an associate            . . . . . . . . . . . . . . . . . . . . . . . . . . .
AMBER+STRICT to Elsewhere               . . . . . . . . . . . . y y . . . . . . y y . . . . .
RED published                           . . . . . . . . . . . . . . . . . . . . . y . . . . .
RED to a coordinator                    . . . . . . . . . . . . . . . y . . . . . . . . . . .
RED to a reader                         . . . . . . . . . . . . . . . . . . . . . . . . . . .
CLEAR waiting                           . . . . . . . . . . . . . . . . . . . . . . . . . . .
GREEN waiting                           . . . . . . . . . . . . . . . . . . . . . . . . . . .
AMBER waiting                           . . . . . . . . . . . . . . . . . . . . . . . . . . .
AMBER+STRICT waiting                    . . . . . . . . . . . . . . . . . . . . . . . . . . .
RED waiting                             . . . . . . . . . . . . . . . . . . . . . . . . . . .
RED waiting for its coordinators        . . . . . . . . . . . . . . . . . . . . . . . . . . .
GREEN waiting at Elsewhere              . . . . . . . . . . . . . . . . . . . . . . . . . . .
CLEAR early notice                      . . . . . . . . . . . . . . . . . . . . . y . . . . .
CLEAR public early notice               . . . . . . . . . . . . . . . . . . . . . y . . . . .
GREEN early notice                      . . . . . . . . . . . . . . . . . . . . . y . . . . .
AMBER early notice                      . . . . . . . . . . . . . . . . . . . . . y . . . . .
AMBER early notice for a coordinator    . . . . . . . . . . . . . . . y . . . . . . . . . . .
AMBER+STRICT early notice               . . . . . . . . . . . . . . . . . . . . . y . . . . .
RED early notice                        . . . . . . . . . . . . . . . . . . . . . y . . . . .
CLEAR lifted                            . . . . . . . y y y y y y y y y y y y y y y y . . . .
GREEN lifted                            . . . . . . . y y y y y y y y y y y y y y y y . . . .
AMBER lifted                            . . . . . . . . . y y y y . . y y . y y . . . . . . .
AMBER+STRICT lifted                     . . . . . . . . . y y . . . . y . . y y . . . . . . .
RED lifted                              . . . . . . . . . . . . . . . . . . . . . y . . . . .
CLEAR withdrawn                         . . . . . . . . . . . . . . . . . . . . . . . . . . .
CLEAR public withdrawn                  . . . . . . . . . . . . . . . . . . . . . . . . . . .
GREEN withdrawn                         . . . . . . . . . . . . . . . . . . . . . . . . . . .
AMBER withdrawn                         . . . . . . . . . . . . . . . . . . . . . . . . . . .
AMBER+STRICT withdrawn                  . . . . . . . . . . . . . . . . . . . . . . . . . . .
RED withdrawn                           . . . . . . . . . . . . . . . . . . . . . . . . . . .
CLEAR held                              . . . . . . . . . . . . . . . . . . . . . . . . . . .
AMBER held                              . . . . . . . . . . . . . . . . . . . . . . . . . . .
RED held                                . . . . . . . . . . . . . . . . . . . . . . . . . . .
GREEN for tomorrow                      . . . . . . . . . . . . . . . . . . . . . . . . . . .
GREEN not for us                        . . . . . . . . . . . . . . . . . . . . . . . . . . .
GREEN kept for later                    . . . . . . . . . . . . . . . . . . . . . . . . . . .
AMBER same as another                   . . . . . . . . . . . . . . . . . . . . . . . . . . .
AMBER raised from GREEN                 . . . . . . . . . y y y y . . y y . y y . . . . . . .
AMBER raised from public CLEAR          . . . . . . . . . y y y y . . y y . y y . . . . . . .
AMBER+STRICT raised from AMBER          . . . . . . . . . y y . . . . y . . y y . . . . . . .
RED raised from AMBER                   . . . . . . . . . . . . . . . . . . . . . y . . . . .
CLEAR lowered from GREEN                . . . . . . . y y y y y y y y y y y y y y y y . . . .
GREEN lowered from AMBER                . . . . . . . y y y y y y y y y y y y y y y y . . . .
GREEN many                              . . . . . . . y y y y y y y y y y y y y y y y . . . .
AMBER many                              . . . . . . . . . y y y y . . y y . y y . . . . . . .
"""

# What has no page of its own and stands on the page of a warning, for whom the rule lets have both. A line names
# the warning in `planted.BEHIND`; "of another source" is one that bears the very id the warning refers to.
BEHIND = """
                                        N L U Z A I D R 1 M S X B O G C W K Y 0 E P T F H J V
AMBER note of Here                      . . . . . . . . . y y y y . . y y . y y . . . . . . .
AMBER note of Elsewhere                 . . . . . . . . . . . . y y . . . . . . y y . . . . .
AMBER note withdrawn                    . . . . . . . . . . . . . . . . . . . . . . . . . . .
CLEAR support made public               y y y y y y y y y y y y y y y y y y y y y y y y y y y
CLEAR support                           . . . . . . . y y y y y y y y y y y y y y y y . . . .
AMBER support                           . . . . . . . . . y y y y . . y y . y y . . . . . . .
RED support                             . . . . . . . . . . . . . . . . . . . . . y . . . . .
GREEN support waiting                   . . . . . . . . . . . . . . . . . . . . . . . . . . .
GREEN support withdrawn                 . . . . . . . . . . . . . . . . . . . . . . . . . . .
GREEN support of another source         . . . . . . . . . . . . . . . . . . . . . . . . . . .
GREEN support of an AMBER warning       . . . . . . . . . y y y y . . y y . y y . . . . . . .
GREEN support of a RED warning          . . . . . . . . . . . . . . . . . . . . . y . . . . .
"""

# Who may work on it: coordinators, fully signed in, of the WARP that keeps it, in any state; RED only the named.
DESK = """
                                        N L U Z A I D R 1 M S X B O G C W K Y 0 E P T F H J V
CLEAR public                            . . . . . . . . . . . . . . . y y . y . . . . . . . .
CLEAR published                         . . . . . . . . . . . . . . . y y . y . . . . . . . .
GREEN published                         . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER published                         . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER to a council                      . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER to a supplier                     . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER to a person                       . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER to a reader                       . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER to both WARPs                     . . . . . . . . . . . . . . . y y . y . y . . . . . .
AMBER to Elsewhere                      . . . . . . . . . . . . . . . . . . . . y . . . . . .
AMBER passed on by one of two           . . . . . . . . . . . . . . . y y . y . y . . . . . .
AMBER+STRICT published                  . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER+STRICT to a council               . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER+STRICT to a supplier              . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER+STRICT to a person                . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER+STRICT to an associate            . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER+STRICT to Elsewhere               . . . . . . . . . . . . . . . . . . . . y . . . . . .
RED published                           . . . . . . . . . . . . . . . . . . . . . . . . . . .
RED to a coordinator                    . . . . . . . . . . . . . . . y . . . . . . . . . . .
RED to a reader                         . . . . . . . . . . . . . . . . . . . . . . . . . . .
CLEAR waiting                           . . . . . . . . . . . . . . . y y . y . . . . . . . .
GREEN waiting                           . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER waiting                           . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER+STRICT waiting                    . . . . . . . . . . . . . . . y y . y . . . . . . . .
RED waiting                             . . . . . . . . . . . . . . . . . . . . . . . . . . .
RED waiting for its coordinators        . . . . . . . . . . . . . . . y y . . . . . . . . . .
GREEN waiting at Elsewhere              . . . . . . . . . . . . . . . . . . . . y . . . . . .
CLEAR early notice                      . . . . . . . . . . . . . . . y y . y . . . . . . . .
CLEAR public early notice               . . . . . . . . . . . . . . . y y . y . . . . . . . .
GREEN early notice                      . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER early notice                      . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER early notice for a coordinator    . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER+STRICT early notice               . . . . . . . . . . . . . . . y y . y . . . . . . . .
RED early notice                        . . . . . . . . . . . . . . . . . . . . . . . . . . .
CLEAR lifted                            . . . . . . . . . . . . . . . y y . y . . . . . . . .
GREEN lifted                            . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER lifted                            . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER+STRICT lifted                     . . . . . . . . . . . . . . . y y . y . . . . . . . .
RED lifted                              . . . . . . . . . . . . . . . . . . . . . . . . . . .
CLEAR withdrawn                         . . . . . . . . . . . . . . . y y . y . . . . . . . .
CLEAR public withdrawn                  . . . . . . . . . . . . . . . y y . y . . . . . . . .
GREEN withdrawn                         . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER withdrawn                         . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER+STRICT withdrawn                  . . . . . . . . . . . . . . . y y . y . . . . . . . .
RED withdrawn                           . . . . . . . . . . . . . . . . . . . . . . . . . . .
CLEAR held                              . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER held                              . . . . . . . . . . . . . . . y y . y . . . . . . . .
RED held                                . . . . . . . . . . . . . . . y y . . . . . . . . . .
GREEN for tomorrow                      . . . . . . . . . . . . . . . y y . y . . . . . . . .
GREEN not for us                        . . . . . . . . . . . . . . . y y . y . . . . . . . .
GREEN kept for later                    . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER same as another                   . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER raised from GREEN                 . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER raised from public CLEAR          . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER+STRICT raised from AMBER          . . . . . . . . . . . . . . . y y . y . . . . . . . .
RED raised from AMBER                   . . . . . . . . . . . . . . . . . . . . . . . . . . .
CLEAR lowered from GREEN                . . . . . . . . . . . . . . . y y . y . . . . . . . .
GREEN lowered from AMBER                . . . . . . . . . . . . . . . y y . y . . . . . . . .
GREEN many                              . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER many                              . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER note of Here                      . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER note of Elsewhere                 . . . . . . . . . . . . . . . . . . . . y . . . . . .
AMBER note withdrawn                    . . . . . . . . . . . . . . . y y . y . . . . . . . .
CLEAR support made public               . . . . . . . . . . . . . . . y y . y . . . . . . . .
CLEAR support                           . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER support                           . . . . . . . . . . . . . . . y y . y . . . . . . . .
RED support                             . . . . . . . . . . . . . . . . . . . . . . . . . . .
GREEN support waiting                   . . . . . . . . . . . . . . . y y . y . . . . . . . .
GREEN support withdrawn                 . . . . . . . . . . . . . . . y y . y . . . . . . . .
GREEN support of another source         . . . . . . . . . . . . . . . . . . . . . . . . . . .
GREEN support of an AMBER warning       . . . . . . . . . . . . . . . y y . y . . . . . . . .
GREEN support of a RED warning          . . . . . . . . . . . . . . . y y . y . . . . . . . .
"""

# What waits in a queue: no WARP of this viewer's that keeps it has decided yet.
QUEUE = """
                                        N L U Z A I D R 1 M S X B O G C W K Y 0 E P T F H J V
AMBER passed on by one of two           . . . . . . . . . . . . . . . . . . . . y . . . . . .
CLEAR waiting                           . . . . . . . . . . . . . . . y y . y . . . . . . . .
GREEN waiting                           . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER waiting                           . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER+STRICT waiting                    . . . . . . . . . . . . . . . y y . y . . . . . . . .
RED waiting                             . . . . . . . . . . . . . . . . . . . . . . . . . . .
RED waiting for its coordinators        . . . . . . . . . . . . . . . y y . . . . . . . . . .
GREEN waiting at Elsewhere              . . . . . . . . . . . . . . . . . . . . y . . . . . .
CLEAR held                              . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER held                              . . . . . . . . . . . . . . . y y . y . . . . . . . .
RED held                                . . . . . . . . . . . . . . . y y . . . . . . . . . .
"""

# What Here WARP shows to anyone at all, on its public page.
PUBLIC = """
                                        N L U Z A I D R 1 M S X B O G C W K Y 0 E P T F H J V
CLEAR public                            y y y y y y y y y y y y y y y y y y y y y y y y y y y
"""


def table(text: str) -> dict[str, frozenset[str]]:
    """Return a table as the letters that see each row."""
    lines = [line for line in text.splitlines() if line.strip()]
    letters = lines[0].split()
    rows = {line[:40].strip(): line[40:].split() for line in lines[1:]}
    if len(rows) != len(lines) - 1:
        raise ValueError("a row is there twice")
    return {
        name: frozenset(letter for letter, cell in zip(letters, cells, strict=True) if cell == "y")
        for name, cells in rows.items()
    }
