"""From the public page to being a member: applying, deciding, accepting the agreement."""
