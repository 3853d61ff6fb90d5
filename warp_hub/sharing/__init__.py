"""Everything shared is an Item; who receives it is said once, in `visibility`."""
