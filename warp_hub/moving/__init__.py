"""Moving in: a coordinator's list put in on a page, the welcome letter, and who has not answered it."""
