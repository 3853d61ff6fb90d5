"""Who must see what of other rooms: incidents, questions, sessions, recalls; columns are those of `expected`.

An incident, a question with its reply and a session go by the very rule that warnings go by. Unless a row says
otherwise each is kept by Here WARP and addressed to it, RED to P.
"""

PAGES = """
                                        N L U Z A I D R 1 M S X B O G C W K Y 0 E P T F H J V
GREEN incident                          . . . . . . . y y y y y y y y y y y y y y y y . . . .
AMBER incident                          . . . . . . . . . y y y y . . y y . y y . . . . . . .
AMBER+STRICT incident                   . . . . . . . . . y y . . . . y . . y y . . . . . . .
AMBER incident of Elsewhere             . . . . . . . . . . . . y y . . . . . . y y . . . . .
AMBER incident raised from GREEN        . . . . . . . . . y y y y . . y y . y y . . . . . . .
RED incident raised from AMBER          . . . . . . . . . . . . . . . . . . . . . y . . . . .
GREEN incident withdrawn                . . . . . . . . . . . . . . . . . . . . . . . . . . .
AMBER incident withdrawn                . . . . . . . . . . . . . . . . . . . . . . . . . . .
GREEN question                          . . . . . . . y y y y y y y y y y y y y y y y . . . .
AMBER question                          . . . . . . . . . y y y y . . y y . y y . . . . . . .
AMBER+STRICT question                   . . . . . . . . . y y . . . . y . . y y . . . . . . .
AMBER question of Elsewhere             . . . . . . . . . . . . y y . . . . . . y y . . . . .
AMBER question raised from GREEN        . . . . . . . . . y y y y . . y y . y y . . . . . . .
GREEN question withdrawn                . . . . . . . . . . . . . . . . . . . . . . . . . . .
AMBER question withdrawn                . . . . . . . . . . . . . . . . . . . . . . . . . . .
CLEAR session                           . . . . . . . y y y y y y y y y y y y y y y y . . . .
GREEN session                           . . . . . . . y y y y y y y y y y y y y y y y . . . .
AMBER session                           . . . . . . . . . y y y y . . y y . y y . . . . . . .
AMBER session of Elsewhere              . . . . . . . . . . . . y y . . . . . . y y . . . . .
AMBER session raised from GREEN         . . . . . . . . . y y y y . . y y . y y . . . . . . .
GREEN session withdrawn                 . . . . . . . . . . . . . . . . . . . . . . . . . . .
AMBER session withdrawn                 . . . . . . . . . . . . . . . . . . . . . . . . . . .
GREEN recall                            . . . . . . . y y y y y y y y y y y y y y y y . . . .
AMBER recall                            . . . . . . . . . y y y y . . y y . y y . . . . . . .
AMBER+STRICT recall                     . . . . . . . . . y y . . . . y . . y y . . . . . . .
RED recall                              . . . . . . . . . . . . . . . . . . . . . y . . . . .
AMBER recall of Elsewhere               . . . . . . . . . . . . y y . . . . . . y y . . . . .
"""

# Who may work on it.
DESK = """
                                        N L U Z A I D R 1 M S X B O G C W K Y 0 E P T F H J V
GREEN incident                          . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER incident                          . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER+STRICT incident                   . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER incident of Elsewhere             . . . . . . . . . . . . . . . . . . . . y . . . . . .
AMBER incident raised from GREEN        . . . . . . . . . . . . . . . y y . y . . . . . . . .
RED incident raised from AMBER          . . . . . . . . . . . . . . . . . . . . . . . . . . .
GREEN incident withdrawn                . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER incident withdrawn                . . . . . . . . . . . . . . . y y . y . . . . . . . .
GREEN question                          . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER question                          . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER+STRICT question                   . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER question of Elsewhere             . . . . . . . . . . . . . . . . . . . . y . . . . . .
AMBER question raised from GREEN        . . . . . . . . . . . . . . . y y . y . . . . . . . .
GREEN question withdrawn                . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER question withdrawn                . . . . . . . . . . . . . . . y y . y . . . . . . . .
CLEAR session                           . . . . . . . . . . . . . . . y y . y . . . . . . . .
GREEN session                           . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER session                           . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER session of Elsewhere              . . . . . . . . . . . . . . . . . . . . y . . . . . .
AMBER session raised from GREEN         . . . . . . . . . . . . . . . y y . y . . . . . . . .
GREEN session withdrawn                 . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER session withdrawn                 . . . . . . . . . . . . . . . y y . y . . . . . . . .
GREEN recall                            . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER recall                            . . . . . . . . . . . . . . . y y . y . . . . . . . .
AMBER+STRICT recall                     . . . . . . . . . . . . . . . y y . y . . . . . . . .
RED recall                              . . . . . . . . . . . . . . . . . . . . . . . . . . .
AMBER recall of Elsewhere               . . . . . . . . . . . . . . . . . . . . y . . . . . .
"""

# What may leave in a file: the addresses and files of incidents, which have values to look for.
FILES = """
                                        N L U Z A I D R 1 M S X B O G C W K Y 0 E P T F H J V
GREEN incident                          . . . . . . . y y y y y y y y y y y y y y y y y y y .
AMBER incident                          . . . . . . . . . y y y y . . y y . y y . . . y . y .
AMBER+STRICT incident                   . . . . . . . . . y y . . . . y . . y y . . . y . . .
AMBER incident of Elsewhere             . . . . . . . . . . . . y y . . . . . . y y . . . . .
AMBER incident raised from GREEN        . . . . . . . . . y y y y . . y y . y y . . . y . y .
"""

# What may be found by searching.
SEARCHED = """
                                        N L U Z A I D R 1 M S X B O G C W K Y 0 E P T F H J V
GREEN incident                          . . . . . . . y y y y y y y y y y y y y y y y . . . .
AMBER incident                          . . . . . . . . . y y y y . . y y . y y . . . . . . .
AMBER+STRICT incident                   . . . . . . . . . y y . . . . y . . y y . . . . . . .
AMBER incident of Elsewhere             . . . . . . . . . . . . y y . . . . . . y y . . . . .
AMBER incident raised from GREEN        . . . . . . . . . y y y y . . y y . y y . . . . . . .
GREEN question                          . . . . . . . y y y y y y y y y y y y y y y y . . . .
AMBER question                          . . . . . . . . . y y y y . . y y . y y . . . . . . .
AMBER+STRICT question                   . . . . . . . . . y y . . . . y . . y y . . . . . . .
AMBER question of Elsewhere             . . . . . . . . . . . . y y . . . . . . y y . . . . .
AMBER question raised from GREEN        . . . . . . . . . y y y y . . y y . y y . . . . . . .
CLEAR session                           . . . . . . . y y y y y y y y y y y y y y y y . . . .
GREEN session                           . . . . . . . y y y y y y y y y y y y y y y y . . . .
AMBER session                           . . . . . . . . . y y y y . . y y . y y . . . . . . .
AMBER session of Elsewhere              . . . . . . . . . . . . y y . . . . . . y y . . . . .
AMBER session raised from GREEN         . . . . . . . . . y y y y . . y y . y y . . . . . . .
"""

# What Here WARP's digest prints.
DIGEST_OF_HERE = """
                                        N L U Z A I D R 1 M S X B O G C W K Y 0 E P T F H J V
GREEN incident                          . . . . . . . y y y y y y . . y y y y y . . . . . . .
GREEN question                          . . . . . . . y y y y y y . . y y y y y . . . . . . .
CLEAR session                           . . . . . . . y y y y y y . . y y y y y . . . . . . .
GREEN session                           . . . . . . . y y y y y y . . y y y y y . . . . . . .
"""

# What a letter may print to whoever it goes to.
LETTERS = """
                                        N L U Z A I D R 1 M S X B O G C W K Y 0 E P T F H J V
GREEN incident                          . . . . . . . y y y y y y y y y y y y y y y y . . . .
GREEN question                          . . . . . . . y y y y y y y y y y y y y y y y . . . .
CLEAR session                           . . . . . . . y y y y y y y y y y y y y y y y . . . .
GREEN session                           . . . . . . . y y y y y y y y y y y y y y y y . . . .
GREEN recall                            . . . . . . . y y y y y y y y y y y y y y y y . . . .
"""

# To whom a letter may give the address of a page that it may not print.
NOTICES = """
                                        N L U Z A I D R 1 M S X B O G C W K Y 0 E P T F H J V
AMBER incident                          . . . . . . . y y y y y y . . y y y y y . . . . . . .
AMBER+STRICT incident                   . . . . . . . y y y y . . . . y . y y y . . . . . . .
AMBER incident of Elsewhere             . . . . . . . . . . . . y y . . . . . . y y . . . . .
AMBER incident raised from GREEN        . . . . . . . y y y y y y . . y y y y y . . . . . . .
AMBER question                          . . . . . . . y y y y y y . . y y y y y . . . . . . .
AMBER+STRICT question                   . . . . . . . y y y y . . . . y . y y y . . . . . . .
AMBER question of Elsewhere             . . . . . . . . . . . . y y . . . . . . y y . . . . .
AMBER question raised from GREEN        . . . . . . . y y y y y y . . y y y y y . . . . . . .
AMBER session                           . . . . . . . y y y y y y . . y y y y y . . . . . . .
AMBER session of Elsewhere              . . . . . . . . . . . . y y . . . . . . y y . . . . .
AMBER session raised from GREEN         . . . . . . . y y y y y y . . y y y y y . . . . . . .
"""
