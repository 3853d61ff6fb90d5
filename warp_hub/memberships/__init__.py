"""Who belongs: WARPs, organisations, people, and what follows from it for the rule."""
