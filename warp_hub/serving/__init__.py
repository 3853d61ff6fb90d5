"""Processes: opening the database for one, and the tree of all."""
