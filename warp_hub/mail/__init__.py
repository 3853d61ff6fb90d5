"""The outbox: letters that leave after the commit, each rendered for one person when it goes."""
