"""Signing in: passwords, the second step, links from letters, sessions and the door's visitor."""
