"""Keeping the hub running: health, the first start, finding out why."""
