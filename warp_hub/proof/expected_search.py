"""What may be found by searching, written by hand; the columns and rows are those of `expected`.

The table of pages without what is RED, early, withdrawn or undecided, for whoever is signed in. Every item goes by its
own handling: an address that its source marked GREEN is found by every member, whichever warning stands in front of
it on pages; and of that warning they see nothing. No tool searches.
"""

SEARCHED = """
                                        N L U Z A I D R 1 M S X B O G C W K Y 0 E P T F H J V
CLEAR public                            . y . . y y y y y y y y y y y y y y y y y y y . . . .
CLEAR published                         . . . . . . . y y y y y y y y y y y y y y y y . . . .
GREEN published                         . . . . . . . y y y y y y y y y y y y y y y y . . . .
AMBER published                         . . . . . . . . . y y y y . . y y . y y . . . . . . .
AMBER to a council                      . . . . . . . . . . y . . . . . . . . . . . . . . . .
AMBER to a supplier                     . . . . . . . . . . . y y . . . . . . . . . . . . . .
AMBER to a person                       . . . . . . . . . . . . . . . . . . . . . y . . . . .
AMBER to both WARPs                     . . . . . . . . . y y y y y . y y . y y y y . . . . .
AMBER to Elsewhere                      . . . . . . . . . . . . y y . . . . . . y y . . . . .
AMBER passed on by one of two           . . . . . . . . . y y y y . . y y . y y . . . . . . .
AMBER+STRICT published                  . . . . . . . . . y y . . . . y . . y y . . . . . . .
AMBER+STRICT to a council               . . . . . . . . . . y . . . . . . . . . . . . . . . .
AMBER+STRICT to a person                . . . . . . . . . . . . . . . . . . . . . y . . . . .
AMBER+STRICT to Elsewhere               . . . . . . . . . . . . y y . . . . . . y y . . . . .
CLEAR lifted                            . . . . . . . y y y y y y y y y y y y y y y y . . . .
GREEN lifted                            . . . . . . . y y y y y y y y y y y y y y y y . . . .
AMBER lifted                            . . . . . . . . . y y y y . . y y . y y . . . . . . .
AMBER+STRICT lifted                     . . . . . . . . . y y . . . . y . . y y . . . . . . .
AMBER raised from GREEN                 . . . . . . . . . y y y y . . y y . y y . . . . . . .
AMBER raised from public CLEAR          . . . . . . . . . y y y y . . y y . y y . . . . . . .
AMBER+STRICT raised from AMBER          . . . . . . . . . y y . . . . y . . y y . . . . . . .
CLEAR lowered from GREEN                . . . . . . . y y y y y y y y y y y y y y y y . . . .
GREEN lowered from AMBER                . . . . . . . y y y y y y y y y y y y y y y y . . . .
GREEN many                              . . . . . . . y y y y y y y y y y y y y y y y . . . .
AMBER many                              . . . . . . . . . y y y y . . y y . y y . . . . . . .
AMBER note of Here                      . . . . . . . . . y y y y . . y y . y y . . . . . . .
AMBER note of Elsewhere                 . . . . . . . . . . . . y y . . . . . . y y . . . . .
CLEAR support made public               . y . . y y y y y y y y y y y y y y y y y y y . . . .
CLEAR support                           . . . . . . . y y y y y y y y y y y y y y y y . . . .
AMBER support                           . . . . . . . . . y y y y . . y y . y y . . . . . . .
GREEN support of another source         . . . . . . . y y y y y y y y y y y y y y y y . . . .
GREEN support of an AMBER warning       . . . . . . . y y y y y y y y y y y y y y y y . . . .
GREEN support of a RED warning          . . . . . . . y y y y y y y y y y y y y y y y . . . .
"""
