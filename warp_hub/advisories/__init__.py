"""Warnings: sources and what they bring, the coordinators' queue, and what members read."""
