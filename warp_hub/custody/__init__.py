"""Who sent what, sealed: key holders, sealing, putting away, opening."""
