"""What's waiting: the one page of a part-time coordinator."""
