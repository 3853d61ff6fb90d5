"""What letters may hold and to whom they go, written by hand; the columns and rows are those of `expected`."""

# What Here WARP's digest prints, whoever its person is when fully signed in; nobody else has it at all.
DIGEST_OF_HERE = """
                                        N L U Z A I D R 1 M S X B O G C W K Y 0 E P T F H J V
CLEAR public                            . . . . . . . y y y y y y . . y y y y y . . . . . . .
CLEAR published                         . . . . . . . y y y y y y . . y y y y y . . . . . . .
GREEN published                         . . . . . . . y y y y y y . . y y y y y . . . . . . .
CLEAR lifted                            . . . . . . . y y y y y y . . y y y y y . . . . . . .
GREEN lifted                            . . . . . . . y y y y y y . . y y y y y . . . . . . .
CLEAR lowered from GREEN                . . . . . . . y y y y y y . . y y y y y . . . . . . .
GREEN lowered from AMBER                . . . . . . . y y y y y y . . y y y y y . . . . . . .
"""

# What a letter about one item may print to whoever it goes to; a count or "something needs your attention" is no
# canary. Nothing is printed above GREEN, and nothing of what is still early.
LETTERS = """
                                        N L U Z A I D R 1 M S X B O G C W K Y 0 E P T F H J V
CLEAR public                            . . . . . . . y y y y y y y y y y y y y y y y . . . .
CLEAR published                         . . . . . . . y y y y y y y y y y y y y y y y . . . .
GREEN published                         . . . . . . . y y y y y y y y y y y y y y y y . . . .
CLEAR lifted                            . . . . . . . y y y y y y y y y y y y y y y y . . . .
GREEN lifted                            . . . . . . . y y y y y y y y y y y y y y y y . . . .
CLEAR lowered from GREEN                . . . . . . . y y y y y y y y y y y y y y y y . . . .
GREEN lowered from AMBER                . . . . . . . y y y y y y y y y y y y y y y y . . . .
GREEN many                              . . . . . . . y y y y y y y y y y y y y y y y . . . .
"""

# To whom a letter may give the address of a page that it may not print: people, whatever they prove today. RED and
# early notice are not even linked.
NOTICES = """
                                        N L U Z A I D R 1 M S X B O G C W K Y 0 E P T F H J V
AMBER published                         . . . . . . . y y y y y y . . y y y y y . . . . . . .
AMBER to a council                      . . . . . . . . . . y . . . . . . . . . . . . . . . .
AMBER to a supplier                     . . . . . . . . . . . y y . . . . . . . . . . . . . .
AMBER to a person                       . . . . . . . . . . . . . . . . . . . . . y . . . . .
AMBER to a reader                       . . . . . . . y . . . . . . . . . . . . . . . . . . .
AMBER to both WARPs                     . . . . . . . y y y y y y y . y y y y y y y . . . . .
AMBER to Elsewhere                      . . . . . . . . . . . . y y . . . . . . y y . . . . .
AMBER passed on by one of two           . . . . . . . y y y y y y . . y y y y y . . . . . . .
AMBER+STRICT published                  . . . . . . . y y y y . . . . y . y y y . . . . . . .
AMBER+STRICT to a council               . . . . . . . . . . y . . . . . . . . . . . . . . . .
AMBER+STRICT to a person                . . . . . . . . . . . . . . . . . . . . . y . . . . .
AMBER+STRICT to Elsewhere               . . . . . . . . . . . . y y . . . . . . y y . . . . .
AMBER lifted                            . . . . . . . y y y y y y . . y y y y y . . . . . . .
AMBER+STRICT lifted                     . . . . . . . y y y y . . . . y . y y y . . . . . . .
AMBER raised from GREEN                 . . . . . . . y y y y y y . . y y y y y . . . . . . .
AMBER raised from public CLEAR          . . . . . . . y y y y y y . . y y y y y . . . . . . .
AMBER+STRICT raised from AMBER          . . . . . . . y y y y . . . . y . y y y . . . . . . .
AMBER many                              . . . . . . . y y y y y y . . y y y y y . . . . . . .
"""

# Who is told at once of an urgent warning: whose own WARP passed it on, or to whom alone it is addressed.
TOLD_AT_ONCE = """
                                        N L U Z A I D R 1 M S X B O G C W K Y 0 E P T F H J V
CLEAR public                            . . . . . . . y y y y y y . . y y y y y . . . . . . .
CLEAR published                         . . . . . . . y y y y y y . . y y y y y . . . . . . .
GREEN published                         . . . . . . . y y y y y y . . y y y y y . . . . . . .
AMBER published                         . . . . . . . y y y y y y . . y y y y y . . . . . . .
AMBER to a council                      . . . . . . . . . . y . . . . . . . . . . . . . . . .
AMBER to a supplier                     . . . . . . . . . . . y y . . . . . . . . . . . . . .
AMBER to a person                       . . . . . . . . . . . . . . . . . . . . . y . . . . .
AMBER to a reader                       . . . . . . . y . . . . . . . . . . . . . . . . . . .
AMBER to both WARPs                     . . . . . . . y y y y y y y . y y y y y y y . . . . .
AMBER to Elsewhere                      . . . . . . . . . . . . y y . . . . . . y y . . . . .
AMBER passed on by one of two           . . . . . . . y y y y y y . . y y y y y . . . . . . .
AMBER+STRICT published                  . . . . . . . y y y y . . . . y . y y y . . . . . . .
AMBER+STRICT to a council               . . . . . . . . . . y . . . . . . . . . . . . . . . .
AMBER+STRICT to a person                . . . . . . . . . . . . . . . . . . . . . y . . . . .
AMBER+STRICT to Elsewhere               . . . . . . . . . . . . y y . . . . . . y y . . . . .
AMBER lifted                            . . . . . . . y y y y y y . . y y y y y . . . . . . .
AMBER+STRICT lifted                     . . . . . . . y y y y . . . . y . y y y . . . . . . .
AMBER raised from GREEN                 . . . . . . . y y y y y y . . y y y y y . . . . . . .
AMBER raised from public CLEAR          . . . . . . . y y y y y y . . y y y y y . . . . . . .
AMBER+STRICT raised from AMBER          . . . . . . . y y y y . . . . y . y y y . . . . . . .
RED published                           . . . . . . . . . . . . . . . . . . . . . y . . . . .
RED to a coordinator                    . . . . . . . . . . . . . . . y . . . . . . . . . . .
RED to a reader                         . . . . . . . y . . . . . . . . . . . . . . . . . . .
CLEAR early notice                      . . . . . . . . . . . . . . . . . . . . . y . . . . .
CLEAR public early notice               . . . . . . . . . . . . . . . . . . . . . y . . . . .
GREEN early notice                      . . . . . . . . . . . . . . . . . . . . . y . . . . .
AMBER early notice                      . . . . . . . . . . . . . . . . . . . . . y . . . . .
AMBER early notice for a coordinator    . . . . . . . . . . . . . . . y . . . . . . . . . . .
AMBER+STRICT early notice               . . . . . . . . . . . . . . . . . . . . . y . . . . .
RED early notice                        . . . . . . . . . . . . . . . . . . . . . y . . . . .
CLEAR lifted                            . . . . . . . y y y y y y . . y y y y y . . . . . . .
GREEN lifted                            . . . . . . . y y y y y y . . y y y y y . . . . . . .
RED lifted                              . . . . . . . . . . . . . . . . . . . . . y . . . . .
RED raised from AMBER                   . . . . . . . . . . . . . . . . . . . . . y . . . . .
CLEAR lowered from GREEN                . . . . . . . y y y y y y . . y y y y y . . . . . . .
GREEN lowered from AMBER                . . . . . . . y y y y y y . . y y y y y . . . . . . .
"""
