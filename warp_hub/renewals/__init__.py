"""Are these people still with you: asking once a year, leaving, and what is kept of each person."""
