"""Connectors: they speak STIX 2.1 outward and know nothing of the hub."""
