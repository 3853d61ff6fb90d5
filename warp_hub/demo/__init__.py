"""The demonstration: a fictional community and a loopback source of warnings. Never on by default."""
