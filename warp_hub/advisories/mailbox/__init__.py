"""Warnings that come by mail: to the address of a WARP, from those who run it."""
